//! `lab point --url`: a server outside this project.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Command, Output, Stdio, id},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use tests::process::signal;

/// A server that takes 2 ms for an answer of this status.
fn serve(status: &'static str) -> SocketAddr {
    listen(status).0
}

/// The same, and what hears of each client.
fn listen(status: &'static str) -> (SocketAddr, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (came, clients) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = came.send(());
            thread::spawn(move || answer(BufReader::new(stream.expect("a client")), status));
        }
    });
    (address, clients)
}

fn answer(mut stream: BufReader<TcpStream>, status: &str) {
    let mut line = String::new();
    while stream.read_line(&mut line).is_ok_and(|read| read > 0) {
        if line == "\r\n" {
            thread::sleep(Duration::from_millis(2));
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nOK");
            if stream.get_mut().write_all(head.as_bytes()).is_err() {
                return;
            }
        }
        line.clear();
    }
}

fn point(arguments: &[&str]) -> Command {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("point").args(arguments);
    lab.stdout(Stdio::piped()).stderr(Stdio::piped());
    lab
}

fn text(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}

#[test]
fn a_server_of_ones_own_is_measured_twice_and_told_with_its_command() {
    let url = format!("http://{}/", serve("200 OK"));
    let pid = id().to_string();
    let usual = ["--url", &url, "--duration", "3s", "--connections", "4"];
    let more = [
        "--pid",
        &pid,
        "--share",
        "25",
        "--slo",
        "p50<9s",
        "--slo=p75<9s",
    ];
    let output = point(&[&usual[..], &more].concat())
        .output()
        .expect("it starts");
    let shown = text(&output);
    for expected in [
        "Capacity: ",
        " good answers a second over 4 connections",
        "25 % of the capacity, for 3s; twice",
        "run 2 ÷ run 1",
        "latency p50 ",
        "resident memory p50 ",
        "CPU time a request ",
        "Target p50<9s: met in 2 of 2 runs",
        "Target p75<9s: met in 2 of 2 runs",
        "Reproduce: cargo lab point --url http://",
        "--slo 'p50<9s' '--slo=p75<9s'",
    ] {
        assert!(shown.contains(expected), "{expected:?} is not in {shown}");
    }
    // If the machine was too busy, the run says so and fails.
    let is_limited = shown.contains("was limited by the generator");
    assert_eq!(output.status.code(), Some(i32::from(is_limited)), "{shown}");
}

#[test]
fn a_target_that_is_not_met_is_a_failure() {
    let url = format!("http://{}/", serve("200 OK"));
    let arguments = [
        "--url",
        &url,
        "--duration",
        "1s",
        "--rate",
        "100",
        "--slo",
        "p50<1ms",
    ];
    let output = point(&arguments).output().expect("it starts");
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("met in 0 of 2 runs"), "{shown}");
    assert!(shown.contains("Load: 100 requests a second"), "{shown}");
    assert!(!shown.contains("resident memory"), "{shown}");
}

#[test]
fn a_server_that_fails_has_no_capacity() {
    let url = format!("http://{}/", serve("404 Not Found"));
    let output = point(&["--url", &url]).output().expect("it starts");
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("status 404"), "{shown}");
}

#[test]
fn wrong_use_is_told_with_its_reason() {
    let any = "http://127.0.0.1:9/";
    for (arguments, reason) in [
        (&["--rate", "5"][..], "--live-objects"),
        (&["--url", any, "--payload", "1k"], "cannot be used with"),
        (
            &["--url", any, "--share", "50", "--rate", "5"],
            "cannot be used with",
        ),
        (&["--url", any, "--slo", "p98<1ms"], "p99<20ms"),
        (
            &["--url", any, "--pid", "999999999"],
            "no process 999999999",
        ),
        (&["--url", "ftp://a/"], "http://"),
        (&["--pid", "1", "--rate", "5"], "--url"),
    ] {
        let output = point(arguments).output().expect("it starts");
        let shown = text(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {shown}");
        assert!(shown.contains(reason), "{reason:?} is not in {shown}");
    }
}

#[test]
fn an_interrupt_ends_it() {
    let (address, clients) = listen("200 OK");
    let url = format!("http://{address}/");
    let child = point(&["--url", &url]).spawn().expect("it starts");
    clients
        .recv_timeout(Duration::from_mins(1))
        .expect("a request");
    signal("INT", child.id().into());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", text(&output));
}
