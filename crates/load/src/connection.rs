//! One connection to the server, which never blocks.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
};

use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, connect, socket_with},
};

use crate::{
    Failure, Request,
    response::{Response, Whole},
};

/// A connection and what has become of the request on it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    /// Whether it waits until the server has taken it.
    connecting: bool,
    /// How much of the request is sent.
    sent: usize,
    response: Response,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It waits until it can read, or until it can write too.
    Waits { to_write: bool },
    /// It has its answer.
    Answered(Whole),
    /// It will have none.
    Failed(Failure),
}

impl Connection {
    /// A connection that is there, or on its way.
    pub(crate) fn open(address: SocketAddr) -> Result<Self, Failure> {
        let family = match address {
            SocketAddr::V4(_) => AddressFamily::INET,
            SocketAddr::V6(_) => AddressFamily::INET6,
        };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(family, SocketType::STREAM, flags, None)
            .map_err(|_| Failure::Unreachable)?;
        let connecting = match connect(&socket, &address) {
            Ok(()) => false,
            Err(Errno::INPROGRESS) => true,
            Err(error) => return Err(why_unreachable(&error.into())),
        };
        Ok(Self::of(socket.into(), connecting))
    }

    /// A connection that is there.
    pub(crate) fn opened(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self::of(stream, false))
    }

    fn of(stream: TcpStream, connecting: bool) -> Self {
        // Without it a request may wait for the answer to the one before.
        let _ = stream.set_nodelay(true);
        Connection {
            stream,
            connecting,
            sent: 0,
            response: Response::default(),
        }
    }

    /// Sends a request, as far as the system takes it.
    pub(crate) fn begin(&mut self, request: &Request) -> Progress {
        self.sent = 0;
        if self.connecting {
            return Progress::Waits { to_write: true };
        }
        self.send(request)
    }

    /// Goes on when something has happened.
    pub(crate) fn go_on(&mut self, request: &Request, buffer: &mut [u8]) -> Progress {
        if self.connecting {
            match self.stream.take_error() {
                Ok(None) => self.connecting = false,
                Ok(Some(error)) | Err(error) => return Progress::Failed(why_unreachable(&error)),
            }
        }
        let sent = self.send(request);
        // A server may answer, or refuse, before it has read all.
        match self.receive(request, buffer) {
            Progress::Waits { .. } => sent,
            Progress::Answered(whole) => Progress::Answered(Whole {
                keep: whole.keep && self.sent == request.bytes.len(),
                ..whole
            }),
            failed @ Progress::Failed(_) => failed,
        }
    }

    fn send(&mut self, request: &Request) -> Progress {
        while self.sent < request.bytes.len() {
            match self.stream.write(&request.bytes[self.sent..]) {
                Ok(sent) => self.sent += sent,
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock => return Progress::Waits { to_write: true },
                    _ => return Progress::Failed(Failure::Closed),
                },
            }
        }
        Progress::Waits { to_write: false }
    }

    fn receive(&mut self, request: &Request, buffer: &mut [u8]) -> Progress {
        let read = match self.stream.read(buffer) {
            Ok(0) => return self.response.close().map_or(CLOSED, Progress::Answered),
            Ok(read) => read,
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => {
                    return Progress::Waits { to_write: false };
                }
                _ => return CLOSED,
            },
        };
        match self.response.feed(&buffer[..read], request.head_only) {
            Ok(None) => Progress::Waits { to_write: false },
            Ok(Some(whole)) => Progress::Answered(whole),
            Err(_) => Progress::Failed(Failure::BadResponse),
        }
    }
}

const CLOSED: Progress = Progress::Failed(Failure::Closed);

fn why_unreachable(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Failure::Refused,
        io::ErrorKind::TimedOut => Failure::Timeout,
        _ => Failure::Unreachable,
    }
}
