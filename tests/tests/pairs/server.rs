//! The topic `server`: both programs over real connections.

#[path = "server/experiment.rs"]
mod experiment;
#[path = "server/refusals.rs"]
mod refusals;
#[path = "server/start.rs"]
mod start;

use std::{
    io::{BufReader, ErrorKind, Read as _, Write},
    net::TcpStream,
    thread,
};

use serde_json::{Map, Value};
use tests::{
    Pair,
    server::{Answer, HEALTH, Server, post},
};

tests::contract!("server");

fn read(stream: &TcpStream) -> Answer {
    Answer::read(&mut BufReader::new(stream))
}

#[test]
fn what_both_understand_is_answered_alike() {
    let [go, rust] = Server::both(&Pair::of("server"), &[]);
    let large = "x".repeat(1 << 20);
    let long = "x".repeat(100 << 10);
    let chunked = "Transfer-Encoding: chunked\r\n";
    for (status, request) in [
        (200, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (200, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (200, "GET /health HTTP/1.1\nHost: a\n\n".to_owned()),
        (200, "GET /health HTTP/1.0\r\n\r\n".to_owned()),
        (
            200,
            "GET /health?a=b HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ),
        (200, "GET /%68ealth HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (
            200,
            "GET http://a/health HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ),
        (
            200,
            format!("GET /health HTTP/1.1\r\nHost: a\r\nB: {long}\r\n\r\n"),
        ),
        (200, post("Content-Length: 3\r\n", "abc")),
        (200, post("Content-Length: 1048576\r\n", &large)),
        (
            413,
            post("Content-Length: 1048577\r\n", &format!("{large}x")),
        ),
        (200, post(chunked, "1;a=b\r\nx\r\n0\r\n\r\n")),
        (
            200,
            post(chunked, &format!("100000\r\n{large}\r\n0\r\n\r\n")),
        ),
        (
            413,
            post(chunked, &format!("100001\r\n{large}x\r\n0\r\n\r\n")),
        ),
        (404, "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (404, "GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (
            404,
            "DELETE /nowhere HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ),
        (405, "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (405, "POST /stats HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (405, "get /health HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
    ] {
        let answer = go.ask(&request);
        let shown = &request[..request.len().min(80)];
        assert_eq!(answer, rust.ask(&request), "{shown:?}");
        assert_eq!(answer.status, status, "{shown:?}");
    }
}

#[test]
fn what_both_refuse_has_the_same_status() {
    let [go, rust] = Server::both(&Pair::of("server"), &[]);
    let long = "x".repeat(200 << 10);
    for (status, request) in [
        (400, "GET /health HTTP/1.1\r\n\r\n".to_owned()),
        (
            400,
            "GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n".to_owned(),
        ),
        (
            400,
            "GET /health HTTP/1.1\r\nHost: a\r\nB : c\r\n\r\n".to_owned(),
        ),
        (
            400,
            "GET /health HTTP/1.1\r\nHost: a\r\nB: \0\r\n\r\n".to_owned(),
        ),
        (400, "GET /health\r\n\r\n".to_owned()),
        (400, "GET  /health  HTTP/1.1\r\nHost: a\r\n\r\n".to_owned()),
        (400, post("Content-Length: -1\r\n", "")),
        (400, post("Content-Length: +1\r\n", "x")),
        (
            400,
            post("Content-Length: 1\r\nContent-Length: 2\r\n", "xx"),
        ),
        (400, post("Transfer-Encoding: chunked\r\n", "x\r\n")),
        (
            431,
            format!("GET /health HTTP/1.1\r\nHost: a\r\nB: {long}\r\n\r\n"),
        ),
    ] {
        let shown = &request[..request.len().min(80)];
        for server in [&go, &rust] {
            let answered = server.ask(&request).status;
            assert_eq!(answered, status, "{} {shown:?}", server.language);
        }
    }
}

#[test]
fn every_request_is_counted_once_however_many_come_together() {
    let [go, rust] = Server::both(&Pair::of("server"), &[]);
    for server in [&go, &rust] {
        thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| {
                    let answer = server.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    assert_eq!((answer.status, &*answer.body), (200, &b"OK"[..]));
                });
            }
        });
        assert_eq!(server.stats()["requests"], 40, "{}", server.language);
    }
    let (go, rust) = (go.stats(), rust.stats());
    assert!(go.keys().eq(rust.keys()), "{go:?} {rust:?}");
    let at_least = |figures: &Map<String, Value>, name: &str, least: u64| {
        assert!(figures[name].as_u64() >= Some(least), "{name}: {figures:?}");
    };
    for figures in [&go, &rust] {
        at_least(figures, "allocated_bytes", 40 << 20);
    }
    // Go has collected by now, for its heap was small when 40 MiB came.
    at_least(&go, "collections", 1);
    assert_eq!(rust["collections"], 0);
    at_least(&rust, "freed_bytes", 40 << 20);
}

#[test]
fn a_request_writes_to_every_page_of_its_memory() {
    let pair = Pair::of("server");
    for (payload, options) in [
        (1 << 20, &[][..]),
        (64 << 20, &["--payload", "67108864"]),
        (64 << 20, &["--payload", "67108864", "--pooled"]),
    ] {
        for server in Server::both(&pair, options) {
            server.ask(HEALTH);
            let before = server.peak();
            assert_eq!(server.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
            let grown = server.peak() - before;
            // Memory that nobody has written to is not resident; the system counts by some pages.
            assert!(
                grown > payload / 4 * 3,
                "{} {options:?}: {grown}",
                server.language
            );
        }
    }
}

#[test]
fn a_request_that_runs_is_answered_before_the_end() {
    let pair = Pair::of("server");
    for signal in ["TERM", "INT"] {
        for mut server in Server::both(&pair, &[]) {
            let mut stream = server.connect();
            let half = "x".repeat(50_000);
            // The server asks for the body as soon as the handler runs.
            let fields = "Content-Length: 100000\r\nExpect: 100-continue\r\n";
            stream.write_all(post(fields, "").as_bytes()).expect("sent");
            assert_eq!(read(&stream).status, 100);
            stream.write_all(half.as_bytes()).expect("sent");
            server.signal(signal);
            server.closed();
            stream.write_all(half.as_bytes()).expect("sent");
            let answer = read(&stream);
            assert_eq!((answer.status, &*answer.body), (200, &b"OK"[..]));
            let code = server.wait().code();
            assert_eq!(code, Some(0), "{} {signal}", server.language);
        }
    }
}

#[test]
fn a_connection_that_waits_for_its_next_request_does_not_keep_the_server() {
    // Nobody waits for that long: a server that did would not end in time.
    for mut server in Server::both(&Pair::of("server"), &["--idle-limit", "3600000"]) {
        let mut stream = server.connect();
        stream.write_all(HEALTH.as_bytes()).expect("sent");
        assert_eq!(read(&stream).status, 200);
        server.end();
    }
}

#[test]
fn go_waits_for_a_connection_that_has_not_asked_yet() {
    let pair = Pair::of("server");
    // It waits five seconds: a busy machine may be late once, but not each time.
    let waits = (0..5).any(|_| silent_outlives_idle(&pair, "Go"));
    assert!(waits, "the request might be on its way");
    silent_outlives_idle(&pair, "Rust");
}

/// Stops a server with two connections, one with an earlier request and one without; returns whether the second was
/// still open when the first was closed. The server ends in time, whichever waits.
fn silent_outlives_idle(pair: &Pair, language: &'static str) -> bool {
    let hour = ["--head-limit", "3600000", "--idle-limit", "3600000"];
    let mut server = Server::start(pair, language, &hour);
    let silent = server.connect();
    // An answered connection has been accepted, and so have those before it.
    let mut idle = server.connect();
    idle.write_all(HEALTH.as_bytes()).expect("sent");
    assert_eq!(read(&idle).status, 200);
    server.signal("TERM");
    assert_eq!(idle.read(&mut [0]).expect("an orderly end"), 0);
    silent.set_nonblocking(true).expect("no waiting");
    let open = matches!(silent.peek(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock);
    assert_eq!(server.wait().code(), Some(0), "{language}");
    open
}

#[test]
fn a_port_can_be_taken_again_at_once() {
    let pair = Pair::of("server");
    for mut server in Server::both(&pair, &[]) {
        let address = server.address.to_string();
        for _ in 0..3 {
            // The server closes first, so that its side of the connection lingers.
            let request = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            assert_eq!(server.ask(request).status, 200);
            server.end();
            server = Server::start(&pair, server.language, &["--listen", &address]);
            assert_eq!(server.address.to_string(), address);
        }
    }
}

#[test]
fn what_a_request_leaves_and_which_oddities_are_taken_depend_on_the_language() {
    Pair::of("server").assert_contrast(&[
        ["threads that came with 8 workers", "*", "10"], // 8, one that accepts, one that waits
        ["MiB that 8 requests leave, collection off", "8", "0"],
        ["MiB that 8 requests leave once settled", "0", "0"],
        ["answer to HTTP/1.2", "200", "400"],
        ["answer to HTTP/2.0", "505", "400"],
        ["answer to an empty line first", "400", "200"],
        ["answer to a field on two lines", "200", "400"],
        ["answer to a blank in Host", "400", "200"],
        ["answer to an unknown expectation", "417", "200"],
        ["answer to a path without a slash", "400", "404"],
        ["answer to a path that goes up", "307", "404"],
        ["answer to a percent sign without digits", "400", "404"],
        ["answer to no path at all", "200", "404"],
        ["answer to the same length twice", "200", "400"],
        ["answer to a length and chunks", "200", "400"],
        ["answer to an unknown encoding", "501", "400"],
        ["answer to half a line and no more", "400", "closed"],
        ["answer to a hundred fields", "200", "431"],
        [
            "connection behind a body that nobody reads",
            "kept",
            "closed",
        ],
        ["answer to half a line and a wait", "400", "closed"],
        ["answer to a trailer and a wait", "400", "408"],
    ]);
}

#[test]
fn gos_workers_are_no_threads() {
    let [go, rust] = Pair::of("server").fact("threads that came with 8 workers");
    let [go, rust] = [go, rust].map(|count| count.parse::<i64>().expect("a count"));
    assert!(go < rust, "Go starts threads when it needs them: {go}");
}

#[test]
fn a_script_that_breaks_off_leaves_no_server() {
    let refused = Pair::of("server").script("get health\nbegin 5\nstop\nbegin 5\nget index\n");
    let said = "200 text/plain; charset=utf-8 \"OK\"\nbegun 100\nstopped, but for what was begun\n";
    let refused = refused.code(2).stdout(said);
    refused.stderr("error: line 4: the server is stopped\n");
}
