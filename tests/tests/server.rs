//! The topic `server`: both programs over real connections.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use predicates::prelude::*;
use serde_json::{Map, Value};
use tests::Pair;

tests::contract!("server");

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(40);

/// A program that serves, killed at the latest when the test is over.
struct Server {
    language: &'static str,
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(language: &'static str, program: &assert_cmd::Command, listen: &str) -> Self {
        let mut child = Command::new(program.get_program())
            .args(["serve", "--workers", "2", "--listen", listen])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut server = Server {
            language,
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let line = receiver.recv_timeout(LIMIT).expect("an address in time");
        server.address = line.trim_end().parse().expect("an address");
        server
    }

    /// Go's program and Rust's, each on a port that was free.
    fn both(pair: &Pair) -> [Self; 2] {
        [
            Server::start("Go", &pair.go(&[]), "127.0.0.1:0"),
            Server::start("Rust", &pair.rust(&[]), "127.0.0.1:0"),
        ]
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&self.address, LIMIT).expect("a connection");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        stream.set_write_timeout(Some(LIMIT)).expect("a limit");
        stream
    }

    fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect();
        // A server may refuse before it has read all.
        let _ = stream.write_all(request.as_ref());
        Answer::read(&stream)
    }

    fn stats(&self) -> Map<String, Value> {
        let answer = self.ask("GET /stats HTTP/1.1\r\nHost: a\r\n\r\n");
        serde_json::from_slice(&answer.body).expect("an object")
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(told.expect("kill runs").success());
    }

    /// Waits until no new connection is taken.
    fn closed(&self) {
        let begun = Instant::now();
        while TcpStream::connect_timeout(&self.address, LIMIT).is_ok() {
            assert!(begun.elapsed() < LIMIT, "{} still listens", self.language);
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(begun.elapsed() < LIMIT, "{} does not end", self.language);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to end, and tells how long that took.
    fn end(&mut self) -> Duration {
        let begun = Instant::now();
        self.signal("TERM");
        assert_eq!(self.wait().code(), Some(0), "{}", self.language);
        begun.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What both languages have to answer alike.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    kind: String,
    allow: String,
    body: Vec<u8>,
}

impl Answer {
    fn read(stream: &TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).expect("a line in time");
            line.trim_end().to_owned()
        };
        let first = line();
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let mut answer = Answer {
            status: status.unwrap_or_else(|| panic!("a status: {first:?}")),
            kind: String::new(),
            allow: String::new(),
            body: Vec::new(),
        };
        let mut length = None;
        loop {
            let line = line();
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-type" => value.clone_into(&mut answer.kind),
                "allow" => value.clone_into(&mut answer.allow),
                "content-length" => length = value.parse().ok(),
                _ => {}
            }
        }
        match length {
            Some(length) => answer.body.resize(length, 0),
            None => assert_ne!(answer.status, 200, "no length: {first:?}"),
        }
        reader.read_exact(&mut answer.body).expect("the whole body");
        answer
    }
}

fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
}

#[test]
fn what_both_understand_is_answered_alike() {
    let [go, rust] = Server::both(&Pair::of("server"));
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
    let [go, rust] = Server::both(&Pair::of("server"));
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
    let [go, rust] = Server::both(&Pair::of("server"));
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
fn a_request_that_runs_is_answered_before_the_end() {
    let pair = Pair::of("server");
    for signal in ["TERM", "INT"] {
        for mut server in Server::both(&pair) {
            let mut stream = server.connect();
            let half = "x".repeat(50_000);
            // The server asks for the body as soon as the handler runs.
            let fields = "Content-Length: 100000\r\nExpect: 100-continue\r\n";
            stream.write_all(post(fields, "").as_bytes()).expect("sent");
            assert_eq!(Answer::read(&stream).status, 100);
            stream.write_all(half.as_bytes()).expect("sent");
            server.signal(signal);
            server.closed();
            stream.write_all(half.as_bytes()).expect("sent");
            let answer = Answer::read(&stream);
            assert_eq!((answer.status, &*answer.body), (200, &b"OK"[..]));
            let code = server.wait().code();
            assert_eq!(code, Some(0), "{} {signal}", server.language);
        }
    }
}

#[test]
fn a_connection_that_waits_for_its_next_request_does_not_keep_the_server() {
    for mut server in Server::both(&Pair::of("server")) {
        let mut stream = server.connect();
        let request = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request).expect("sent");
        assert_eq!(Answer::read(&stream).status, 200);
        assert!(server.end() < Duration::from_secs(4), "{}", server.language);
    }
}

#[test]
fn go_waits_for_a_connection_that_has_not_asked_yet() {
    let [mut go, mut rust] = Server::both(&Pair::of("server"));
    let _waiting = [go.connect(), rust.connect()];
    // Whoever is answered has been accepted, and those before it too.
    let health = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!([go.ask(health).status, rust.ask(health).status], [200, 200]);
    assert!(rust.end() < Duration::from_secs(4));
    assert!(
        go.end() > Duration::from_secs(4),
        "the request might be on its way"
    );
}

#[test]
fn a_port_can_be_taken_again_at_once() {
    let pair = Pair::of("server");
    for (program, mut server) in [pair.go(&[]), pair.rust(&[])]
        .into_iter()
        .zip(Server::both(&pair))
    {
        let address = server.address.to_string();
        for _ in 0..3 {
            // The server closes first, so that its side of the connection lingers.
            let request = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            assert_eq!(server.ask(request).status, 200);
            server.end();
            server = Server::start(server.language, &program, &address);
            assert_eq!(server.address.to_string(), address);
        }
    }
}

#[test]
fn a_busy_port_is_refused() {
    let busy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = busy.local_addr().expect("an address").to_string();
    let refused = Pair::of("server").same(&["serve", "--listen", &address]);
    let refused = refused.code(1).stdout("");
    refused.stderr(format!(
        "error: cannot listen on {address}: address already in use\n"
    ));
}

#[test]
fn wrong_addresses_and_numbers_of_workers_are_refused() {
    let pair = Pair::of("server");
    for address in [
        "",
        "x",
        ":80",
        "localhost:80",
        "127.0.0.1",
        "127.0.0.1:99999",
        "127.0.0.1:+80",
        "01.2.3.4:80",
        "[::1",
        "[::1%lo]:80",
    ] {
        let refused = pair.same(&["serve", "--listen", address]).code(2);
        refused.stdout("").stderr(format!(
            "error: --listen: \"{address}\" is not an address like 127.0.0.1:8080\n"
        ));
    }
    for workers in ["0", "65", "-1", "+4", "x", ""] {
        let refused = pair.same(&["serve", "--workers", workers]).code(2);
        refused.stdout("").stderr(format!(
            "error: --workers: \"{workers}\" is not a whole number in 1..64\n"
        ));
    }
    let usage = predicate::str::starts_with("error: ");
    for wrong in [
        &["serve", "more"][..],
        &["serve", "--listen"],
        &["serve", "--more"],
    ] {
        pair.same(wrong).code(2).stdout("").stderr(usage.clone());
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
