//! Resolves the name of the server; addresses are tried in this order.

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

/// Poll interval: a wait notices an interrupt this fast.
pub(crate) const POLL: Duration = Duration::from_millis(50);

/// The name of the server has no address.
#[derive(Debug)]
pub struct UnknownHost(String);

/// Addresses of the server. The one that accepted the last connection is tried first.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    all: Vec<SocketAddr>,
    /// The place of the address that accepted the last connection.
    best: usize,
    /// Whether any address has accepted a connection.
    has_connected: bool,
}

impl Addresses {
    /// Resolves the name of the server; `None` once `stop` is set.
    ///
    /// The system's resolver blocks, so it runs in a thread, which is abandoned at the time limit.
    pub(crate) fn find(
        request: &Request,
        timeout: Duration,
        stop: &AtomicBool,
    ) -> Result<Option<Self>> {
        let (host, port) = (request.host.clone(), request.port);
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(Some(Self::interleaved(vec![SocketAddr::new(
                address, port,
            )])));
        }
        let (sender, receiver) = channel();
        let name = host.clone();
        let resolve = move || {
            let found = (name.as_str(), port).to_socket_addrs();
            // After an interrupt the receiver is gone.
            let _ = sender.send(found.map(Iterator::collect));
        };
        thread::Builder::new()
            .spawn(resolve)
            .context("cannot start a thread that resolves the host's name")?;
        let limit = Instant::now() + timeout;
        loop {
            let left = limit.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left.min(POLL)) {
                Ok(found) => return Self::from_resolver(&host, found).map(Some),
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

    fn from_resolver(host: &str, found: io::Result<Vec<SocketAddr>>) -> Result<Self> {
        let why = match found {
            Ok(found) if !found.is_empty() => return Ok(Self::interleaved(found)),
            Ok(_) => "it has no address".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(UnknownHost(format!("cannot find the host {host:?}: {why}")).into())
    }

    /// IPv4 and IPv6 in turn; the family that the system prefers comes first (RFC 8305, section 4).
    pub(crate) fn interleaved(found: Vec<SocketAddr>) -> Self {
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
            has_connected: false,
        }
    }

    /// All addresses; the one that accepted the last connection comes first.
    pub(crate) fn order(&self) -> VecDeque<SocketAddr> {
        let mut order: VecDeque<_> = self.all.iter().copied().collect();
        order.rotate_left(self.best);
        order
    }

    /// Notes that this address accepted a connection.
    pub(crate) fn prefer(&mut self, address: SocketAddr) {
        self.has_connected = true;
        if self.all[self.best] != address
            && let Some(place) = self.all.iter().position(|known| *known == address)
        {
            self.best = place;
        }
    }

    /// Address that accepted the last connection; `None` before the first.
    pub(crate) fn best(&self) -> Option<SocketAddr> {
        self.has_connected.then(|| self.all[self.best])
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
        let order = Addresses::interleaved(found).order();
        let expected = addresses(&["[::1]:80", "1.1.1.1:80", "[::2]:80", "[::3]:80"]);
        assert_eq!(order, expected);
    }

    #[test]
    fn the_address_that_works_is_tried_first_and_the_others_behind_it() {
        let found = addresses(&["1.1.1.1:80", "1.1.1.2:80", "1.1.1.3:80"]);
        let mut known = Addresses::interleaved(found);
        assert_eq!(known.best(), None);
        known.prefer("1.1.1.2:80".parse().unwrap());
        assert_eq!(known.best(), Some("1.1.1.2:80".parse().unwrap()));
        let expected = addresses(&["1.1.1.2:80", "1.1.1.3:80", "1.1.1.1:80"]);
        assert_eq!(known.order(), expected);
    }
}
