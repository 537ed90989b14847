//! What is asked of the server, and when.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use http::{HeaderName, HeaderValue, Method, Uri, header};

/// All that a run needs to know.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is sent, again and again.
    pub request: Request,
    /// When it is sent.
    pub pace: Pace,
    /// How many connections there are.
    pub connections: usize,
    /// How long load is put on before anything is measured.
    pub warmup: Duration,
    /// How long is measured.
    pub duration: Duration,
    /// How long after its intended start a request has failed.
    pub timeout: Duration,
    /// Whether the report keeps a record of each request.
    pub records: bool,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many a second, whatever becomes of them.
    Open {
        /// Requests a second.
        rate: f64,
        /// How they are spread.
        arrivals: Arrivals,
    },
    /// Each connection asks again when it has its answer.
    Closed,
}

/// How requests are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// At equal distances.
    Constant,
    /// Independently of each other, as from many users.
    Poisson {
        /// The same seed makes the same schedule.
        seed: u64,
    },
}

/// A request, checked and ready to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it says to the server: head and body.
    pub(crate) bytes: Vec<u8>,
    /// Whether its answer has no body.
    pub(crate) head_only: bool,
    /// Where the server may be; the first that takes a connection is asked.
    pub(crate) addresses: Vec<SocketAddr>,
}

impl Plan {
    /// A plan to ask for a URL at a constant rate: 32 connections, 10 s, no warm-up, a limit of 10 s.
    pub fn new(request: Request, pace: Pace) -> Self {
        Plan {
            request,
            pace,
            connections: 32,
            warmup: Duration::ZERO,
            duration: Duration::from_secs(10),
            timeout: Duration::from_secs(10),
            records: false,
        }
    }

    /// Says what cannot be done.
    pub fn check(&self) -> Result<()> {
        if let Pace::Open { rate, .. } = self.pace {
            let possible = rate > 0.0 && rate <= 1_000_000.0;
            ensure!(
                possible,
                "the rate is {rate}: it has to be above 0 and at most 1,000,000"
            );
        }
        ensure!(
            (1..=60_000).contains(&self.connections),
            "there are {} connections: from 1 to 60,000 can be",
            self.connections
        );
        ensure!(!self.duration.is_zero(), "the duration is nothing");
        ensure!(!self.timeout.is_zero(), "the timeout is nothing");
        let week = Duration::from_hours(168);
        ensure!(
            self.duration.max(self.warmup).max(self.timeout) <= week,
            "a duration, a warm-up or a timeout is longer than a week"
        );
        Ok(())
    }
}

impl Request {
    /// A GET of this URL.
    pub fn get(url: &str) -> Result<Self> {
        Self::new("GET", url, &[], b"")
    }

    /// A request with fields like `Accept: text/plain`, and a body.
    pub fn new(method: &str, url: &str, fields: &[String], body: &[u8]) -> Result<Self> {
        let method: Method = method
            .parse()
            .with_context(|| format!("{method:?} is not a method"))?;
        ensure!(
            method != Method::CONNECT,
            "CONNECT asks for a tunnel, not for an answer"
        );
        let uri: Uri = url
            .parse()
            .with_context(|| format!("{url:?} is not a URL"))?;
        ensure!(
            uri.scheme_str() == Some("http"),
            "{url:?} does not begin with http://"
        );
        let authority = uri
            .authority()
            .with_context(|| format!("{url:?} has no host"))?;
        ensure!(
            !authority.as_str().contains('@'),
            "{url:?} has a user: send a field 'Authorization' instead"
        );
        let path = uri
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str);
        let mut lines = vec![format!("{method} {path} HTTP/1.1")];
        let mut has_host = false;
        for field in fields {
            let (name, value) = parse_field(field)?;
            has_host |= name == header::HOST;
            ensure!(
                name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING,
                "{field:?}: the length is told by itself"
            );
            lines.push(format!("{name}: {}", value.to_str().unwrap_or_default()));
        }
        if !has_host {
            lines.push(format!("host: {authority}"));
        }
        if !body.is_empty() || method == Method::POST || method == Method::PUT {
            lines.push(format!("content-length: {}", body.len()));
        }
        let head = lines.join("\r\n") + "\r\n\r\n";
        let host = authority.host().trim_matches(['[', ']']);
        let port = match authority.as_str()[authority.host().len()..].strip_prefix(':') {
            None => Some(80),
            Some(digits) => digits.parse().ok().filter(|port| *port > 0),
        };
        let port: u16 = port.with_context(|| format!("{url:?} has no port that can be"))?;
        let found = (host, port).to_socket_addrs();
        let addresses: Vec<_> = found
            .with_context(|| format!("cannot find the host {host:?}"))?
            .collect();
        if addresses.is_empty() {
            bail!("the host {host:?} has no address");
        }
        Ok(Request {
            bytes: [head.as_bytes(), body].concat(),
            head_only: method == Method::HEAD,
            addresses,
        })
    }
}

fn parse_field(field: &str) -> Result<(HeaderName, HeaderValue)> {
    let wrong = || format!("{field:?} is not a field like 'Accept: text/plain'");
    let (name, value) = field.split_once(':').with_context(wrong)?;
    let name = name.parse().with_context(wrong)?;
    let value: HeaderValue = value.trim().parse().with_context(wrong)?;
    ensure!(value.to_str().is_ok(), wrong());
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_written_as_servers_read_it() {
        let fields = ["Accept: */*".to_owned()];
        let request =
            Request::new("POST", "http://127.0.0.1:8080/a?b=c#d", &fields, b"body").unwrap();
        assert_eq!(
            String::from_utf8(request.bytes).unwrap(),
            "POST /a?b=c HTTP/1.1\r\naccept: */*\r\nhost: 127.0.0.1:8080\r\ncontent-length: 4\r\n\r\nbody"
        );
        assert_eq!(request.addresses, ["127.0.0.1:8080".parse().unwrap()]);
        let six = Request::get("http://[::1]:81").unwrap();
        assert_eq!(six.addresses, ["[::1]:81".parse().unwrap()]);
        assert!(
            six.bytes
                .starts_with(b"GET / HTTP/1.1\r\nhost: [::1]:81\r\n")
        );
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_reason() {
        for (method, url, field, reason) in [
            ("GET", "https://127.0.0.1/", "A: b", "http://"),
            ("GET", "127.0.0.1:80", "A: b", "http://"),
            ("GET", "http://", "A: b", "URL"),
            ("GET", "http://a b/", "A: b", "URL"),
            ("GET", "http://127.0.0.1:0/", "A: b", "port"),
            ("GET", "http://127.0.0.1:99999/", "A: b", "port"),
            ("GET", "http://a@127.0.0.1/", "A: b", "user"),
            ("G T", "http://127.0.0.1/", "A: b", "method"),
            ("CONNECT", "http://127.0.0.1/", "A: b", "tunnel"),
            ("GET", "http://127.0.0.1/", "A", "field"),
            ("GET", "http://127.0.0.1/", "A: b\r\nC: d", "field"),
            ("GET", "http://127.0.0.1/", "Content-Length: 5", "length"),
        ] {
            let error = Request::new(method, url, &[field.to_owned()], b"").unwrap_err();
            let said = format!("{error:#}");
            assert!(said.contains(reason), "{method} {url} {field}: {said}");
        }
    }
}
