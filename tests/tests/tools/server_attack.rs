//! The servers under attack: good clients still get their answers.
//!
//! `cargo test -p tests --test tools server_attack:: -- --nocapture` shows what became of the bad clients.

use std::{
    io::{BufReader, ErrorKind, Write},
    net::Shutdown,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use tests::{
    Pair,
    attack::{
        Ends, GOOD, Good, KEPT, attack, attack_these, attack_with, drip, end, only, together, until,
    },
    server::{Answer, HEALTH, LIMIT, Server, post},
};

/// Actix pools the heads of some hundred requests, and with each the buffer in which its path came.
const POOLED: u64 = 8 * KEPT;

const SLOW: Duration = Duration::from_millis(50);
const HEAD: &str = "GET /health HTTP/1.1\r\nHost: a\r\n";
const SIZED: &str = "Content-Length: 1000000\r\n";
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

#[test]
fn no_good_answer_is_like_another() {
    for (i, one) in GOOD.iter().enumerate() {
        for other in &GOOD[..i] {
            assert_ne!(one.answer(), other.answer());
        }
    }
}

#[test]
fn heads_that_trickle_are_cut_off() {
    attack("slow heads", |server| {
        let ends = together(60, |i| match i % 3 {
            0 => drip(server, HEAD, b"a", SLOW),
            // The first head is whole, the second is not.
            1 => drip(server, &format!("{HEALTH}GET"), b"a", SLOW),
            _ => drip(server, HEALTH, b"G", SLOW),
        });
        only(ends, &["400", "closed", "200", "200 400"])
    });
}

#[test]
fn bodies_that_trickle_are_cut_off() {
    attack("slow bodies", |server| {
        let ends = together(60, |i| match i % 4 {
            0 => drip(server, &post(SIZED, ""), b"x", SLOW),
            1 => drip(server, &post(CHUNKED, ""), b"1\r\nx\r\n", SLOW),
            2 => drip(server, &post(SIZED, "").replace(" / ", " /n "), b"x", SLOW),
            _ => drip(
                server,
                &post(CHUNKED, "").replace(" / ", " /n "),
                b"1\r\nx\r\n",
                SLOW,
            ),
        });
        only(ends, &["408", "404"])
    });
}

#[test]
fn connections_that_say_nothing_are_closed() {
    attack("idle connections", |server| {
        let mut idle: Vec<_> = (0..150).map(|_| server.connect()).collect();
        for stream in idle.iter_mut().step_by(2) {
            stream.write_all(HEALTH.as_bytes()).expect("sent");
        }
        let mut ends = Ends::new();
        for mut stream in idle {
            *ends.entry(end(&mut stream)).or_default() += 1;
        }
        only(ends, &["closed", "200"])
    });
}

#[test]
fn more_connections_than_there_may_be_have_to_wait() {
    let options = ["--connections", "40"];
    attack_with("too many connections", &options, KEPT, |server| {
        let most = AtomicUsize::new(0);
        let before = server.descriptors();
        let mut idle: Vec<_> = (0..100).map(|_| server.connect()).collect();
        let is_full = || server.descriptors() >= before + 30;
        until(is_full, || format!("{} takes too few", server.language));
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(1) {
            // A connection of the start may close meanwhile.
            most.fetch_max(server.descriptors().saturating_sub(before), Relaxed);
            thread::sleep(SLOW);
        }
        assert!((30..=42).contains(&most.into_inner()), "40 at most");
        let mut ends = Ends::new();
        for stream in &mut idle {
            *ends.entry(end(stream)).or_default() += 1;
        }
        only(ends, &["closed"])
    });
}

#[test]
fn a_head_without_end_is_refused() {
    attack("endless heads", |server| {
        let long = vec![b'a'; 16 << 10];
        let ends = together(9, |i| match i % 3 {
            0 => drip(server, HEAD, &long, Duration::ZERO),
            1 => drip(server, HEAD, &b"B: c\r\n".repeat(1000), Duration::ZERO),
            _ => drip(server, "GET /", &long, Duration::ZERO),
        });
        // What is still being sent when the server closes may cost the answer.
        only(ends, &["431", "400", "closed"])
    });
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    attack("huge bodies", |server| {
        let piece = vec![b'x'; 64 << 10];
        let chunk = [b"10000\r\n".as_slice(), &piece, b"\r\n"].concat();
        let huge = "Content-Length: 9000000000000000000\r\n";
        let ends = together(6, |i| match i % 3 {
            0 => drip(server, &post(huge, ""), &piece, Duration::ZERO),
            1 => drip(server, &post(CHUNKED, ""), &chunk, Duration::ZERO),
            _ => drip(
                server,
                &post(CHUNKED, "7fffffffffffffff\r\n"),
                &piece,
                Duration::ZERO,
            ),
        });
        only(ends, &["413", "closed"])
    });
}

#[test]
fn a_chunk_that_lies_spoils_its_connection_only() {
    // A server that believes the length takes the rest for a request.
    let lies = [
        "ffffffffffffffffff\r\nx\r\n0\r\n\r\n",
        "-1\r\nx\r\n0\r\n\r\n",
        "+1\r\nx\r\n0\r\n\r\n",
        "0x1\r\nx\r\n0\r\n\r\n",
        "2\r\nabc\r\n0\r\n\r\n",
        "5\r\nabc\r\n0\r\n\r\n",
        "g\r\nx\r\n0\r\n\r\n",
        "\r\nx\r\n0\r\n\r\n",
        "1\r\nx0\r\n\r\n",
        "1\rx\r\n0\r\n\r\n",
        "1\r\nx\r\n0\r\nx\r\n",
    ];
    attack("chunks that lie", |server| {
        let ends = together(lies.len(), |i| {
            let mut stream = server.connect();
            let request = post(CHUNKED, lies[i]) + HEALTH;
            let _ = stream.write_all(request.as_bytes());
            end(&mut stream)
        });
        // Behind the last chunk Actix answers before it looks; it closes, too, and answers no more.
        let whole = ends.get("200").copied().unwrap_or(0);
        assert!(whole <= 1, "{ends:?}");
        only(ends, &["400", "200"])
    });
}

#[test]
fn lines_that_are_no_requests_are_refused() {
    let lines = [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        "GET / HTTQ/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "G\x7fT / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost a\r\n\r\n",
        "GET / HTTP/1.1\r\n\x01: b\r\nHost: a\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "{\"jsonrpc\": 1}\r\n\r\n",
    ];
    attack("malformed lines", |server| {
        let ends = together(lines.len() + 100, |i| {
            let mut stream = server.connect();
            let noise = noise(i as u64);
            let line = lines.get(i).map_or(&noise[..], |line| line.as_bytes());
            let _ = stream.write_all(line);
            let _ = stream.shutdown(Shutdown::Write);
            end(&mut stream)
        });
        only(ends, &["400", "404", "505", "closed"])
    });
}

/// Some bytes that look like nothing, the same in every run.
fn noise(seed: u64) -> Vec<u8> {
    let mut random = seed;
    let mut bytes: Vec<_> = (0..200)
        .map(|_| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 56) as u8
        })
        .collect();
    bytes.extend(b"\r\n\r\n");
    bytes
}

#[test]
fn requests_that_come_at_once_are_answered_in_order() {
    attack_with("pipelining", &[], POOLED, |server| {
        together(8, |client| {
            let mut stream = server.connect();
            let chosen: Vec<_> = (0..200)
                .map(|i| GOOD[(i * 7 + client) % GOOD.len()])
                .collect();
            let all: String = chosen.iter().map(|good| good.request).collect();
            let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
            thread::scope(|scope| {
                scope.spawn(|| stream.write_all(all.as_bytes()).expect("sent"));
                for (i, good) in chosen.iter().enumerate() {
                    let answer = Answer::read(&mut reader);
                    assert_eq!(answer, good.answer(), "{} {i}", server.language);
                }
            });
            stream.shutdown(Shutdown::Write).expect("nothing follows");
            assert!(Answer::next(&mut reader).is_none(), "one answer for each");
            "200 answers".to_owned()
        })
    });
}

#[test]
fn a_client_that_reads_no_answers_is_cut_off() {
    attack_with("answers unread", &[], POOLED, |server| {
        together(4, |_| {
            let mut stream = server.connect();
            stream
                .set_write_timeout(Some(Duration::from_millis(500)))
                .expect("a limit");
            let many = HEALTH.repeat(1000);
            let (mut sent, mut taken) = (0, Instant::now());
            // Until the server neither reads nor writes any more, and then until it closes.
            loop {
                assert!(taken.elapsed() < LIMIT, "{} keeps it", server.language);
                assert!(sent < 64 << 20, "{} takes {sent} bytes", server.language);
                match stream.write(many.as_bytes()) {
                    Ok(count) => (sent, taken) = (sent + count, Instant::now()),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
            }
            "closed".to_owned()
        })
    });
}

#[test]
fn clients_may_vanish_at_any_point() {
    let sized = post("Content-Length: 20\r\n", "01234567890123456789");
    let chunked = post(CHUNKED, "5\r\nabcde\r\n0\r\n\r\n");
    attack("clients that vanish", |server| {
        let mut ends = Ends::new();
        for request in [HEALTH, &sized, &chunked] {
            for sent in 0..=request.len() {
                let mut stream = server.connect();
                stream.write_all(&request.as_bytes()[..sent]).expect("sent");
                if sent % 2 == 0 {
                    let _ = stream.shutdown(Shutdown::Write);
                }
                // What was not read makes a reset of it.
                if sent % 3 == 0 {
                    thread::sleep(Duration::from_millis(1));
                }
                *ends.entry("vanished".to_owned()).or_default() += 1;
            }
        }
        ends
    });
}

#[test]
fn a_server_without_descriptors_recovers() {
    let pair = Pair::of("server");
    let start = |language| Server::start_with_descriptors(&pair, language, 60);
    let servers = ["Go", "Rust"].map(start);
    attack_these("no descriptors", servers, KEPT, |server| {
        let mut reader = BufReader::new(server.connect());
        let mut asks = |good: Good| {
            let sent = reader.get_mut().write_all(good.request.as_bytes());
            sent.expect("a good request is taken");
            assert_eq!(Answer::read(&mut reader), good.answer());
        };
        asks(GOOD[0]);
        let idle: Vec<_> = (0..200).map(|_| server.connect()).collect();
        until(|| server.descriptors() >= 59, || "no limit".to_owned());
        // Open connections are still served.
        for i in 0..50 {
            asks(GOOD[i % GOOD.len()]);
        }
        // Another one waits for a descriptor, and has its answer as soon as there is one.
        let mut waiting = server.connect();
        waiting.write_all(HEALTH.as_bytes()).expect("sent");
        let soon = Some(Duration::from_millis(200));
        waiting.set_read_timeout(soon).expect("a limit");
        let silent = waiting.peek(&mut [0]).expect_err("no answer yet");
        assert_eq!(silent.kind(), ErrorKind::WouldBlock);
        drop(idle);
        waiting.set_read_timeout(Some(LIMIT)).expect("a limit");
        assert_eq!(Answer::read(&mut BufReader::new(&waiting)).status, 200);
        Ends::from([("answered once there is one".to_owned(), 1)])
    });
}
