//! Where the server may be: the addresses of its name, in the order in which they are tried.

use std::{
    collections::VecDeque,
    fmt, io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{RecvTimeoutError, channel},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::Request;

/// How often a wait looks whether it was interrupted.
pub(crate) const POLL: Duration = Duration::from_millis(50);

/// The name of the server has no address.
#[derive(Debug)]
pub struct UnknownHost(String);

/// The addresses of the server, and which of them was the last to take a connection.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    all: Vec<SocketAddr>,
    best: usize,
    /// Whether any has ever taken a connection.
    proven: bool,
}

impl Addresses {
    /// Asks the system for the addresses of the server; `None` once `stop` is set.
    ///
    /// The system's resolver blocks, so it has a thread of its own, which is left behind when it is slow.
    pub(crate) fn find(
        request: &Request,
        timeout: Duration,
        stop: &AtomicBool,
    ) -> Result<Option<Self>> {
        let (host, port) = (request.host.clone(), request.port);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(Some(Self::in_turn(vec![SocketAddr::new(address, port)])));
        }
        let (sender, receiver) = channel();
        let name = host.clone();
        let resolve = move || {
            let found = (name.as_str(), port).to_socket_addrs();
            // Nobody listens any more after an interrupt.
            let _ = sender.send(found.map(Iterator::collect));
        };
        thread::Builder::new()
            .spawn(resolve)
            .context("cannot start a thread that resolves the host's name")?;
        let limit = Instant::now() + timeout;
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left.min(POLL)) {
                Ok(found) => return Self::of(&host, found).map(Some),
                Err(RecvTimeoutError::Timeout) if stop.load(Relaxed) => return Ok(None),
                Err(RecvTimeoutError::Timeout) if !left.is_zero() => {}
                Err(_) => {
                    let waited = timeout.as_secs_f64();
                    let why = format!("the resolver gave no answer in {waited} s");
                    return Err(UnknownHost(format!("cannot find the host {host:?}: {why}")).into());
                }
            }
        }
    }

    fn of(host: &str, found: io::Result<Vec<SocketAddr>>) -> Result<Self> {
        let why = match found {
            Ok(found) if !found.is_empty() => return Ok(Self::in_turn(found)),
            Ok(_) => "it has no address".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(UnknownHost(format!("cannot find the host {host:?}: {why}")).into())
    }

    /// Families by turns, beginning with the one that the system prefers (RFC 8305, section 4).
    pub(crate) fn in_turn(found: Vec<SocketAddr>) -> Self {
        let prefers_v6 = found[0].is_ipv6();
        let (first, second): (VecDeque<_>, VecDeque<_>) = found
            .into_iter()
            .partition(|address| address.is_ipv6() == prefers_v6);
        let mut families = [first, second];
        let mut all = Vec::new();
        while families.iter().any(|family| !family.is_empty()) {
            for family in &mut families {
                let address = family.pop_front();
                all.extend(address.filter(|address| !all.contains(address)));
            }
        }
        Addresses {
            all,
            best: 0,
            proven: false,
        }
    }

    /// All addresses, beginning with the one that took the last connection.
    pub(crate) fn order(&self) -> VecDeque<SocketAddr> {
        let mut order: VecDeque<_> = self.all.iter().copied().collect();
        order.rotate_left(self.best);
        order
    }

    /// This address took a connection.
    pub(crate) fn prefer(&mut self, address: SocketAddr) {
        self.proven = true;
        if self.all[self.best] != address
            && let Some(place) = self.all.iter().position(|known| *known == address)
        {
            self.best = place;
        }
    }

    /// The address that took the last connection; `None` before the first.
    pub(crate) fn best(&self) -> Option<SocketAddr> {
        self.proven.then(|| self.all[self.best])
    }
}

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.all.iter().map(ToString::to_string).collect();
        f.write_str(&names.join(", "))
    }
}

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownHost {}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_are_tried_by_turns() {
        let found = addresses(&["[::1]:80", "[::2]:80", "[::3]:80", "1.1.1.1:80", "[::1]:80"]);
        let order = Addresses::in_turn(found).order();
        let expected = addresses(&["[::1]:80", "1.1.1.1:80", "[::2]:80", "[::3]:80"]);
        assert_eq!(order, expected);
    }

    #[test]
    fn the_address_that_works_is_tried_first_and_the_others_behind_it() {
        let found = addresses(&["1.1.1.1:80", "1.1.1.2:80", "1.1.1.3:80"]);
        let mut known = Addresses::in_turn(found);
        assert_eq!(known.best(), None);
        known.prefer("1.1.1.2:80".parse().unwrap());
        assert_eq!(known.best(), Some("1.1.1.2:80".parse().unwrap()));
        let expected = addresses(&["1.1.1.2:80", "1.1.1.3:80", "1.1.1.1:80"]);
        assert_eq!(known.order(), expected);
    }
}
