// Twin: go/pair/clock_linux.go

//! CPU time, which only Linux is asked for; elsewhere it stays zero.

use std::time::Duration;

/// The CPU time of this process, all its threads together.
pub fn process_cpu() -> Duration {
    cpu::process()
}

/// The CPU time of this thread.
pub fn thread_cpu() -> Duration {
    cpu::thread()
}

#[cfg(target_os = "linux")]
mod cpu {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    pub fn process() -> Duration {
        read(ClockId::ProcessCPUTime)
    }

    pub fn thread() -> Duration {
        read(ClockId::ThreadCPUTime)
    }

    fn read(clock: ClockId) -> Duration {
        let time = clock_gettime(clock);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
}

#[cfg(not(target_os = "linux"))]
mod cpu {
    use std::time::Duration;

    pub fn process() -> Duration {
        Duration::ZERO
    }

    pub fn thread() -> Duration {
        Duration::ZERO
    }
}
