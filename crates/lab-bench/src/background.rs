//! A background thread that ends with the work, however the work ends.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
};

/// A thread that runs until it is stopped or dropped; both wait for its end.
#[derive(Debug)]
pub struct Background<T> {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<T>>,
}

impl<T: Send + 'static> Background<T> {
    /// Starts the thread; the work has to return soon after its flag is set.
    pub fn start(
        name: &str,
        work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
    ) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let thread = thread::Builder::new().name(name.to_owned());
        Ok(Background {
            thread: Some(thread.spawn(move || work(&flag))?),
            stop,
        })
    }

    /// Stops the thread and returns its result; `None` if it panicked.
    pub fn stop(mut self) -> Option<T> {
        self.end()
    }
}

impl<T> Background<T> {
    fn end(&mut self) -> Option<T> {
        self.stop.store(true, Relaxed);
        self.thread.take()?.join().ok()
    }
}

impl<T> Drop for Background<T> {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread that holds the flag as long as it runs.
    fn running(held: &Arc<()>) -> Background<u32> {
        let held = Arc::clone(held);
        let work = move |stop: &AtomicBool| {
            while !stop.load(Relaxed) {
                thread::yield_now();
            }
            drop(held);
            7
        };
        Background::start("test", work).unwrap()
    }

    #[test]
    fn a_thread_ends_when_it_is_stopped_and_when_it_is_dropped() {
        let held = Arc::new(());
        assert_eq!(running(&held).stop(), Some(7));
        drop(running(&held));
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[test]
    fn a_thread_that_panicked_has_no_result() {
        let lost = Background::start("test", |_| panic!("on purpose")).unwrap();
        assert_eq!(lost.stop(), None::<u32>);
    }
}
