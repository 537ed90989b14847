//! Who may use the playground: a page of this server, in a browser that was given its token.

use std::{fs::File, io::Read as _, time::Duration};

use actix_web::{
    Error, HttpMessage as _, ResponseError as _,
    body::{EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, AsHeaderName, HeaderMap},
    },
    middleware::Next,
    rt,
    web::Data,
};
use anyhow::{Context as _, Result};
use lab_workspace::hash::hex;

use super::refusal::Refusal;

/// The folder of the playground: only requests to it carry the cookie.
pub const FOLDER: &str = "/playground";

/// The media type of requests.
const JSON: &str = "application/json";

/// The header in which a browser says which site a request comes from.
const SITE: &str = "sec-fetch-site";

/// Checks requests by the port and the token of this server.
#[derive(Debug)]
pub struct Access {
    port: u16,
    token: String,
}

impl Access {
    /// Access with a new token, for a server that listens on this port.
    pub fn new(port: u16) -> Result<Self> {
        let mut bytes = [0; 32];
        File::open("/dev/urandom")
            .and_then(|mut random| random.read_exact(&mut bytes))
            .context("cannot make a random token from /dev/urandom")?;
        let token = hex(&bytes);
        Ok(Access { port, token })
    }

    /// The address to open first: with it the browser gets the token.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/?token={}", self.port, self.token)
    }

    /// The cookie for a request whose query holds the token.
    pub fn cookie(&self, query: &str) -> Option<String> {
        let token = query.strip_prefix("token=")?;
        (token == self.token).then(|| {
            let name = self.cookie_name();
            format!("{name}={token}; Path={FOLDER}; HttpOnly; SameSite=Strict")
        })
    }

    /// A name with the port: all ports share their cookies, and two books may be served at once.
    fn cookie_name(&self) -> String {
        format!("playground-{}", self.port)
    }

    /// Whether the request names this server. A name of another site may lead here (DNS rebinding).
    fn is_host(&self, headers: &HeaderMap) -> bool {
        only(headers, header::HOST).is_some_and(|host| self.is_own(host))
    }

    fn is_own(&self, host: &str) -> bool {
        self.hosts().iter().any(|own| own == host)
    }

    fn hosts(&self) -> [String; 2] {
        ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port))
    }

    /// Why a request to the playground is refused, if it is.
    fn refusal(&self, method: &Method, headers: &HeaderMap) -> Option<Refusal> {
        let refuse = |status, why: &str| Some(Refusal::new(status, why));
        let cookie = format!("{}={}", self.cookie_name(), self.token);
        let cookies = headers.get_all(header::COOKIE);
        let mut cookies = cookies.filter_map(|value| value.to_str().ok());
        if !cookies.any(|all| all.split("; ").any(|own| own == cookie)) {
            let why = "This browser has no token: open the address that cargo make serve printed.";
            return refuse(StatusCode::FORBIDDEN, why);
        }
        let is_own = |origin: &str| {
            let host = origin.strip_prefix("http://");
            host.is_some_and(|host| self.is_own(host))
        };
        let is_post = *method == Method::POST;
        // A browser sends it with every POST.
        let is_foreign = match only(headers, header::ORIGIN) {
            Some(origin) => !is_own(origin),
            None => is_post || headers.contains_key(header::ORIGIN),
        };
        // A server on another port is the same site to a cookie, but not to this header.
        let is_from_elsewhere = headers.contains_key(SITE)
            && !matches!(only(headers, SITE), Some("same-origin" | "none"));
        if is_foreign || is_from_elsewhere {
            let why = "This request does not come from a page of the book.";
            return refuse(StatusCode::FORBIDDEN, why);
        }
        if !is_post && *method != Method::GET {
            return refuse(
                StatusCode::METHOD_NOT_ALLOWED,
                "Only GET and POST are answered.",
            );
        }
        if is_post && only(headers, header::CONTENT_TYPE) != Some(JSON) {
            let why = "The content of a request has to be JSON.";
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, why);
        }
        None
    }
}

/// The value of a header that stands in a request once.
fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    let mut values = headers.get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Refuses requests for another host, and forbids browsers to give answers to other sites.
pub async fn guard_host(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let access = access(&request);
    // A whole address counts more than the header.
    let named = request.uri().authority();
    let is_host =
        access.is_host(request.headers()) && named.is_none_or(|name| access.is_own(name.as_str()));
    let refusal = if !is_host {
        let why = "This server has another name: open http://127.0.0.1 with its port.";
        Some(Refusal::new(StatusCode::FORBIDDEN, why))
    } else if request.headers().contains_key(header::TRANSFER_ENCODING) {
        let why = "A request has to say how long it is.";
        Some(Refusal::new(StatusCode::LENGTH_REQUIRED, why))
    } else {
        None
    };
    let mut response = match refusal {
        None => next.call(request).await?.map_into_left_body(),
        Some(refusal) => {
            keep_for_a_moment(request.take_payload());
            refuse(request, &refusal)
        }
    };
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        let value = header::HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// Refuses requests that do not come from a page of this book in a browser with the token.
pub async fn guard_playground(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let refusal = access(&request).refusal(request.method(), request.headers());
    match refusal {
        Some(refusal) => Ok(refuse(request, &refusal)),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}

fn access(request: &ServiceRequest) -> Data<Access> {
    let access = request.app_data::<Data<Access>>();
    access.expect("the server has its access").clone()
}

/// Drops a body of chunks only after the answer: Actix waits without a limit for the end of one that is dropped
/// before, and soon closes the connection of one that is not.
fn keep_for_a_moment(body: Payload) {
    rt::spawn(async move {
        rt::time::sleep(Duration::from_secs(1)).await;
        drop(body);
    });
}

fn refuse<B>(request: ServiceRequest, refusal: &Refusal) -> ServiceResponse<EitherBody<B>> {
    let response = refusal.error_response();
    request.into_response(response).map_into_right_body()
}

#[cfg(test)]
mod tests {
    use super::*;
    use header::{HeaderName, HeaderValue};

    fn access() -> Access {
        Access {
            port: 3000,
            token: "right".to_owned(),
        }
    }

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn each_server_has_a_long_token_of_its_own() {
        let [one, other] = [(); 2].map(|()| Access::new(1).unwrap().token);
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
    }

    #[test]
    fn only_the_own_names_with_the_own_port_are_this_server() {
        for (host, expected) in [
            ("127.0.0.1:3000", true),
            ("localhost:3000", true),
            ("127.0.0.1", false),
            ("127.0.0.1:3001", false),
            ("evil.example:3000", false),
            ("127.0.0.1:3000.evil.example", false),
            ("", false),
        ] {
            let is_host = access().is_host(&headers(&[("host", host)]));
            assert_eq!(is_host, expected, "{host}");
        }
        assert!(!access().is_host(&headers(&[])));
        let twice = [("host", "localhost:3000"), ("host", "evil.example")];
        assert!(!access().is_host(&headers(&twice)));
    }

    #[test]
    fn a_request_needs_the_cookie_an_own_origin_and_json() {
        const COOKIE: (&str, &str) = ("cookie", "a=b; playground-3000=right; c=d");
        const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:3000");
        const KIND: (&str, &str) = ("content-type", "application/json");
        let status = |method: &Method, lines: &[(&str, &str)]| {
            let refusal = access().refusal(method, &headers(lines));
            refusal.map_or(200, |refusal| refusal.status.as_u16())
        };
        let post = |lines: &[(&str, &str)]| status(&Method::POST, lines);
        assert_eq!(post(&[COOKIE, ORIGIN, KIND]), 200);
        assert_eq!(status(&Method::GET, &[COOKIE]), 200);
        assert_eq!(status(&Method::GET, &[]), 403);
        assert_eq!(status(&Method::PUT, &[COOKIE, ORIGIN, KIND]), 405);
        assert_eq!(post(&[ORIGIN, KIND]), 403);
        assert_eq!(post(&[COOKIE, KIND]), 403);
        for cookie in [
            "playground-3000=wrong",
            "playground-3001=right",
            "playground-3000=right2",
        ] {
            assert_eq!(post(&[("cookie", cookie), ORIGIN, KIND]), 403, "{cookie}");
        }
        for origin in [
            "null",
            "http://127.0.0.1:3001",
            "https://127.0.0.1:3000",
            "http://evil.example",
        ] {
            let foreign = ("origin", origin);
            assert_eq!(post(&[COOKIE, foreign, KIND]), 403, "{origin}");
            assert_eq!(status(&Method::GET, &[COOKIE, foreign]), 403, "{origin}");
        }
        for (site, expected) in [("same-origin", 200), ("none", 200), ("same-site", 403)] {
            let lines = [COOKIE, ("sec-fetch-site", site)];
            assert_eq!(status(&Method::GET, &lines), expected, "{site}");
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "text/plain; application/json",
        ] {
            assert_eq!(
                post(&[COOKIE, ORIGIN, ("content-type", kind)]),
                415,
                "{kind}"
            );
        }
        assert_eq!(post(&[COOKIE, ORIGIN]), 415);
    }

    #[test]
    fn only_the_token_gets_the_cookie_and_only_the_playground_is_sent_it() {
        assert_eq!(
            access().cookie("token=right").unwrap(),
            "playground-3000=right; Path=/playground; HttpOnly; SameSite=Strict"
        );
        assert_eq!(access().cookie("token=wrong"), None);
        assert_eq!(access().cookie(""), None);
    }
}
