//! Failures of requests, and whether the server or the generator caused them.

use std::{fmt, io};

#[cfg(target_os = "linux")]
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// How a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The server does not listen.
    Refused,
    /// No connection, for another reason.
    Unreachable,
    /// The connection could not be encrypted, or not as TLS demands.
    Tls,
    /// No answer within the timeout.
    Timeout,
    /// The connection ended before the answer did.
    Closed,
    /// The answer is not HTTP.
    BadResponse,
    /// The answer has a status of 400 or above.
    Status,
    /// The generator has no local port left.
    NoPort,
    /// The generator, or its machine, has no file descriptor left.
    NoDescriptor,
    /// The generator's machine has no memory left for sockets.
    NoMemory,
}

/// A failure with its cause in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: Failure,
    pub(crate) why: String,
}

impl Failure {
    /// Whether the generator or its machine caused the failure.
    pub fn is_own(self) -> bool {
        matches!(
            self,
            Failure::NoPort | Failure::NoDescriptor | Failure::NoMemory
        )
    }
}

impl Fault {
    pub(crate) fn new(kind: Failure, why: impl Into<String>) -> Self {
        Fault {
            kind,
            why: why.into(),
        }
    }

    /// Failure to create or connect a socket.
    #[cfg(target_os = "linux")]
    pub(crate) fn connecting(error: &io::Error, to: impl fmt::Display) -> Self {
        let own = match Errno::from_io_error(error) {
            Some(Errno::MFILE | Errno::NFILE) => Some(Failure::NoDescriptor),
            Some(Errno::NOBUFS | Errno::NOMEM) => Some(Failure::NoMemory),
            _ => None,
        };
        let kind = own.unwrap_or(match error.kind() {
            io::ErrorKind::ConnectionRefused => Failure::Refused,
            io::ErrorKind::TimedOut => Failure::Timeout,
            io::ErrorKind::AddrNotAvailable => Failure::NoPort,
            _ => Failure::Unreachable,
        });
        Fault::new(kind, format!("{to}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::Refused => "refused",
            Failure::Unreachable => "unreachable",
            Failure::Tls => "TLS failed",
            Failure::Timeout => "timeout",
            Failure::Closed => "closed half way",
            Failure::BadResponse => "bad response",
            Failure::Status => "status of 400 or above",
            Failure::NoPort => "no local port left",
            Failure::NoDescriptor => "no file descriptor left",
            Failure::NoMemory => "no memory left for sockets",
        })
    }
}
