//! Signals end a run at once, whatever it waits for.

use std::{
    fs,
    net::{TcpListener, UdpSocket},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    LIMIT, is_isolated, isolated, process, servers, servers::Server, signal, stderr_text, url,
};

/// A run has ended this long behind the signal, on a busy machine too; all that it waits for takes a minute.
const AT_ONCE: Duration = Duration::from_secs(10);

#[test]
fn an_interrupt_reports_what_was_measured() {
    for name in ["INT", "TERM", "HUP"] {
        if name == "HUP" && is_hangup_ignored() {
            continue;
        }
        let server = Server::start(servers::answers);
        let url = url(server.address);
        let arguments = [&url, "--rate", "200", "--duration", "60s", "--json"];
        let child = process(&arguments).spawn().unwrap();
        server.until_requests(200);
        let object = interrupted(child, name);
        // Each of the 32 connections may be about to get an answer.
        assert!(object["requests"].as_u64() >= Some(168), "{object:#}");
        assert!(object["duration_s"].as_f64() < Some(30.0), "{object:#}");
    }
}

/// Whether these tests run below `nohup`: then a run ignores the signal too, as it should.
fn is_hangup_ignored() -> bool {
    signals("self", "SigIgn:") & 1 == 1
}

/// A set of signals that the system tells of a process: the first signal is the lowest bit.
fn signals(process: &str, set: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let signals = status.lines().find_map(|line| line.strip_prefix(set));
    u64::from_str_radix(signals.unwrap().trim(), 16).unwrap()
}

/// What a run reports that gets a signal.
fn interrupted(child: Child, name: &str) -> Value {
    signal(name, child.id());
    let begun = Instant::now();
    let output = child.wait_with_output().unwrap();
    let took = begun.elapsed();
    assert!(took < AT_ONCE, "{took:?}");
    assert_eq!(output.status.code(), Some(130), "{}", stderr_text(&output));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["interrupted"], true);
    object
}

/// A run that waits for what never comes.
fn waiting(url: &str) -> Child {
    let arguments = [
        url,
        "--rate",
        "5",
        "--timeout",
        "60s",
        "--insecure",
        "--json",
    ];
    let child = process(&arguments).spawn().unwrap();
    let begun = Instant::now();
    while signals(&child.id().to_string(), "SigCgt:") & 0b10 == 0 {
        assert!(begun.elapsed() < LIMIT, "it does not listen for signals");
        thread::sleep(Duration::from_millis(5));
    }
    // It is given time to get there; sooner the interrupt is no harder.
    thread::sleep(Duration::from_millis(300));
    child
}

#[test]
fn an_interrupt_ends_every_wait() {
    let never_accepts = Server::that_never_accepts();
    let never_answers = Server::start(servers::never_answers);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let never_shakes_hands = listener.local_addr().unwrap();
    for url in [
        url(never_accepts.address),
        url(never_answers.address),
        format!("https://{never_shakes_hands}/"),
    ] {
        let object = interrupted(waiting(&url), "INT");
        assert_eq!(object["failed"], 0, "{url}: {object:#}");
    }
}

#[test]
fn an_interrupt_ends_the_wait_for_a_name() {
    isolated(
        "interrupt::where_nobody_knows_names",
        "ip link set lo up && echo nameserver 127.0.0.1 > resolv && mount --bind resolv /etc/resolv.conf",
    );
}

#[test]
#[ignore = "needs a network of its own"]
fn where_nobody_knows_names() {
    if !is_isolated() {
        return;
    }
    let silent = UdpSocket::bind("127.0.0.1:53").unwrap();
    let child = waiting("http://some.example/");
    silent.recv(&mut [0; 512]).expect("it asks for the name");
    interrupted(child, "INT");
}

#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let server = Server::start(servers::answers);
    let url = url(server.address);
    let mut command = process(&[]);
    let program = command.get_program().to_owned();
    command = std::process::Command::new("nohup");
    command.arg(program);
    command.args([&url, "--rate", "100", "-n", "100", "--json"]);
    command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    server.until_requests(10);
    signal("HUP", child.id());
    let output = child.wait_with_output().unwrap();
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["interrupted"], false, "{}", stderr_text(&output));
    assert_eq!(object["requests"], 100);
}
