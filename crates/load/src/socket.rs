//! A socket, and how late it is read.

use std::{
    io::{self, IoSlice, IoSliceMut, Read, Write},
    net::TcpStream,
    os::fd::{AsFd, AsRawFd, BorrowedFd},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use nix::{
    cmsg_space,
    sys::{
        socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt::ReceiveTimestampns},
        time::TimeSpec,
    },
};

/// A socket that does not block, and may tell when what it reads arrived.
#[derive(Debug)]
pub(crate) struct Socket {
    tcp: TcpStream,
    is_stamped: bool,
    /// How long what was read last had been there, in nanoseconds.
    late: Option<u64>,
}

impl Socket {
    /// With `stamped` the system is asked to note when bytes arrive.
    pub(crate) fn new(tcp: TcpStream, stamped: bool) -> Self {
        // Without it a request may wait for the answer to the one before.
        let _ = tcp.set_nodelay(true);
        Socket {
            is_stamped: stamped && setsockopt(&tcp, ReceiveTimestampns, &true).is_ok(),
            tcp,
            late: None,
        }
    }

    /// How late the last bytes were read, in nanoseconds, once.
    pub(crate) fn take_late(&mut self) -> Option<u64> {
        self.late.take()
    }

    fn read_stamped(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut slices = [IoSliceMut::new(buffer)];
        let mut space = cmsg_space!(TimeSpec);
        let flags = MsgFlags::empty();
        let fd = self.tcp.as_raw_fd();
        let message = recvmsg::<()>(fd, &mut slices, Some(&mut space), flags)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        if let (Ok(now), Ok(notes)) = (now, message.cmsgs()) {
            let arrived = notes.filter_map(|note| match note {
                ControlMessageOwned::ScmTimestampns(time) => Some(Duration::from(time)),
                _ => None,
            });
            // Whoever sets the clock back makes nothing late.
            let late = arrived.last().map(|arrived| now.saturating_sub(arrived));
            self.late = late.map(|late| late.as_nanos() as u64);
        }
        Ok(message.bytes)
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_stamped {
            self.read_stamped(buffer)
        } else {
            self.tcp.read(buffer)
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tcp.write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.tcp.write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.tcp.as_fd()
    }
}
