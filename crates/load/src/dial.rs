//! Opens a connection: tries the addresses of the server in turn, and in parallel when one is slow.

use std::{
    collections::VecDeque,
    io,
    net::{SocketAddr, TcpStream, UdpSocket},
};

use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, connect, socket_with},
};

use crate::failure::{Failure, Fault};

/// Delay until the next address is tried, in nanoseconds (RFC 8305, section 5).
pub(crate) const STAGGER: u64 = 250_000_000;

/// Attempts to open one connection; the first that connects wins.
#[derive(Debug)]
pub(crate) struct Dial {
    /// Addresses that were not tried yet.
    left: VecDeque<SocketAddr>,
    attempts: Vec<Attempt>,
    /// Why the first attempt failed, at the preferred address; if that is unreachable, why another one failed.
    fault: Option<Fault>,
}

/// A socket that is being connected.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) generation: u32,
    pub(crate) address: SocketAddr,
    pub(crate) socket: TcpStream,
}

impl Dial {
    pub(crate) fn new(order: VecDeque<SocketAddr>) -> Self {
        Dial {
            left: order,
            attempts: Vec::new(),
            fault: None,
        }
    }

    /// Whether untried addresses are left.
    pub(crate) fn has_more(&self) -> bool {
        !self.left.is_empty()
    }

    /// Whether this attempt is under way.
    pub(crate) fn tries(&self, generation: u32) -> bool {
        self.place(generation).is_some()
    }

    /// Tries the next address; skips addresses that fail at once.
    pub(crate) fn try_next(&mut self, generation: u32) -> Option<&Attempt> {
        while let Some(address) = self.left.pop_front() {
            match open(address) {
                Ok(socket) => {
                    self.attempts.push(Attempt {
                        generation,
                        address,
                        socket,
                    });
                    return self.attempts.last();
                }
                Err(error) => self.failed(&error, address),
            }
        }
        None
    }

    /// Removes an attempt after an event; returns it if it is connected.
    pub(crate) fn finish(&mut self, generation: u32) -> Option<Attempt> {
        let attempt = self.attempts.swap_remove(self.place(generation)?);
        match attempt.socket.take_error() {
            Ok(None) => Some(attempt),
            Ok(Some(error)) | Err(error) => {
                self.failed(&error, attempt.address);
                None
            }
        }
    }

    /// Removes an attempt that cannot be watched.
    pub(crate) fn abandon(&mut self, generation: u32, error: &io::Error) {
        if let Some(place) = self.place(generation) {
            let attempt = self.attempts.swap_remove(place);
            self.failed(error, attempt.address);
        }
    }

    /// Why all attempts failed; `None` while one is under way.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        let is_over = self.attempts.is_empty() && self.left.is_empty();
        self.fault.as_ref().filter(|_| is_over)
    }

    /// Addresses of the attempts under way.
    pub(crate) fn awaited(&self) -> String {
        let attempts = self.attempts.iter();
        let awaited: Vec<_> = attempts
            .map(|attempt| attempt.address.to_string())
            .collect();
        awaited.join(", ")
    }

    fn place(&self, generation: u32) -> Option<usize> {
        let is_it = |attempt: &Attempt| attempt.generation == generation;
        self.attempts.iter().position(is_it)
    }

    fn failed(&mut self, error: &io::Error, address: SocketAddr) {
        let mut fault = Fault::connecting(error, address);
        if fault.kind == Failure::NoPort && !has_source(address) {
            fault.kind = Failure::Unreachable;
        }
        // An unreachable family is common and explains least.
        let known = self.fault.as_ref().map(|fault| fault.kind);
        if known.is_none_or(|kind| kind == Failure::Unreachable) {
            self.fault = Some(fault);
        }
    }
}

/// A non-blocking socket that is connecting to this address.
fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    match connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(socket.into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether this machine has an address that can reach this one. Without one, TCP reports the same error as without
/// a free port, so this asks UDP.
fn has_source(address: SocketAddr) -> bool {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => ([0; 4], 0).into(),
        SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
    };
    UdpSocket::bind(any).is_ok_and(|socket| socket.connect(address).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str) -> Dial {
        let mut dial = Dial::new([address.parse().unwrap()].into());
        dial.left.clear();
        let no_port = io::Error::from(Errno::ADDRNOTAVAIL);
        dial.failed(&no_port, address.parse().unwrap());
        dial
    }

    #[test]
    fn no_free_port_differs_from_no_local_address() {
        let kind = |address| refused(address).fault().unwrap().kind;
        assert_eq!(kind("127.0.0.1:80"), Failure::NoPort);
        // The block for documentation is not routed.
        let unroutable = "[2001:db8::1]:80";
        if !has_source(unroutable.parse().unwrap()) {
            assert_eq!(kind(unroutable), Failure::Unreachable);
        }
    }

    #[test]
    fn a_refusal_is_reported_rather_than_an_unreachable_family() {
        let address: SocketAddr = "127.0.0.1:80".parse().unwrap();
        let (refused, nowhere) = (Errno::CONNREFUSED, Errno::NETUNREACH);
        for (errors, kind) in [
            ([refused, nowhere], Failure::Refused),
            ([nowhere, refused], Failure::Refused),
            ([nowhere, nowhere], Failure::Unreachable),
        ] {
            let mut dial = Dial::new(VecDeque::new());
            for error in errors {
                dial.failed(&error.into(), address);
            }
            assert_eq!(dial.fault().unwrap().kind, kind, "{errors:?}");
        }
    }

    #[test]
    fn limits_of_the_generator_are_not_failures_of_the_server() {
        for (errno, kind) in [
            (Errno::MFILE, Failure::NoDescriptor),
            (Errno::NFILE, Failure::NoDescriptor),
            (Errno::NOBUFS, Failure::NoMemory),
            (Errno::CONNREFUSED, Failure::Refused),
            (Errno::HOSTUNREACH, Failure::Unreachable),
            (Errno::TIMEDOUT, Failure::Timeout),
        ] {
            let fault = Fault::connecting(&io::Error::from(errno), "127.0.0.1:80");
            assert_eq!(fault.kind, kind, "{errno}");
            let own = matches!(kind, Failure::NoDescriptor | Failure::NoMemory);
            assert_eq!(kind.is_own(), own);
            assert!(fault.why.starts_with("127.0.0.1:80: "), "{}", fault.why);
        }
    }
}
