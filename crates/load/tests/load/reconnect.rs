//! Connections that a server closes while the next request is on its way.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use load::{Failure, Plan, Report, Request};

use super::{at, measured, plan, run, servers, servers::Server, url};

/// Sends this number of requests, one after the other on one connection.
fn one_by_one(server: &Server, method: &str, retry_any: bool, requests: u64) -> Report {
    let request = Request::new(method, &url(server.address), &[], b"").unwrap();
    run(&Plan {
        connections: 1,
        requests: Some(requests),
        retry_any,
        request,
        ..plan(server.address)
    })
}

#[test]
fn a_server_that_closes_silently_costs_no_request() {
    for answers in [1, 2, 100] {
        let server = Server::start(move |client| servers::closes_silently_behind(client, answers));
        for connections in [1, 4, 32] {
            let report = run(&Plan {
                connections,
                pace: at(2000.0),
                ..plan(server.address)
            });
            assert_eq!(
                (report.requests, report.failed()),
                (1000, 0),
                "{:?}",
                report.first_errors
            );
        }
    }
}

#[test]
fn a_request_that_crosses_the_close_is_sent_again_and_counted() {
    let server = Server::start(|client| servers::hangs_up_behind(client, 1));
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let before = server.requests();
        let report = one_by_one(&server, method, false, 10);
        if method == "HEAD" {
            // Its answer has no body, and this server sends one: no connection is kept.
            assert_eq!(report.reconnected, 0);
            continue;
        }
        assert_eq!(report.failed(), 0, "{method}: {:?}", report.first_errors);
        // All but the first, which had a connection of its own.
        assert_eq!(report.reconnected, 9, "{method}");
        assert_eq!(server.requests() - before, 19, "{method}");
        assert_eq!(report.service.len(), 10);
        assert_eq!(report.json()["reconnected"], 9);
    }
}

#[test]
fn a_method_that_is_not_idempotent_is_sent_again_only_if_that_is_wanted() {
    let server = Server::start(|client| servers::hangs_up_behind(client, 1));
    for method in ["POST", "PATCH", "MINE"] {
        let report = one_by_one(&server, method, false, 10);
        // Each second request meets a connection that was kept.
        assert_eq!(report.errors.get(&Failure::Closed), Some(&5), "{method}");
        assert_eq!(report.reconnected, 0);
        let report = one_by_one(&server, method, true, 10);
        assert_eq!((report.failed(), report.reconnected), (0, 9), "{method}");
    }
}

#[test]
fn a_request_is_sent_again_once_and_only_behind_a_connection_that_was_kept() {
    let server = Server::start(|client| servers::hangs_up_behind(client, 0));
    let report = one_by_one(&server, "GET", false, 10);
    assert_eq!(report.errors.get(&Failure::Closed), Some(&10));
    // The first had a connection that was opened before it.
    assert_eq!((report.reconnected, server.requests()), (1, 11));
    let why = &report.first_errors[&Failure::Closed];
    assert!(why.contains("before the first byte"), "{why}");
}

#[test]
fn a_request_that_crosses_a_servers_lost_patience_is_sent_again_once() {
    let server = Server::start(|client| servers::loses_patience_behind(client, 1));
    let report = one_by_one(&server, "GET", false, 10);
    assert_eq!((report.failed(), report.reconnected), (0, 9));
    let report = one_by_one(&server, "POST", false, 10);
    assert_eq!(report.statuses.get(&408), Some(&5));
    let never = Server::start(|client| servers::loses_patience_behind(client, 0));
    let report = one_by_one(&never, "GET", false, 10);
    assert_eq!(
        (report.statuses.get(&408), report.reconnected),
        (Some(&10), 1)
    );
}

#[test]
fn an_answer_that_has_begun_is_not_asked_for_again() {
    let server = Server::start(servers::breaks_off_the_second);
    let report = one_by_one(&server, "GET", false, 10);
    assert_eq!(report.errors.get(&Failure::Closed), Some(&5));
    assert_eq!((report.reconnected, server.requests()), (0, 10));
    let why = &report.first_errors[&Failure::Closed];
    assert!(why.contains("after 4 bytes"), "{why}");
}

#[test]
fn a_reset_before_the_first_byte_is_a_close() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || reset_behind_one(stream.unwrap()));
        }
    });
    let report = run(&Plan {
        connections: 1,
        requests: Some(10),
        ..plan(address)
    });
    assert_eq!((report.failed(), report.reconnected), (0, 9));
}

/// Answers once; what nobody has read when a connection is closed makes a reset of its end.
fn reset_behind_one(mut stream: TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    let _ = stream.peek(&mut [0]);
}

#[test]
fn a_connection_is_not_kept_when_either_side_says_that_it_ends() {
    let close = ["Connection: close".to_owned()];
    for (serve, fields) in [
        (servers::answers as fn(servers::Client), &close[..]),
        (servers::answers_in_the_old_way, &[]),
        (servers::says_that_it_closes, &[]),
    ] {
        let server = Server::start(serve);
        let request = Request::new("GET", &url(server.address), fields, b"").unwrap();
        let report = run(&Plan {
            connections: 2,
            requests: Some(20),
            request,
            ..plan(server.address)
        });
        assert_eq!((report.requests, report.failed()), (20, 0));
        assert_eq!(
            (report.reconnected, server.most_on_one_connection()),
            (0, 1)
        );
    }
    let server = Server::start(servers::answers);
    run(&Plan {
        connections: 2,
        requests: Some(20),
        ..plan(server.address)
    });
    assert!(server.most_on_one_connection() > 1, "others are kept");
}

#[test]
fn reconnections_are_told_in_text_and_kept_in_logs() {
    let server = Server::start(|client| servers::hangs_up_behind(client, 1));
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.hlog");
    let url = url(server.address);
    let mut command = super::load();
    command.args([
        &url,
        "--rate",
        "200",
        "-n",
        "10",
        "--connections",
        "1",
        "--hlog",
    ]);
    let text = measured(&command.arg(&log).output().unwrap());
    assert!(text.contains(" 9 reconnected: "), "{text}");
    let mut merge = super::load();
    let output = merge.arg("merge").arg(&log).arg("--json").output().unwrap();
    assert_eq!(super::object(&output)["reconnected"], 9);
}
