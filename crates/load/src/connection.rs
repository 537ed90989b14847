//! A connection to the server; it never blocks.

use std::io::{self, Read, Write};

use crate::{
    Request,
    failure::{Failure, Fault},
    response::{Response, Whole},
    stream::Stream,
};

/// A connection, and the state of the request on it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: Stream,
    /// Number of this connection in its slot.
    pub(crate) generation: u32,
    /// Whether it was open before the request: the server may have closed it meanwhile.
    was_kept: bool,
    /// Bytes of the request that were sent.
    sent: usize,
    /// Bytes of the answer that were received.
    received: usize,
    response: Response,
}

/// The next state of a connection, or of the request on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It waits for bytes to read or, with `to_write`, also for room to write.
    Waits { to_write: bool },
    /// It is ready for a request.
    Ready,
    /// The request was answered.
    Answered(Whole),
    /// The request failed.
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

    /// Starts to send a request; `kept` says that the connection was open before.
    pub(crate) fn begin(&mut self, request: &Request, kept: bool) -> Progress {
        self.was_kept = kept;
        (self.sent, self.received) = (0, 0);
        self.shake_hands(|connection| connection.send(request))
    }

    /// Prepares the connection for its first request.
    pub(crate) fn open(&mut self) -> Progress {
        self.shake_hands(|_| Progress::Ready)
    }

    /// Continues a request after an event.
    pub(crate) fn go_on(&mut self, request: &Request, buffer: &mut [u8]) -> Progress {
        if !self.stream.is_ready() {
            return self.shake_hands(|connection| connection.send(request));
        }
        let sent = self.send(request);
        // A server may answer before it has read the whole request.
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

    /// Handles an event without a request: it becomes ready, or the server closes it.
    pub(crate) fn idle(&mut self, buffer: &mut [u8]) -> Progress {
        if !self.stream.is_ready() {
            return self.open();
        }
        if self.stream.may_hold_more() {
            // Messages of TLS itself, such as session tickets, are not an answer.
            let read = self.stream.read(buffer);
            if read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
                return Progress::Ready;
            }
        }
        // The server closed it, or sent bytes without a request.
        Progress::Failed(Fault::new(Failure::Closed, "closed while it was idle"))
    }

    /// Whether the server may have closed a kept connection just before the request.
    pub(crate) fn was_closed_before(&self, fault: &Fault) -> bool {
        self.was_kept && self.received == 0 && fault.kind == Failure::Closed
    }

    /// Whether the answer is a 408 to an idle connection, sent before the request arrived (RFC 9110, section
    /// 15.5.9).
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

    /// Continues the handshake, and calls `then` once it is complete.
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

    /// Handles an orderly close, which is how some answers end.
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

/// Whether nothing can be read yet.
fn is_early(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

/// Why the handshake failed, and what to do about it.
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
