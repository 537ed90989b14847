//! Attacks on the playground: what it answers, and what is left afterwards.

use std::{
    io::Write as _,
    net::TcpStream,
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use tests::process::{signal, wait_until};

use super::book_server::{Answer, BookServer, LIMIT, is_running};

const SECOND: Duration = Duration::from_secs(1);

/// A script for which Go takes many times as long as the playground allows, and Rust does not: each line
/// collects, and passes through a long list.
pub fn slow() -> String {
    format!("chain 100000\n{}", "settle\n".repeat(400))
}

#[test]
fn other_sites_other_names_and_other_forms_are_refused() {
    let server = BookServer::shared();
    let path = "/playground/cycles/replay";
    let body = r#"{"script":"node\nalive\n"}"#;
    let status =
        |headers: &[(&str, &str)]| server.send(&server.posting(path, headers, body)).status;
    assert_eq!(status(&[]), 200);
    let port = server.address.rsplit(':').next().unwrap();
    let wrong = format!("playground-{port}={}", "0".repeat(64));
    for (headers, expected) in [
        (("Origin", "http://evil.example"), 403),
        (("Origin", "http://127.0.0.1:1"), 403),
        (("Origin", "null"), 403),
        (("Origin", ""), 403),
        (("Host", "evil.example"), 403),
        (("Host", ""), 400),
        (("Cookie", ""), 403),
        (("Cookie", &wrong), 403),
        (("Sec-Fetch-Site", "same-site"), 403),
        (("Sec-Fetch-Site", "cross-site"), 403),
        (("Content-Type", ""), 415),
        (("Content-Type", "text/plain"), 415),
        (("Content-Type", "application/x-www-form-urlencoded"), 415),
    ] {
        let got = status(&[headers]);
        // A name is missing: HTTP itself may refuse that, or the server.
        let expected = if got == 403 && headers == ("Host", "") {
            403
        } else {
            expected
        };
        assert_eq!(got, expected, "{headers:?}");
    }
    for path in [
        "/",
        "/machine.html",
        "/playground/cycles",
        "/playground/cycles/version",
    ] {
        let foreign = format!(
            "GET {path} HTTP/1.1\r\nHost: evil.example:{port}\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(server.send(&foreign).status, 403, "{path}");
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let other = server.posting(path, &[], body).replacen("POST", method, 1);
        assert!([404, 405].contains(&server.send(&other).status), "{method}");
    }
}

#[test]
fn the_token_in_the_first_address_becomes_a_cookie() {
    let server = BookServer::shared();
    // The first address sets the cookie, and the browser then shows an address without the token.
    let first = server.get(&format!("/?token={}", server.token));
    assert_eq!(first.status, 303);
    for part in [
        "location: /\r\n",
        "samesite=strict",
        "httponly",
        "path=/playground",
    ] {
        assert!(
            format!("{}\r\n", first.head).contains(part),
            "{}",
            first.head
        );
    }
    let elsewhere = server.get(&format!("//evil.example/?token={}", server.token));
    assert!(format!("{}\r\n", elsewhere.head).contains("location: /evil.example/\r\n"));
    let guessed = server.get(&format!("/?token={}", "0".repeat(64)));
    assert_eq!(guessed.status, 200);
    assert!(!guessed.head.contains("set-cookie"), "{}", guessed.head);
}

#[test]
fn no_path_and_no_body_reaches_anything_else() {
    let server = BookServer::shared();
    for (path, status) in [
        ("/playground/nothing", 404),
        ("/playground/..%2f..%2fCargo.toml", 404),
        ("/playground/%2e%2e/index.html", 404),
        ("/playground/cycles/../../../etc/passwd", 404),
        ("/playground/cycles%00", 404),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
    let post = |body: &str| {
        server
            .send(&server.posting("/playground/cycles/replay", &[], body))
            .status
    };
    for body in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"script":1}"#,
        r#"{"script":"","path":"/etc/passwd"}"#,
    ] {
        assert_eq!(post(body), 400, "{body}");
    }
    let long = "#".repeat((64 << 10) + 1);
    assert_eq!(post(&format!(r#"{{"script":"{long}"}}"#)), 413);
    let most = "#".repeat(64 << 10);
    assert_eq!(post(&format!(r#"{{"script":"{most}"}}"#)), 200);
    // Both programs refuse bytes that no script holds, in the same words.
    let odd = server.performed("cycles", "node\n\u{0}\u{202e}<script>alert(1)</script>\n");
    assert_eq!(odd["comparison"], "same", "{odd}");
    assert_eq!(odd["go"]["line"], 2, "{odd}");
}

#[test]
fn requests_for_something_else_reach_nothing() {
    let server = BookServer::shared();
    let address = &server.address;
    for (what, host, expected) in [
        ("CONNECT evil.example:443", "evil.example:443", 403),
        (&format!("CONNECT {address}"), address, 405),
        ("GET http://evil.example/", address, 403),
        ("GET /", "127.0.0.1", 403),
    ] {
        let request = format!("{what} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert_eq!(server.send(&request).status, expected, "{what}");
    }
    assert_eq!(server.send("GET / HTTP/1.0\r\n\r\n").status, 403);
    assert_eq!(server.send("\u{16}\u{3}\u{1}\r\n\r\n").status, 400);
}

#[test]
fn odd_forms_of_a_request_reach_nothing() {
    let server = BookServer::shared();
    let own = server.cookie();
    let foreign = format!("playground-1={}", server.token);
    let all = format!("a=b; {foreign}; {own}");
    let send = |method: &str, headers: &[(&str, &str)], body: &str| {
        let request = server.posting("/playground/cycles/replay", headers, body);
        server.send(&request.replacen("POST", method, 1)).status
    };
    let post = |headers: &[(&str, &str)]| send("POST", headers, r#"{"script":"node\n"}"#);
    // All ports share their cookies.
    assert_eq!(post(&[("Cookie", &all)]), 200);
    assert_eq!(post(&[("Cookie", &foreign)]), 403);
    // What one server takes for a part of a request, another may take for the next one.
    assert_eq!(post(&[("Content-Length", "18\r\nContent-Length: 5")]), 400);
    assert_eq!(post(&[("Transfer-Encoding", "chunked")]), 400);
    let upgrade = [
        ("Origin", "http://evil.example"),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("Sec-WebSocket-Version", "13"),
    ];
    assert_eq!(send("GET", &upgrade, ""), 403);
    // A body is never unpacked: whatever it would become, it is no JSON.
    let packed = [("Content-Encoding", "gzip")];
    assert_eq!(send("POST", &packed, "\u{1f}\u{8b}\u{8}"), 400);
}

#[test]
fn huge_and_slow_requests_end_soon() {
    let server = BookServer::shared();
    let path = "/playground/cycles/replay";
    let huge = server.posting(path, &[("Content-Length", "10000000000")], "{");
    assert_eq!(server.send(&huge).status, 413);
    let endless = server.posting(
        path,
        &[("Content-Length", ""), ("Transfer-Encoding", "chunked")],
        "",
    );
    let endless = endless + &format!("10000\r\n{}\r\n", "x".repeat(0x10000)).repeat(32);
    let begun = Instant::now();
    assert_eq!(server.send(&endless).status, 411);
    let foreign = endless.replace("Origin: http://127", "Origin: http://128");
    assert_eq!(server.send(&foreign).status, 411);
    let elsewhere = endless.replace("Host: 127", "Host: 128");
    assert_eq!(server.send(&elsewhere).status, 403);
    assert!(begun.elapsed() < 45 * SECOND, "a connection without an end");
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(1 << 20));
    assert!([400, 413, 414, 431].contains(&server.send(&long).status));
    for (sent, expected) in [
        (
            server.posting(path, &[("Content-Length", "100")], "{"),
            [408, 408],
        ),
        // Some servers close without a word.
        ("GET / HTTP/1.1\r\nHost: ".to_owned(), [408, 0]),
        (String::new(), [408, 0]),
    ] {
        let begun = Instant::now();
        let status = server.send(&sent).status;
        assert!(expected.contains(&status), "{status}: {sent:?}");
        assert!(begun.elapsed() < 45 * SECOND, "{sent:?}");
    }
}

/// Each thread of a program that uses the system's allocator may reserve addresses of its own.
#[test]
fn a_program_with_many_threads_keeps_within_the_limit_of_memory() {
    let server = BookServer::shared();
    let reply = server.replay(
        "server",
        "together index 50\ntogether health 10\nrequests\n",
    );
    for language in ["go", "rust"] {
        let why = reply[language]["why"].as_str().unwrap_or_default();
        assert!(
            reply[language]["end"] == "done" || why.ends_with("limit of 2 s"),
            "{reply}"
        );
    }
}

#[test]
fn a_script_that_takes_too_much_hits_a_limit() {
    let server = BookServer::shared();
    let reply = server.replay("cycles", &slow());
    assert_eq!(reply["comparison"], "limit", "{}", reply["go"]["why"]);
    assert_eq!(reply["go"]["end"], "limit");
    assert_eq!(reply["rust"]["end"], "done");
    let said = reply["go"]["why"].as_str().unwrap();
    assert_eq!(said, "stopped at the playground's limit of 2 s");
    // A script that holds the most that its topic allows makes no difference.
    for (topic, script) in [
        ("footprint", "fill 1000000\nalive\n".to_owned()),
        (
            "reclaim",
            "window 256\nallocs 256 1048576\nlive\n".to_owned(),
        ),
        ("leaks", "fill 256 1048576\nbytes\n".to_owned()),
    ] {
        let reply = server.replay(topic, &script);
        assert_ne!(
            reply["comparison"], "differs",
            "{topic}: {}",
            reply["go"]["why"]
        );
    }
    assert_eq!(
        server.performed("cycles", "node\nalive\n")["comparison"],
        "same"
    );
}

#[test]
fn of_a_hundred_runs_at_once_few_run_and_the_rest_are_sent_away() {
    let server = BookServer::start();
    let request = server.replaying("cycles", &slow());
    let mut most = 0;
    let statuses: Vec<u16> = thread::scope(|scope| {
        let runs: Vec<_> = (0..100)
            .map(|_| scope.spawn(|| server.send(&request).status))
            .collect();
        while !runs.iter().all(ScopedJoinHandle::is_finished) {
            most = most.max(server.children().len());
            thread::sleep(Duration::from_millis(5));
        }
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let count = |status| statuses.iter().filter(|other| **other == status).count();
    assert_eq!(count(200) + count(429), 100, "{statuses:?}");
    assert!(count(200) >= 2 && count(429) >= 1, "{statuses:?}");
    // Two runs, each of two programs.
    assert!((1..=4).contains(&most), "{most} at a time");
    assert_eq!(
        server.performed("cycles", "node\nalive\n")["comparison"],
        "same"
    );
    assert_eq!(server.children(), [0u32; 0]);
}

/// Begins a run whose programs stay, until the limit of half a minute: its connection, and their process ids.
fn begin(server: &BookServer) -> (TcpStream, Vec<u32>) {
    // The address space of both programs is known then.
    server.replay("server", "");
    let mut stream = server.connect();
    let request = server.posting("/playground/server/contrast", &[], "{}");
    let programs = server.stop_programs(|| {
        stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
    });
    (stream, programs)
}

#[test]
fn a_run_ends_with_the_page_that_waits_for_it() {
    let server = BookServer::start();
    let (stream, programs) = begin(&server);
    let begun = Instant::now();
    drop(stream);
    wait_until(LIMIT, "the run ends", || {
        !programs.iter().any(|pid| is_running(*pid))
    });
    assert!(begun.elapsed() < 25 * SECOND, "it ended at its limit");
    assert_eq!(
        server.performed("cycles", "node\nalive\n")["comparison"],
        "same"
    );
}

#[test]
fn nothing_outlives_the_server() {
    for name in ["TERM", "INT", "KILL"] {
        let mut server = BookServer::start();
        let (mut stream, programs) = begin(&server);
        signal(name, server.child.id().into());
        let status = server.child.wait().unwrap();
        wait_until(LIMIT, "its programs end", || {
            !programs.iter().any(|pid| is_running(*pid))
        });
        let answered = Answer::read(&mut stream).status;
        assert!([0, 500].contains(&answered), "{name}: {answered}");
        if name != "KILL" {
            assert_eq!(status.code(), Some(0), "{name}");
            assert_eq!(server.temporary(), [""; 0], "{name}");
        }
    }
}
