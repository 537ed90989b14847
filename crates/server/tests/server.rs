// Twin: go/server/server_test.go

//! What the routes answer, and how connections and the server end.

use std::{
    future::ready,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::atomic::Ordering::Relaxed,
    thread,
    time::Duration,
};

use actix_web::{
    App,
    body::to_bytes,
    dev::ServiceResponse,
    http::Method,
    rt::System,
    test::{TestRequest, call_service, init_service},
    web::{Data, ServiceConfig},
};
use server::{Figures, Limits, PAYLOAD, Site, routes, serve, touch};

fn site() -> Data<Site> {
    Data::new(Site {
        requests: 0.into(),
        measure: |requests| Figures {
            requests,
            threads: 1,
            allocated_bytes: 2,
            freed_bytes: 3,
            collections: 4,
            paused_nanoseconds: 5,
        },
    })
}

/// Status, Content-Type and body of the routes' answer to one request.
fn ask(
    site: &Data<Site>,
    method: &str,
    path: &str,
    body: &str,
) -> (u16, String, String) {
    System::new().block_on(async {
        let app =
            init_service(App::new().app_data(site.clone()).configure(routes))
                .await;
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = TestRequest::with_uri(path).method(method);
        let request = request.set_payload(body.to_owned()).to_request();
        let answer: ServiceResponse<_> = call_service(&app, request).await;
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type");
        let kind = kind.map_or("", |kind| kind.to_str().expect("ASCII"));
        let kind = kind.to_owned();
        let body = to_bytes(answer.into_body()).await.expect("a body");
        let body = String::from_utf8_lossy(&body).trim_end().to_owned();
        (status, kind, body)
    })
}

#[test]
fn every_path_and_method_has_its_answer() {
    let plain = "text/plain; charset=utf-8";
    for (method, path, status, kind, allow, body) in [
        ("GET", "/", "200", plain, "", "OK"),
        ("POST", "/", "200", plain, "", "OK"),
        ("GET", "/health", "200", plain, "", "OK"),
        ("GET", "/nowhere", "404", plain, "", "404 page not found"),
        ("DELETE", "/nowhere", "404", plain, "", "404 page not found"),
        (
            "PUT",
            "/",
            "405",
            plain,
            "GET, HEAD, POST",
            "Method Not Allowed",
        ),
        (
            "POST",
            "/health",
            "405",
            plain,
            "GET, HEAD",
            "Method Not Allowed",
        ),
        (
            "POST",
            "/stats",
            "405",
            plain,
            "GET, HEAD",
            "Method Not Allowed",
        ),
    ] {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        );
        let answer = converse(Limits::usual(), request.as_bytes());
        let (head, told) = answer.split_once("\r\n\r\n").expect("a head");
        let field = |name: &str| {
            let mut lines = head.lines().filter_map(|l| l.split_once(": "));
            let line =
                lines.find(|(field, _)| field.eq_ignore_ascii_case(name));
            line.map_or("", |(_, value)| value)
        };
        assert_eq!(count(&answer, status), 1, "{method} {path}: {answer}");
        assert_eq!(
            (field("content-type"), field("allow"), told.trim_end()),
            (kind, allow, body),
            "{method} {path}"
        );
    }
}

#[test]
fn a_body_is_taken_up_to_the_payload() {
    for (bytes, status) in
        [(0, 200), (1, 200), (PAYLOAD, 200), (PAYLOAD + 1, 413)]
    {
        let told = ask(&site(), "POST", "/", &"x".repeat(bytes));
        assert_eq!(told.0, status, "{bytes} bytes");
    }
}

#[test]
fn only_what_touched_its_memory_is_counted() {
    let site = site();
    for (path, counted) in [("/", 1), ("/health", 1), ("/stats", 1), ("/", 2)] {
        ask(&site, "GET", path, "");
        assert_eq!(site.requests.load(Relaxed), counted, "{path}");
    }
}

#[test]
fn stats_tells_every_figure() {
    let (status, kind, body) = ask(&site(), "GET", "/stats", "");
    assert_eq!((status, kind.as_str()), (200, "application/json"));
    assert_eq!(
        body,
        "{\"requests\":0,\"threads\":1,\"allocated_bytes\":2,\"freed_bytes\":3,\
         \"collections\":4,\"paused_nanoseconds\":5}"
    );
}

#[test]
fn serve_ends_when_it_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let ended = System::new().block_on(serve(
        listener,
        1,
        Limits::usual(),
        routes,
        ready(()),
    ));
    assert!(ended.is_ok(), "{ended:?}");
}

#[test]
fn touch_writes_one_byte_in_each_cache_line() {
    let mut data = [7; 130];
    touch(&mut data);
    for (i, byte) in data.into_iter().enumerate() {
        assert_eq!(byte, if i % 64 == 0 { 1 } else { 7 }, "{i}");
    }
}

/// All that a server answers to these bytes, which nobody reads before all are sent.
fn converse(limits: Limits, bytes: &[u8]) -> String {
    converse_with(2, limits, bytes)
}

fn converse_with(workers: usize, limits: Limits, bytes: &[u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = thread::spawn(move || {
        let stopped = async {
            let _ = stopped.await;
        };
        let site = site();
        let routes = move |config: &mut ServiceConfig| {
            config.app_data(site.clone());
            routes(config);
        };
        System::new()
            .block_on(serve(listener, workers, limits, routes, stopped))
    });
    let mut stream = TcpStream::connect(address).expect("a connection");
    let limit = Some(Duration::from_mins(1));
    stream.set_read_timeout(limit).expect("a limit");
    let _ = stream.write_all(bytes);
    // A server that closed without waiting has done so by now.
    thread::sleep(Duration::from_millis(600));
    let mut answers = Vec::new();
    stream.read_to_end(&mut answers).expect("an orderly end");
    drop(stop);
    server.join().expect("no panic").expect("no error");
    String::from_utf8_lossy(&answers).into_owned()
}

/// How many answers have this status.
fn count(answers: &str, status: &str) -> usize {
    answers.matches(&format!("HTTP/1.1 {status} ")).count()
}

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_refusal_takes_no_answer_away() {
    let long = "x".repeat(200_000);
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nB: {long}\r\n\r\n");
    // More answers than the client's buffer holds: the system has them when the connection ends.
    let answers =
        converse(Limits::usual(), (HEALTH.repeat(2000) + &head).as_bytes());
    assert_eq!((count(&answers, "200"), count(&answers, "431")), (2000, 1));
}

#[test]
fn nothing_is_answered_behind_close() {
    let close = HEALTH.replace("Host: a", "Host: a\r\nConnection: close");
    let answers = converse(Limits::usual(), (close + HEALTH).as_bytes());
    assert_eq!(count(&answers, "200"), 1);
}

#[test]
fn what_is_late_is_cut_off() {
    let soon = Duration::from_secs(1);
    let usual = Limits::usual();
    let half = &HEALTH[..HEALTH.len() - 2];
    let answers = converse(
        Limits {
            head: soon,
            ..usual
        },
        (HEALTH.to_owned() + half).as_bytes(),
    );
    assert_eq!(count(&answers, "200"), 1);
    let body = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx";
    let answers = converse(
        Limits {
            body: soon,
            ..usual
        },
        body.as_bytes(),
    );
    assert_eq!(count(&answers, "408"), 1);
}

#[test]
fn limits_that_make_no_sense_are_those_that_do() {
    let usual = Limits::usual();
    let none = Limits {
        connections: 0,
        ..usual
    };
    let all = Limits {
        head: Duration::MAX,
        body: Duration::MAX,
        idle: Duration::MAX,
        connections: usize::MAX,
    };
    let closing = HEALTH.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    for limits in [none, all] {
        for workers in [0, 1] {
            let answers = converse_with(workers, limits, closing.as_bytes());
            assert_eq!(count(&answers, "200"), 1, "{limits:?}");
        }
    }
    // No time at all is a millisecond: half a head is refused.
    let soon = Limits {
        head: Duration::ZERO,
        body: Duration::ZERO,
        idle: Duration::ZERO,
        ..usual
    };
    let half = &HEALTH[..HEALTH.len() - 2];
    assert_eq!(count(&converse(soon, half.as_bytes()), "200"), 0);
}
