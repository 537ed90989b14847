//! The byte stream of a connection, plain or encrypted.

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

/// Byte stream of a connection.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<Session>),
}

impl Stream {
    /// A stream over a connected socket; encrypted if there is a TLS client.
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

    /// Continues the handshake; `WouldBlock` while it waits.
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

    /// Whether bytes wait to be sent.
    pub(crate) fn wants_write(&self) -> bool {
        match self {
            Stream::Plain(_) => false,
            Stream::Tls(session) => session.wants_write(),
        }
    }

    /// Whether more may be readable without another event.
    pub(crate) fn may_hold_more(&self) -> bool {
        matches!(self, Stream::Tls(_))
    }

    /// Whether unread bytes are buffered.
    pub(crate) fn holds_more(&mut self) -> bool {
        match self {
            Stream::Plain(_) => false,
            Stream::Tls(session) => session.has_plaintext(),
        }
    }

    /// Takes the delay of the last read, in nanoseconds.
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
