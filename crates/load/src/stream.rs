//! The bytes of one connection, plain or encrypted.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    os::fd::{AsFd, BorrowedFd},
};

use crate::{
    failure::{Failure, Fault},
    socket::Socket,
    tls::{Client, Session},
};

/// A connection's bytes.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<Session>),
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
            Stream::Plain(socket) => socket.take_late(),
            Stream::Tls(session) => session.socket.take_late(),
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
            Stream::Plain(socket) => socket.as_fd(),
            Stream::Tls(session) => session.socket.as_fd(),
        }
    }
}
