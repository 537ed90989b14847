//! Where a connection ends, nothing that was answered is lost.
//!
//! Each client sends good requests, then one that is refused or that ends the connection, then more that
//! nobody may answer. It reads slowly, and only when the server has done what it does: every answer that
//! was made arrives, the refusal too, and then the end, without a reset.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use socket2::{Domain, Socket, Type};
use tests::{
    Pair,
    server::{HEALTH, LIMIT, Server, post},
};

/// How many good requests come first.
const GOOD: usize = 300;

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
const BOTH: &str = "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n";

/// How a conversation ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The server said that nothing more comes.
    Orderly,
    /// The system threw away what the server still had to say.
    Reset,
}

/// A connection that takes only so much at a time.
fn slow_client(server: &Server) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.connect(&server.address.into()).expect("connected");
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(LIMIT)).expect("a limit");
    stream.set_write_timeout(Some(LIMIT)).expect("a limit");
    stream
}

/// Sends all of it, reads only after a while, and tells the statuses of all answers and the end.
fn converse(server: &Server, bytes: &[u8]) -> (String, End) {
    let mut stream = slow_client(server);
    let mut writer = stream.try_clone().expect("a handle");
    thread::scope(|scope| {
        // A server that has refused takes no more, and may close before all is sent.
        scope.spawn(move || {
            let _ = writer.write_all(bytes);
        });
        thread::sleep(Duration::from_millis(600));
        read_to_the_end(&mut stream)
    })
}

fn read_to_the_end(stream: &mut TcpStream) -> (String, End) {
    let mut answers = Vec::new();
    let end = match stream.read_to_end(&mut answers) {
        Ok(_) => End::Orderly,
        Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("the connection stays open"),
        Err(_) => End::Reset,
    };
    (statuses(&answers), end)
}

/// The statuses in their order, with how many of the same came one after the other, and whether the last
/// answer says that the connection ends: in HTTP/1.0 it need not.
fn statuses(answers: &[u8]) -> String {
    let text = String::from_utf8_lossy(answers).to_ascii_lowercase();
    let answers: Vec<_> = text.split("http/1.").skip(1).collect();
    let statuses: Vec<_> = answers.iter().map(|answer| &answer[2..5]).collect();
    let alike = statuses.chunk_by(|one, next| one == next);
    let mut runs: Vec<_> = alike
        .map(|run| format!("{} x {}", run.len(), run[0]))
        .collect();
    let closes = |last: &&str| {
        let says = |word| last.contains(&format!("\r\nconnection: {word}\r\n"));
        says("close") || last.starts_with('0') && !says("keep-alive")
    };
    if answers.last().is_some_and(closes) {
        runs.push("close".to_owned());
    }
    runs.join(", ")
}

/// Demands of both servers that all good answers come, then this status, then an orderly end.
fn ends_behind(go: u16, rust: u16, name: &str, last: &str) {
    let options = ["--body-limit", "5000"];
    for server in Server::both(&Pair::of("server"), &options) {
        let status = if server.language == "Go" { go } else { rust };
        let bytes = HEALTH.repeat(GOOD) + last;
        let answers = converse(&server, bytes.as_bytes());
        let expected = match status {
            200 => format!("{} x 200, close", GOOD + 1),
            status => format!("{GOOD} x 200, 1 x {status}, close"),
        };
        assert_eq!(
            answers,
            (expected, End::Orderly),
            "{} {name}",
            server.language
        );
    }
}

#[test]
fn a_head_that_is_too_long_ends_orderly() {
    let long = "a".repeat(200_000);
    let field = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n");
    ends_behind(431, 431, "long field", &field);
    let path = format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n");
    ends_behind(431, 431, "long path", &path);
    let fields = "B: c\r\n".repeat(33_000);
    let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
    ends_behind(431, 431, "many fields", &many);
}

#[test]
fn a_head_that_is_no_head_ends_orderly() {
    for head in [
        "GET\r\n\r\n",
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nB : c\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ] {
        ends_behind(400, 400, head, &(head.to_owned() + HEALTH));
    }
}

#[test]
fn a_refusal_ends_a_kept_connection_of_the_old_version() {
    let kept = "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET\r\n\r\n";
    for server in Server::both(&Pair::of("server"), &[]) {
        let answers = converse(&server, kept.as_bytes());
        let expected = ("1 x 200, 1 x 400, close".to_owned(), End::Orderly);
        assert_eq!(answers, expected, "{}", server.language);
    }
}

#[test]
fn a_request_with_both_lengths_ends_its_connection() {
    let request = post(BOTH, "3\r\nabc\r\n0\r\n\r\n") + HEALTH;
    ends_behind(200, 400, "both lengths", &request);
    let turned = "Transfer-Encoding: chunked\r\ncontent-length: 3\r\n";
    let request = post(turned, "3\r\nabc\r\n0\r\n\r\n") + HEALTH;
    ends_behind(200, 400, "both lengths, turned", &request);
    let nowhere = request.replace("POST / ", "POST /nowhere ");
    ends_behind(404, 400, "both lengths, nowhere", &nowhere);
}

#[test]
fn both_lengths_are_seen_however_the_bytes_come() {
    let chunks = "5;a=b\r\nabcde\r\n0\r\nTrailer: x\r\n\r\n";
    let before = post(CHUNKED, chunks) + &post("Content-Length: 4\r\n", "\n\r\n\n");
    let request = before + &post(BOTH, chunks) + HEALTH;
    for server in Server::both(&Pair::of("server"), &["--head-limit", "60000"]) {
        let mut stream = server.connect();
        stream.set_nodelay(true).expect("small packets");
        let mut reader = stream.try_clone().expect("a handle");
        let end = thread::spawn(move || read_to_the_end(&mut reader));
        for byte in request.as_bytes() {
            // The server may have closed already.
            let _ = stream.write_all(&[*byte]);
            thread::sleep(Duration::from_micros(200));
        }
        let expected = if server.language == "Go" {
            "3 x 200, close"
        } else {
            "2 x 200, 1 x 400, close"
        };
        let answers = end.join().expect("an end");
        assert_eq!(
            answers,
            (expected.to_owned(), End::Orderly),
            "{}",
            server.language
        );
    }
}

#[test]
fn a_broken_chunk_ends_orderly() {
    for body in [
        "x\r\n",
        "3\r\nabcd\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n",
        "3\nabc\n0\n\n",
    ] {
        let request = post(CHUNKED, body) + HEALTH;
        ends_behind(400, 400, body, &request);
    }
}

#[test]
fn extensions_and_trailers_of_chunks_have_a_limit() {
    let long = "x".repeat(5000);
    let extension = post(CHUNKED, &format!("1;{long}\r\nx\r\n0\r\n\r\n")) + HEALTH;
    ends_behind(400, 400, "a long extension", &extension);
    let short = format!("1;{}\r\nx\r\n", "x".repeat(300)).repeat(100);
    let many = post(CHUNKED, &format!("{short}0\r\n\r\n")) + HEALTH;
    ends_behind(400, 400, "many extensions", &many);
    let trailer = post(CHUNKED, &format!("1\r\nx\r\n0\r\nB: {long}\r\n\r\n")) + HEALTH;
    ends_behind(400, 400, "a long trailer", &trailer);
    let trailers = "B: c\r\n".repeat(1000);
    let trailers = post(CHUNKED, &format!("1\r\nx\r\n0\r\n{trailers}\r\n")) + HEALTH;
    ends_behind(400, 400, "many trailers", &trailers);
}

#[test]
fn short_extensions_and_trailers_are_taken() {
    let small = "1;a=b\r\nx\r\n".repeat(10_000);
    let request = post(CHUNKED, &format!("{small}0;c\r\nD: e\r\nF: g\r\n\r\n"));
    for server in Server::both(&Pair::of("server"), &[]) {
        let bytes = request.repeat(2) + HEALTH;
        let mut stream = server.connect();
        stream.write_all(bytes.as_bytes()).expect("sent");
        stream.shutdown(Shutdown::Write).expect("nothing follows");
        let answers = read_to_the_end(&mut stream);
        assert_eq!(
            answers,
            ("3 x 200".to_owned(), End::Orderly),
            "{}",
            server.language
        );
    }
}

#[test]
fn a_body_that_never_ends_is_told_so() {
    ends_behind(408, 408, "sized", &post("Content-Length: 100\r\n", "x"));
    ends_behind(408, 408, "chunked", &post(CHUNKED, "5\r\nabc"));
    // To net/http a trailer without an end is one that is too long.
    ends_behind(
        400,
        408,
        "trailer",
        &post(CHUNKED, "1\r\na\r\n0\r\nB: c\r\n"),
    );
}

#[test]
fn a_body_that_is_too_long_ends_orderly() {
    let long = "x".repeat(2 << 20);
    let sized = post(&format!("Content-Length: {}\r\n", 2 << 20), &long) + HEALTH;
    ends_behind(413, 413, "sized", &sized);
    let chunked = post(CHUNKED, &format!("200000\r\n{long}\r\n0\r\n\r\n")) + HEALTH;
    ends_behind(413, 413, "chunked", &chunked);
    let nowhere = sized.replace("POST / ", "POST /nowhere ");
    ends_behind(404, 404, "nowhere", &nowhere);
}

#[test]
fn close_is_obeyed_whatever_came_in_the_same_write() {
    let close = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    ends_behind(200, 200, "close", &(close.to_owned() + &HEALTH.repeat(9)));
    let among = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n";
    ends_behind(200, 200, "among others", &(among.to_owned() + HEALTH));
    let old = "GET /health HTTP/1.0\r\n\r\n";
    ends_behind(200, 200, "HTTP/1.0", &(old.to_owned() + HEALTH));
    let body = post("Content-Length: 3\r\nConnection: close\r\n", "abc") + HEALTH;
    ends_behind(200, 200, "close with a body", &body);
    let chunks = post(
        &format!("{CHUNKED}Connection: close\r\n"),
        "1\r\na\r\n0\r\n\r\n",
    );
    ends_behind(200, 200, "close with chunks", &(chunks + HEALTH));
}

#[test]
fn each_answer_has_the_form_that_its_own_request_wants() {
    let kept = "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let head = "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n";
    let all = [kept, HEALTH, head, HEALTH, head, kept].concat();
    for server in Server::both(&Pair::of("server"), &[]) {
        let mut stream = server.connect();
        stream.write_all(all.as_bytes()).expect("sent");
        stream.shutdown(Shutdown::Write).expect("nothing follows");
        let mut answers = String::new();
        stream.read_to_string(&mut answers).expect("answers");
        let forms: Vec<_> = answers
            .split("HTTP/1.")
            .skip(1)
            .map(|answer| {
                let (head, body) = answer.split_once("\r\n\r\n").expect("a whole head");
                let kept = head.to_ascii_lowercase().contains("connection: keep-alive");
                (&head[..1], kept, body)
            })
            .collect();
        let (old, new) = (("0", true, "OK"), ("1", false, "OK"));
        let expected = [old, new, ("1", false, ""), new, ("1", false, ""), old];
        assert_eq!(forms, expected, "{}", server.language);
    }
}

#[test]
fn an_upgrade_that_nobody_wants_is_ignored() {
    for fields in [
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Upgrade: websocket\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA\r\n",
        "connection: keep-alive, upgrade\r\nupgrade: TLS/1.3\r\n",
    ] {
        let gets =
            ["/", "/health"].map(|path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        let body = post(&format!("Content-Length: 3\r\n{fields}"), "abc");
        let all = gets.concat() + &body + HEALTH;
        for server in Server::both(&Pair::of("server"), &[]) {
            let mut stream = server.connect();
            stream.write_all(all.as_bytes()).expect("sent");
            stream.shutdown(Shutdown::Write).expect("nothing follows");
            let answers = read_to_the_end(&mut stream);
            let expected = ("4 x 200".to_owned(), End::Orderly);
            assert_eq!(answers, expected, "{} {fields:?}", server.language);
            let closing = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\n\r\n";
            let answers = converse(&server, (closing.to_owned() + HEALTH).as_bytes());
            assert_eq!(
                answers,
                ("1 x 200, close".to_owned(), End::Orderly),
                "{}",
                server.language
            );
        }
    }
}
