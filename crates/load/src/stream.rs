//! The bytes of one connection, plain or encrypted, and how late they are read.

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

use crate::{
    failure::{Failure, Fault},
    tls::{Client, Session},
};

/// A socket that does not block, and may tell when what it reads arrived.
#[derive(Debug)]
pub(crate) struct Socket {
    tcp: TcpStream,
    is_stamped: bool,
    /// How long what was read last had been there, in nanoseconds.
    late: Option<u64>,
}

/// A connection's bytes.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<Session>),
}

impl Socket {
    /// With `stamped` the system is asked to note when bytes arrive.
    fn new(tcp: TcpStream, stamped: bool) -> Self {
        // Without it a request may wait for the answer to the one before.
        let _ = tcp.set_nodelay(true);
        Socket {
            is_stamped: stamped && setsockopt(&tcp, ReceiveTimestampns, &true).is_ok(),
            tcp,
            late: None,
        }
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

impl Stream {
    /// The bytes over a socket that is connected; with a client of TLS they are encrypted.
    pub(crate) fn new(
        socket: TcpStream,
        stamped: bool,
        client: Option<&Client>,
    ) -> Result<Self, Fault> {
        let socket = Socket::new(socket, stamped);
        let Some(client) = client else {
            return Ok(Stream::Plain(socket));
        };
        let session = client.session(socket);
        let session = session.map_err(|error| Fault::new(Failure::Tls, error.to_string()))?;
        Ok(Stream::Tls(session.into()))
    }

    /// Goes on with what comes before the first request; `WouldBlock` while it waits.
    pub(crate) fn handshake(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(_) => Ok(()),
            Stream::Tls(session) => session.handshake(),
        }
    }

    /// Whether a request can be sent.
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Stream::Plain(_) => true,
            Stream::Tls(session) => !session.is_handshaking(),
        }
    }

    /// Whether something waits to be sent.
    pub(crate) fn wants_write(&self) -> bool {
        match self {
            Stream::Plain(_) => false,
            Stream::Tls(session) => session.wants_write(),
        }
    }

    /// Whether more may be read without news from the system.
    pub(crate) fn may_hold_more(&self) -> bool {
        matches!(self, Stream::Tls(_))
    }

    /// Whether bytes came that were not read yet, as far as that is known.
    pub(crate) fn holds_more(&mut self) -> bool {
        match self {
            Stream::Plain(_) => false,
            Stream::Tls(session) => session.has_plaintext(),
        }
    }

    /// How late the last bytes were read, in nanoseconds, once.
    pub(crate) fn take_late(&mut self) -> Option<u64> {
        match self {
            Stream::Plain(socket) => socket.late.take(),
            Stream::Tls(session) => session.socket.late.take(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.read(buffer),
            Stream::Tls(session) => session.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Plain(socket) => socket.write(bytes),
            Stream::Tls(session) => session.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Plain(socket) => socket.flush(),
            Stream::Tls(session) => session.flush(),
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Stream::Plain(socket) => socket.tcp.as_fd(),
            Stream::Tls(session) => session.socket.tcp_fd(),
        }
    }
}

impl Socket {
    fn tcp_fd(&self) -> BorrowedFd<'_> {
        self.tcp.as_fd()
    }
}
