//! Whether a server starts, what it says if not, and how many it serves.

use std::{
    fs,
    io::{BufReader, ErrorKind, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::MetadataExt as _,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use predicates::prelude::*;
use tests::{
    Pair,
    attack::until,
    server::{Answer, HEALTH, Server, program},
};

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
fn an_address_of_another_machine_is_refused() {
    // It is kept for documentation: no machine has it.
    let refused = Pair::of("server").same(&["serve", "--listen", "192.0.2.1:80"]);
    let says = "error: cannot listen on 192.0.2.1:80: cannot assign requested address\n";
    refused.code(1).stdout("").stderr(says);
}

#[test]
fn a_port_that_needs_a_permission_is_refused() {
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if first.is_ok_and(|port| port.trim().parse::<u16>().is_ok_and(|port| port <= 1)) {
        eprintln!("every user may listen on every port here");
        return;
    }
    let pair = Pair::of("server");
    for language in ["Go", "Rust"] {
        let program = program(&pair, language);
        let mut command = Command::new(&program);
        if fs::metadata("/proc/self").expect("Linux").uid() == 0 {
            command = Command::new("setpriv");
            command.arg("--bounding-set=-all").arg(&program);
        }
        let output = command.args(["serve", "--listen", "127.0.0.1:1"]).output();
        let output = output.expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        let words = "error: cannot listen on 127.0.0.1:1: permission denied\n";
        assert_eq!(
            (output.status.code(), &*said),
            (Some(1), words),
            "{language}"
        );
    }
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
fn too_few_descriptors_are_told_and_enough_serve() {
    let pair = Pair::of("server");
    for (language, most) in [("Go", 12), ("Rust", 26)] {
        let enough = |descriptors: usize| {
            let script = format!("ulimit -n {descriptors}; exec \"$0\" \"$@\"");
            let mut command = Command::new("sh");
            command.arg("-c").arg(script).arg(program(&pair, language));
            // No machine can listen there, which it finds once it has its descriptors.
            command.args(["serve", "--workers", "2", "--listen", "192.0.2.1:80"]);
            let output = command.stdin(Stdio::null()).output().expect("it starts");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(
                output.status.code(),
                Some(1),
                "{language} {descriptors}: {said}"
            );
            if said == "error: cannot serve with 2 workers: too many open files\n" {
                return false;
            }
            assert!(
                said.contains("requested address"),
                "{language} {descriptors}: {said}"
            );
            true
        };
        let few = (4..=most)
            .take_while(|&descriptors| !enough(descriptors))
            .count();
        assert!(few > 0 && 4 + few < most, "{language}: {few} are too few");
        for descriptors in 4 + few..=most {
            let server = Server::start_with_descriptors(&pair, language, descriptors);
            assert_eq!(server.ask(HEALTH).status, 200, "{language} {descriptors}");
        }
    }
}

#[test]
fn a_script_without_descriptors_ends_with_words() {
    let pair = Pair::of("server");
    for language in ["Go", "Rust"] {
        let mut command = Command::new("sh");
        let script = "ulimit -n 5; exec \"$0\" demo";
        command.arg("-c").arg(script).arg(program(&pair, language));
        let output = command.output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), &*said),
            (Some(1), "error: too many open files\n")
        );
    }
}

#[test]
fn so_many_connections_are_served_and_no_more() {
    let pair = Pair::of("server");
    for (connections, workers) in [(1, 4), (3, 2), (5, 4), (4, 4)] {
        let options = [connections, workers].map(|number| number.to_string());
        let options = ["--connections", &options[0], "--workers", &options[1]];
        for server in Server::both(&pair, &options) {
            let says = format!("{} {options:?}", server.language);
            let mut waiting: Vec<_> = (0..connections + 3).map(|_| asks(&server)).collect();
            let mut served: Vec<TcpStream> = Vec::new();
            while !waiting.is_empty() {
                until(
                    || waiting.iter().any(is_answered),
                    || format!("{says}: nobody"),
                );
                // More would be answered at once.
                thread::sleep(Duration::from_millis(100));
                let answered = waiting.extract_if(.., |stream| is_answered(stream));
                served.extend(answered);
                assert!(served.len() <= connections, "{says}: {}", served.len());
                if served.len() == connections || waiting.is_empty() {
                    let next = served.remove(0);
                    next.set_nonblocking(false).expect("waiting");
                    assert_eq!(Answer::read(&mut BufReader::new(next)).status, 200);
                }
            }
        }
    }
}

/// A connection that has asked.
fn asks(server: &Server) -> TcpStream {
    let mut stream = server.connect();
    stream.write_all(HEALTH.as_bytes()).expect("sent");
    stream.set_nonblocking(true).expect("no waiting");
    stream
}

fn is_answered(stream: &TcpStream) -> bool {
    match stream.peek(&mut [0]) {
        Ok(bytes) => bytes > 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}
