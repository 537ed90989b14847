//! Requests: parsed from the command line, ready to be sent.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use http::{
    HeaderName, HeaderValue, Method, Uri, header,
    uri::{Authority, PathAndQuery},
};

use crate::Trust;
#[cfg(target_os = "linux")]
use crate::tls::Client;

/// The default User-Agent.
const USER_AGENT: &str = concat!("load/", env!("CARGO_PKG_VERSION"));

/// A request, checked and ready to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method, such as GET.
    pub method: String,
    /// The URL, as it was given.
    pub url: String,
    /// Which certificates are trusted, if the connection is encrypted.
    pub(crate) trust: Option<Trust>,
    /// Head and body.
    pub(crate) bytes: Arc<[u8]>,
    /// Whether the answer has no body.
    pub(crate) head_only: bool,
    /// Whether sending it twice has the effect of sending it once (RFC 9110, section 9.2.2).
    pub(crate) is_idempotent: bool,
    /// Whether another request may follow on the same connection.
    pub(crate) keeps: bool,
    /// The name or address of the server.
    pub(crate) host: String,
    pub(crate) port: u16,
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
            "CONNECT requests a tunnel and not an answer, and is not supported"
        );
        let uri: Uri = url
            .parse()
            .with_context(|| format!("{url:?} is not a URL"))?;
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => bail!("{url:?} does not begin with http:// or https://"),
        };
        let authority = uri
            .authority()
            .with_context(|| format!("{url:?} has no host"))?;
        ensure!(
            !authority.as_str().contains('@'),
            "{url:?} has a user: use --header 'Authorization: …' instead"
        );
        let target = target(&uri);
        let mut lines = vec![format!("{method} {target} HTTP/1.1")];
        let (mut has_host, mut has_agent, mut keeps) = (false, false, true);
        for field in fields {
            let (name, value) = parse_field(field)?;
            has_host |= name == header::HOST;
            has_agent |= name == header::USER_AGENT;
            keeps &= name != header::CONNECTION || !says_close(&value);
            ensure!(
                name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING,
                "{field:?}: the generator sets the length itself"
            );
            lines.push(format!("{name}: {}", value.to_str().unwrap_or_default()));
        }
        if !has_host {
            lines.push(format!("host: {authority}"));
        }
        if !has_agent {
            lines.push(format!("user-agent: {USER_AGENT}"));
        }
        if !body.is_empty() || method == Method::POST || method == Method::PUT {
            lines.push(format!("content-length: {}", body.len()));
        }
        let head = lines.join("\r\n") + "\r\n\r\n";
        let port = port(authority, if is_tls { 443 } else { 80 });
        Ok(Request {
            bytes: [head.as_bytes(), body].concat().into(),
            head_only: method == Method::HEAD,
            is_idempotent: method.is_idempotent(),
            keeps,
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: port.with_context(|| {
                format!("{url:?} has an invalid port: from 1 to 65535 are possible")
            })?,
            method: method.to_string(),
            url: url.to_owned(),
            trust: is_tls.then(Trust::default),
        })
    }

    /// The same request with these trusted certificates, if its connection is encrypted; fails if they are invalid.
    pub fn trusting(self, trust: Trust) -> Result<Self> {
        let trust = self.trust.is_some().then_some(trust);
        let request = Request { trust, ..self };
        #[cfg(target_os = "linux")]
        request.client()?;
        Ok(request)
    }

    /// TLS client, if the connection is encrypted.
    #[cfg(target_os = "linux")]
    pub(crate) fn client(&self) -> Result<Option<Client>> {
        let client = |trust| Client::new(&self.host, trust);
        self.trust.as_ref().map(client).transpose()
    }
}

/// The port in the URL, or the default; `None` if it is invalid.
fn port(authority: &Authority, default: u16) -> Option<u16> {
    let named = &authority.as_str()[authority.host().len()..];
    match named.strip_prefix(':') {
        None | Some("") => Some(default),
        Some(digits) => digits.parse().ok().filter(|port| *port > 0),
    }
}

/// The request target: the path, which is never empty, and the query.
fn target(uri: &Uri) -> String {
    let target = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/{target}")
    }
}

/// Whether a field `Connection` ends the connection after the answer.
fn says_close(value: &HeaderValue) -> bool {
    let options = value.to_str().unwrap_or_default().split(',');
    options
        .map(str::trim)
        .any(|option| option.eq_ignore_ascii_case("close"))
}

fn parse_field(field: &str) -> Result<(HeaderName, HeaderValue)> {
    let wrong = || format!("{field:?} is not a field such as 'Accept: text/plain'");
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
            str::from_utf8(&request.bytes).unwrap(),
            format!(
                "POST /a?b=c HTTP/1.1\r\naccept: */*\r\nhost: 127.0.0.1:8080\r\nuser-agent: {USER_AGENT}\r\n\
                 content-length: 4\r\n\r\nbody"
            )
        );
        assert_eq!((&*request.host, request.port), ("127.0.0.1", 8080));
        let six = Request::get("http://[::1]:81").unwrap();
        assert_eq!((&*six.host, six.port), ("::1", 81));
        assert!(
            six.bytes
                .starts_with(b"GET / HTTP/1.1\r\nhost: [::1]:81\r\n")
        );
    }

    #[test]
    fn invalid_requests_are_refused_with_the_reason() {
        for (method, url, field, reason) in [
            ("GET", "ftp://127.0.0.1/", "A: b", "http://"),
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

    #[test]
    fn a_path_is_never_empty_and_a_port_may_be() {
        for (url, target, port) in [
            ("http://a?x=1", "/?x=1", 80),
            ("http://a:81?x=1#y", "/?x=1", 81),
            ("http://a/?x", "/?x", 80),
            ("http://a#y", "/", 80),
            ("http://a:/b", "/b", 80),
            ("https://a", "/", 443),
            ("HTTPS://a:8443/b?c", "/b?c", 8443),
        ] {
            let request = Request::get(url).unwrap();
            let line = format!("GET {target} HTTP/1.1\r\n");
            assert!(request.bytes.starts_with(line.as_bytes()), "{url}");
            assert_eq!(request.port, port, "{url}");
        }
    }

    #[test]
    fn a_close_in_the_request_ends_the_connection() {
        for (field, keeps) in [
            ("Connection: close", false),
            ("connection: x, CLOSE", false),
            ("Connection: keep-alive", true),
            ("X-Connection: close", true),
        ] {
            let fields = [field.to_owned()];
            let request = Request::new("GET", "http://a/", &fields, b"").unwrap();
            assert_eq!(request.keeps, keeps, "{field}");
        }
    }

    #[test]
    fn a_request_has_one_user_agent() {
        for fields in [&[][..], &["User-Agent: mine".to_owned()]] {
            let request = Request::new("GET", "http://a/", fields, b"").unwrap();
            let text = str::from_utf8(&request.bytes).unwrap();
            assert_eq!(text.matches("user-agent: ").count(), 1, "{text}");
        }
    }
}
