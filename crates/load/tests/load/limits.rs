//! What the generator lacks, and how late it is, are no faults of the server.

use std::{
    io::Write,
    net::TcpListener,
    process::{Command as Process, Output},
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};

use assert_cmd::prelude::*;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::Value;

use super::{is_isolated, isolated, process, servers, servers::Server, signal, stderr_text, url};

/// A run that was limited: its object, with the reason.
fn limited(output: &Output) -> (Value, String) {
    assert_eq!(output.status.code(), Some(1), "{}", stderr_text(output));
    assert!(stderr_text(output).contains("generator was limited"));
    let object: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let why = object["generator"]["limited"].as_str();
    let why = why.expect("a reason").to_owned();
    (object, why)
}

#[test]
fn a_generator_without_descriptors_says_so() {
    let server = Server::start(servers::closes_behind_each_answer);
    let url = url(server.address);
    let arguments = [&url, "--rate", "200", "-n", "600", "--json"];
    let child = process(&arguments).spawn().unwrap();
    server.until_requests(50);
    let few = Rlimit {
        current: Some(3),
        maximum: Some(3),
    };
    let pid = Pid::from_raw(child.id() as i32);
    prlimit(pid, Resource::Nofile, few).unwrap();
    let (object, why) = limited(&child.wait_with_output().unwrap());
    assert!(why.contains("no file descriptor left"), "{why}");
    assert!(
        object["errors"]["no_descriptor"].as_u64() > Some(0),
        "{object:#}"
    );
    assert_eq!(object["errors"].as_object().unwrap().len(), 1);
}

#[test]
fn a_generator_without_ports_says_so_first() {
    isolated(
        "limits::in_a_network_with_three_ports",
        "ip link set lo up && echo 61000 61002 > /proc/sys/net/ipv4/ip_local_port_range",
    );
}

#[test]
#[ignore = "needs a network of its own"]
fn in_a_network_with_three_ports() {
    if !is_isolated() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:80").unwrap();
    thread::spawn(move || {
        let mut streams = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            streams.push(stream.try_clone().unwrap());
            thread::spawn(move || {
                while stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
                    .is_ok()
                {
                    thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    let arguments = [
        "http://127.0.0.1/",
        "--rate",
        "100",
        "-n",
        "50",
        "--timeout",
        "1s",
    ];
    let output = process(&arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("limited by the generator: "), "{text}");
    assert!(text.contains("no local port left"), "{text}");
    let output = process(&arguments).arg("--json").output().unwrap();
    let (object, why) = limited(&output);
    assert!(why.contains("no local port left"), "{why}");
    assert!(object["errors"]["no_port"].as_u64() > Some(0), "{object:#}");
    assert_eq!(object["errors"]["unreachable"], Value::Null);
}

/// Stops a process for a while once this number of requests has come; `meanwhile` is called while it is stopped.
fn stop_for_a_while(server: &Server, process: u32, requests: usize, meanwhile: impl FnOnce()) {
    server.until_requests(requests);
    signal("STOP", process);
    meanwhile();
    thread::sleep(Duration::from_millis(500));
    signal("CONT", process);
}

#[test]
fn a_generator_that_sends_late_says_so_with_few_requests_too() {
    let server = Server::start(servers::answers);
    let url = url(server.address);
    let arguments = [&url, "--rate", "20", "-n", "60", "--json"];
    let child = process(&arguments).spawn().unwrap();
    stop_for_a_while(&server, child.id(), 3, || ());
    let (object, why) = limited(&child.wait_with_output().unwrap());
    assert_eq!(
        (&object["requests"], &object["failed"]),
        (&60.into(), &0.into())
    );
    assert!(why.contains("late in sending requests"), "{why}");
}

#[test]
fn a_generator_that_reads_late_says_so() {
    let stopped = Arc::new(Barrier::new(2));
    let answers = Arc::clone(&stopped);
    let server = Server::start(move |client| servers::answers_at(client, &answers));
    let url = url(server.address);
    let arguments = [
        &url,
        "--rate",
        "1",
        "-n",
        "1",
        "--connections",
        "1",
        "--json",
    ];
    let child = process(&arguments).spawn().unwrap();
    stop_for_a_while(&server, child.id(), 1, || {
        stopped.wait();
    });
    let (object, why) = limited(&child.wait_with_output().unwrap());
    assert_eq!(
        (&object["requests"], &object["failed"]),
        (&1.into(), &0.into())
    );
    assert!(why.contains("late in reading answers"), "{why}");
    assert!(object["generator"]["read_late_ms"]["max"].as_f64() > Some(100.0));
}

#[test]
fn more_connections_than_descriptors_are_refused_before_anything_is_sent() {
    let few = Process::new("sh")
        .args([
            "-c",
            "ulimit -n 80; exec \"$0\" http://127.0.0.1:9/ --rate 1 --connections 100",
        ])
        .arg(assert_cmd::cargo::cargo_bin("load"))
        .assert();
    let few = few.code(1).stdout("");
    few.stderr(predicates::str::contains("ulimit -n"));
}
