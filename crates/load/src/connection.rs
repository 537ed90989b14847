//! One connection to the server, which never blocks.

use std::io::{self, Read, Write};

use crate::{
    Request,
    failure::{Failure, Fault},
    response::{Response, Whole},
    stream::Stream,
};

/// A connection and what has become of the request on it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: Stream,
    /// Which of its slot's connections it is.
    pub(crate) generation: u32,
    /// Whether it was there before the request on it was: the server may have closed it meanwhile.
    was_kept: bool,
    /// How much of the request is sent.
    sent: usize,
    /// How much of the answer came.
    received: usize,
    response: Response,
}

/// What became of a connection, or of the request on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It waits until it can read, or until it can write too.
    Waits { to_write: bool },
    /// It could take a request.
    Ready,
    /// The request has its answer.
    Answered(Whole),
    /// It will have none.
    Failed(Fault),
}

impl Connection {
    pub(crate) fn new(stream: Stream, generation: u32) -> Self {
        Connection {
            stream,
            generation,
            was_kept: false,
            sent: 0,
            received: 0,
            response: Response::default(),
        }
    }

    /// Sends a request, as far as the system takes it; `kept` says that the connection was there before it.
    pub(crate) fn begin(&mut self, request: &Request, kept: bool) -> Progress {
        self.was_kept = kept;
        (self.sent, self.received) = (0, 0);
        self.shake_hands(|connection| connection.send(request))
    }

    /// Gets ready for a first request.
    pub(crate) fn open(&mut self) -> Progress {
        self.shake_hands(|_| Progress::Ready)
    }

    /// Goes on with a request when something has happened.
    pub(crate) fn go_on(&mut self, request: &Request, buffer: &mut [u8]) -> Progress {
        if !self.stream.is_ready() {
            return self.shake_hands(|connection| connection.send(request));
        }
        let sent = self.send(request);
        // A server may answer, or refuse, before it has read all.
        match self.receive(request, buffer) {
            Progress::Waits { .. } => sent,
            Progress::Answered(whole) => {
                let has_sent = self.sent == request.bytes.len();
                let keep = whole.keep && request.keeps && has_sent && !self.stream.holds_more();
                Progress::Answered(Whole { keep, ..whole })
            }
            other => other,
        }
    }

    /// Goes on without a request: it gets ready, or stays so until the server closes it.
    pub(crate) fn idle(&mut self, buffer: &mut [u8]) -> Progress {
        if !self.stream.is_ready() {
            return self.open();
        }
        if self.stream.may_hold_more() {
            // What TLS itself says, such as tickets for later sessions, is no answer.
            let read = self.stream.read(buffer);
            if read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
                return Progress::Ready;
            }
        }
        // The server has closed it, or says something that nobody asked for.
        Progress::Failed(Fault::new(Failure::Closed, "closed while it was idle"))
    }

    /// Whether the request on it may have met a connection that the server was just closing.
    pub(crate) fn met_its_end(&self, fault: &Fault) -> bool {
        self.was_kept && self.received == 0 && fault.kind == Failure::Closed
    }

    /// Whether the answer belongs to no request: a server says so to a connection that was idle for too
    /// long, and the request crossed it (RFC 9110, section 15.5.9).
    pub(crate) fn was_too_idle(&self, whole: Whole) -> bool {
        self.was_kept && whole.status == 408 && !whole.keep
    }

    /// What the request on it waits for.
    pub(crate) fn waits_for(&self) -> String {
        match self.received {
            _ if !self.stream.is_ready() => "the TLS handshake did not end".to_owned(),
            0 => "no byte of an answer came".to_owned(),
            received => format!("{received} bytes of an answer came, and not its end"),
        }
    }

    /// Does what comes behind the handshake, if that has ended.
    fn shake_hands(&mut self, then: impl FnOnce(&mut Self) -> Progress) -> Progress {
        if self.stream.is_ready() {
            return then(self);
        }
        match self.stream.handshake() {
            Ok(()) => then(self),
            Err(error) if is_early(&error) => Progress::Waits {
                to_write: self.stream.wants_write(),
            },
            Err(error) => {
                let why = match error.kind() {
                    io::ErrorKind::InvalidData => why_untrusted(&error),
                    io::ErrorKind::UnexpectedEof => {
                        "the server ended the connection during the handshake".to_owned()
                    }
                    _ => format!("handshake: {error}"),
                };
                Progress::Failed(Fault::new(Failure::Tls, why))
            }
        }
    }

    fn send(&mut self, request: &Request) -> Progress {
        let mut send = || {
            while self.sent < request.bytes.len() {
                self.sent += self.stream.write(&request.bytes[self.sent..])?;
            }
            self.stream.flush()
        };
        loop {
            match send() {
                Ok(()) => return Progress::Waits { to_write: false },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Progress::Waits { to_write: true };
                }
                Err(error) => {
                    let why = format!("while the request was sent: {error}");
                    return Progress::Failed(Fault::new(Failure::Closed, why));
                }
            }
        }
    }

    fn receive(&mut self, request: &Request, buffer: &mut [u8]) -> Progress {
        loop {
            let read = match self.stream.read(buffer) {
                Ok(0) => return self.end("the connection was closed"),
                Ok(read) => read,
                Err(error) if is_early(&error) => return Progress::Waits { to_write: false },
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    return Progress::Failed(Fault::new(Failure::Tls, error.to_string()));
                }
                Err(error) => return Progress::Failed(self.closed(&error.to_string())),
            };
            self.received += read;
            match self.response.feed(&buffer[..read], request.head_only) {
                Ok(None) if self.stream.may_hold_more() => {}
                Ok(None) => return Progress::Waits { to_write: false },
                Ok(Some(whole)) => return Progress::Answered(whole),
                Err(bad) => {
                    let begins = &buffer[..read.min(60)];
                    let why = format!("{}: \"{}\"", bad.0, begins.escape_ascii());
                    return Progress::Failed(Fault::new(Failure::BadResponse, why));
                }
            }
        }
    }

    /// The connection was closed in order: some answers end so.
    fn end(&mut self, how: &str) -> Progress {
        match self.response.close() {
            Some(whole) => Progress::Answered(whole),
            None => Progress::Failed(self.closed(how)),
        }
    }

    fn closed(&self, how: &str) -> Fault {
        let when = match self.received {
            0 => "before the first byte of an answer".to_owned(),
            received => format!("after {received} bytes of an answer, before its end"),
        };
        Fault::new(Failure::Closed, format!("{how} {when}"))
    }
}

/// Whether there is nothing to read yet.
fn is_early(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Why there is no session, and what to do.
fn why_untrusted(error: &io::Error) -> String {
    let text = error.to_string();
    if text.contains("certificate") {
        format!("{text}; --cacert FILE names an authority to trust, --insecure trusts anyone")
    } else if text.contains("InvalidContentType") {
        "the server does not answer in TLS: is it http://?".to_owned()
    } else {
        text
    }
}
