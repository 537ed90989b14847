//! Attacks on the playground: what it answers, and what is left afterwards.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use tests::process::{signal, wait_until};

use super::serving::{Answer, Serving, is_running};

const SECOND: Duration = Duration::from_secs(1);

/// A script for which Go takes longer than the playground allows, and Rust does not: each line collects.
fn slow() -> String {
    "settle\n".repeat(9_000)
}

fn wait(what: &str, is_so: impl Fn() -> bool) {
    wait_until(10 * SECOND, what, is_so);
}

#[test]
fn other_sites_other_names_and_other_forms_are_refused() {
    let serving = Serving::shared();
    let path = "/playground/cycles/replay";
    let body = r#"{"script":"node\nalive\n"}"#;
    let status =
        |headers: &[(&str, &str)]| serving.send(&serving.posting(path, headers, body)).status;
    assert_eq!(status(&[]), 200);
    let port = serving.address.rsplit(':').next().unwrap();
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
        // A name is missing: HTTP itself may refuse that, or the gate.
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
        "/playground/version",
    ] {
        let foreign = format!(
            "GET {path} HTTP/1.1\r\nHost: evil.example:{port}\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(serving.send(&foreign).status, 403, "{path}");
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let other = serving.posting(path, &[], body).replacen("POST", method, 1);
        assert!(
            [404, 405].contains(&serving.send(&other).status),
            "{method}"
        );
    }
}

#[test]
fn the_token_in_the_first_address_becomes_a_cookie() {
    let serving = Serving::shared();
    // The first address sets the cookie, and the browser then shows an address without the token.
    let first = serving.get(&format!("/?token={}", serving.token));
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
    let elsewhere = serving.get(&format!("//evil.example/?token={}", serving.token));
    assert!(format!("{}\r\n", elsewhere.head).contains("location: /evil.example/\r\n"));
    let guessed = serving.get(&format!("/?token={}", "0".repeat(64)));
    assert_eq!(guessed.status, 200);
    assert!(!guessed.head.contains("set-cookie"), "{}", guessed.head);
}

#[test]
fn no_path_and_no_body_reaches_anything_else() {
    let serving = Serving::shared();
    for (path, status) in [
        ("/playground/nothing", 404),
        ("/playground/..%2f..%2fCargo.toml", 404),
        ("/playground/%2e%2e/index.html", 404),
        ("/playground/cycles/../../../etc/passwd", 404),
        ("/playground/cycles%00", 404),
    ] {
        assert_eq!(serving.get(path).status, status, "{path}");
    }
    let post = |body: &str| {
        serving
            .send(&serving.posting("/playground/cycles/replay", &[], body))
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
    let odd = serving.replay("cycles", "node\n\u{0}\u{202e}<script>alert(1)</script>\n");
    assert_eq!(odd["comparison"], "same", "{odd}");
    assert_eq!(odd["go"]["line"], 2, "{odd}");
}

#[test]
fn huge_and_slow_requests_end_soon() {
    let serving = Serving::shared();
    let path = "/playground/cycles/replay";
    let huge = serving.posting(path, &[("Content-Length", "10000000000")], "{");
    assert_eq!(serving.send(&huge).status, 413);
    let endless = serving.posting(
        path,
        &[("Content-Length", ""), ("Transfer-Encoding", "chunked")],
        "",
    );
    let endless = endless + &format!("10000\r\n{}\r\n", "x".repeat(0x10000)).repeat(32);
    assert_eq!(serving.send(&endless).status, 413);
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(1 << 20));
    assert!([400, 413, 414, 431].contains(&serving.send(&long).status));
    for (sent, expected) in [
        (
            serving.posting(path, &[("Content-Length", "100")], "{"),
            [408, 408],
        ),
        // Some servers close without a word.
        ("GET / HTTP/1.1\r\nHost: ".to_owned(), [408, 0]),
        (String::new(), [408, 0]),
    ] {
        let begun = Instant::now();
        let status = serving.send(&sent).status;
        assert!(expected.contains(&status), "{status}: {sent:?}");
        assert!(begun.elapsed() < 15 * SECOND, "{sent:?}");
    }
}

#[test]
#[ignore = "needs a machine that does nothing else; cargo make deep runs it"]
fn a_script_that_takes_too_much_hits_a_limit() {
    let serving = Serving::shared();
    let told = serving.replay("cycles", &slow());
    assert_eq!(told["comparison"], "limit", "{}", told["go"]["why"]);
    assert_eq!(told["go"]["end"], "limit");
    assert_eq!(told["rust"]["end"], "done");
    let said = told["go"]["why"].as_str().unwrap();
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
        let begun = Instant::now();
        let told = serving.replay(topic, &script);
        assert_ne!(
            told["comparison"], "differs",
            "{topic}: {}",
            told["go"]["why"]
        );
        assert!(begun.elapsed() < 10 * SECOND, "{topic}");
    }
    assert_eq!(
        serving.replay("cycles", "node\nalive\n")["comparison"],
        "same"
    );
}

#[test]
fn of_a_hundred_runs_at_once_few_run_and_the_rest_are_sent_away() {
    let serving = Serving::start();
    let request = serving.replaying("cycles", &slow());
    let mut most = 0;
    let statuses: Vec<u16> = thread::scope(|scope| {
        let runs: Vec<_> = (0..100)
            .map(|_| scope.spawn(|| serving.send(&request).status))
            .collect();
        while !runs.iter().all(ScopedJoinHandle::is_finished) {
            most = most.max(serving.children().len());
            thread::sleep(Duration::from_millis(5));
        }
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let count = |status| statuses.iter().filter(|other| **other == status).count();
    assert_eq!(count(200) + count(429), 100, "{statuses:?}");
    assert!((2..=30).contains(&count(200)), "{statuses:?}");
    // Two runs, each of two programs.
    assert!((1..=4).contains(&most), "{most} at a time");
    assert_eq!(
        serving.replay("cycles", "node\nalive\n")["comparison"],
        "same"
    );
    assert_eq!(serving.children(), [0u32; 0]);
}

/// Begins a run that takes a while: its connection, and the process ids of its programs.
fn begin(serving: &Serving) -> (TcpStream, Vec<u32>) {
    let mut stream = serving.connect();
    stream
        .write_all(serving.replaying("cycles", &slow()).as_bytes())
        .unwrap();
    wait("a program runs", || !serving.children().is_empty());
    // Rust has ended soon, and Go not.
    thread::sleep(Duration::from_millis(300));
    let children = serving.children();
    assert!(!children.is_empty());
    (stream, children)
}

#[test]
fn a_run_ends_with_the_page_that_waits_for_it() {
    let serving = Serving::start();
    let (stream, children) = begin(&serving);
    let begun = Instant::now();
    drop(stream);
    wait("the run ends", || {
        !children.iter().any(|pid| is_running(*pid))
    });
    // By itself it would end at the limit of 2 s.
    assert!(begun.elapsed() < SECOND, "{:?}", begun.elapsed());
    assert_eq!(
        serving.replay("cycles", "node\nalive\n")["comparison"],
        "same"
    );
}

#[test]
fn nothing_outlives_the_server() {
    for name in ["TERM", "INT", "KILL"] {
        let mut serving = Serving::start();
        let (mut stream, children) = begin(&serving);
        signal(name, serving.child.id().into());
        let begun = Instant::now();
        let status = serving.child.wait().unwrap();
        assert!(begun.elapsed() < SECOND, "{name}: {:?}", begun.elapsed());
        wait("its programs end", || {
            !children.iter().any(|pid| is_running(*pid))
        });
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        let status_told = Answer::parse(&String::from_utf8_lossy(&rest)).status;
        assert!([0, 500].contains(&status_told), "{name}: {status_told}");
        if name != "KILL" {
            assert_eq!(status.code(), Some(0), "{name}");
            assert_eq!(serving.temporary(), [""; 0], "{name}");
        }
    }
}
