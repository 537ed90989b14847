//! A non-blocking socket that can report how late it is read.

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

/// A non-blocking socket, with time stamps of arrival if stamped.
#[derive(Debug)]
pub(crate) struct Socket {
    tcp: TcpStream,
    is_stamped: bool,
    /// Delay of the last read after the bytes arrived, in nanoseconds.
    late: Option<u64>,
}

impl Socket {
    /// With `stamped` the system records when bytes arrive.
    pub(crate) fn new(tcp: TcpStream, stamped: bool) -> Self {
        // Otherwise a request may wait for the previous answer.
        let _ = tcp.set_nodelay(true);
        Socket {
            is_stamped: stamped && setsockopt(&tcp, ReceiveTimestampns, &true).is_ok(),
            tcp,
            late: None,
        }
    }

    /// Takes the delay of the last read, in nanoseconds.
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
            // If the clock was set back, the delay is zero.
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
