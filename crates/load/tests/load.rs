//! The command and the library against servers that behave and servers that do not.
#![cfg(target_os = "linux")]

mod servers;

use std::{
    fs,
    net::SocketAddr,
    process::Output,
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use assert_cmd::Command;
use load::{Arrivals, Failure, Pace, Plan, Report, Request, percentile};
use predicates::prelude::*;
use serde_json::Value;
use servers::Server;

/// How long a command may take, far more than it needs.
const LIMIT: Duration = Duration::from_secs(30);

const SECOND: u64 = 1_000_000_000;

fn load() -> Command {
    let mut command = Command::cargo_bin("load").expect("it is built");
    command.timeout(LIMIT);
    command
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/")
}

fn at(rate: f64) -> Pace {
    Pace::Open {
        rate,
        arrivals: Arrivals::Constant,
    }
}

/// 200 requests in half a second.
fn plan(address: SocketAddr) -> Plan {
    Plan {
        duration: Duration::from_millis(500),
        timeout: LIMIT,
        ..Plan::new(Request::get(&url(address)).unwrap(), at(400.0))
    }
}

/// The same, each with 300 ms.
fn hurried(address: SocketAddr) -> Plan {
    Plan {
        timeout: Duration::from_millis(300),
        ..plan(address)
    }
}

fn run(plan: &Plan) -> Report {
    let begun = Instant::now();
    let report = load::run(plan, &AtomicBool::new(false)).unwrap();
    let most = plan.warmup + plan.duration + 2 * plan.timeout + Duration::from_secs(5);
    assert!(begun.elapsed() < most, "it hung: {:?}", begun.elapsed());
    report
}

/// Demands that all requests failed in this way, and that none of them looks fast.
fn all_fail(server: &Server, failure: Failure) {
    let plan = hurried(server.address);
    let report = run(&plan);
    assert_eq!(report.requests, 200);
    assert_eq!(
        report.errors.get(&failure),
        Some(&200),
        "{:?}",
        report.errors
    );
    assert!(
        report.latency.min() >= 299_000_000,
        "{}",
        report.latency.min()
    );
    assert!(report.achieved_rate() < 0.001);
    let closed = Plan {
        pace: Pace::Closed,
        connections: 4,
        ..plan
    };
    let report = run(&closed);
    assert_eq!(report.errors.keys().collect::<Vec<_>>(), [&failure]);
    assert!(report.latency.min() >= 299_000_000);
    // A server that gives no answer is asked again after a rest.
    let rested = failure == Failure::Status || report.requests <= 4 * 51;
    assert!(rested, "{}", report.requests);
}

#[test]
fn a_server_that_never_answers_is_a_timeout() {
    all_fail(&Server::start(servers::never_answers), Failure::Timeout);
}

#[test]
fn a_server_that_never_takes_a_connection_is_a_timeout() {
    all_fail(&Server::that_never_accepts(), Failure::Timeout);
}

#[test]
fn a_server_that_closes_half_way_is_told_so() {
    all_fail(&Server::start(servers::closes_half_way), Failure::Closed);
}

#[test]
fn a_server_that_resets_is_told_so() {
    all_fail(&Server::start(servers::closes_at_once), Failure::Closed);
}

#[test]
fn a_server_that_answers_too_slowly_byte_by_byte_is_a_timeout() {
    all_fail(
        &Server::start(servers::answers_byte_by_byte),
        Failure::Timeout,
    );
}

#[test]
fn a_server_that_refuses_is_told_so() {
    all_fail(&Server::that_refuses(), Failure::Refused);
}

#[test]
fn an_answer_that_is_not_http_is_bad() {
    all_fail(
        &Server::start(servers::speaks_another_language),
        Failure::BadResponse,
    );
}

#[test]
fn a_status_of_an_error_is_never_a_fast_answer() {
    all_fail(&Server::start(servers::is_unavailable), Failure::Status);
}

#[test]
fn a_server_that_vanishes_half_way_is_counted_from_then_on() {
    let server = Server::start(servers::answers);
    let plan = hurried(server.address);
    let gone = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(250));
        drop(server);
    });
    let report = run(&plan);
    gone.join().unwrap();
    assert_eq!(report.requests, 200);
    assert!(report.errors[&Failure::Refused] > 0, "{:?}", report.errors);
    assert!(report.statuses[&200] > 0);
    let slow = report.latency.count_between(290_000_000, u64::MAX);
    assert!(slow >= report.failed(), "{slow} {}", report.failed());
}

#[test]
fn answers_in_chunks_and_without_a_length_are_answers() {
    for serve in [
        servers::answers_in_chunks,
        servers::closes_behind_each_answer,
    ] {
        let server = Server::start(serve);
        let report = run(&plan(server.address));
        assert_eq!(
            (report.requests, report.failed()),
            (200, 0),
            "{:?}",
            report.errors
        );
        assert_eq!(report.statuses.get(&200), Some(&200));
    }
}

#[test]
fn a_stall_is_in_the_histogram_as_arithmetic_says() {
    let server = Server::start(servers::stalls);
    let report = run(&Plan {
        pace: at(200.0),
        duration: Duration::from_secs(3),
        connections: 1,
        records: true,
        ..plan(server.address)
    });
    assert_eq!(
        (report.requests, report.failed()),
        (600, 0),
        "{:?}",
        report.errors
    );
    // 200 requests a second come during it, and wait from 1 s down to nothing: 50 a quarter of a second.
    for quarter in 0..3 {
        let from = SECOND / 4 * quarter + SECOND / 10;
        let within = report.latency.count_between(from, from + SECOND / 4);
        assert!((35..=65).contains(&within), "{within} from {from}");
    }
    let max = report.latency.max();
    assert!(max >= SECOND * 9 / 10, "{max}");
    // The one that was sent before the stall; those behind it were not sent until it was over.
    let slow = report.service.count_between(SECOND / 2, SECOND * 10);
    assert_eq!(slow, 1);
    assert_eq!(report.records.len(), 600);
}

/// A second in each ten, a thousand requests a second over 64 connections.
#[test]
#[ignore = "it takes half a minute"]
fn a_stall_that_comes_again_and_again_is_in_the_histogram_each_time() {
    let server = Server::start(servers::stalls_again_and_again);
    let report = run(&Plan {
        pace: at(1000.0),
        duration: Duration::from_secs(30),
        connections: 64,
        ..plan(server.address)
    });
    assert_eq!(
        (report.requests, report.failed()),
        (30_000, 0),
        "{:?}",
        report.errors
    );
    // Of those that come during a stall as many wait 0 to 100 ms as 900 ms to a second: 100 a stall.
    for tenth in 1..10 {
        let from = SECOND / 10 * tenth;
        let within = report.latency.count_between(from, from + SECOND / 10 - 1);
        assert!((270..=330).contains(&within), "{within} from {from}");
    }
    // One in ten waits: at the 95th percentile half of a second, at the 99th nine tenths of it.
    for (at, waits) in [(0.95, 0.5), (0.99, 0.9)] {
        let seconds = report.latency.value_at_quantile(at) as f64 / 1e9;
        assert!(
            (waits - 0.05..waits + 0.05).contains(&seconds),
            "{seconds} at {at}"
        );
    }
    // Those on the way when it began, one on each connection, and no other took that long to serve.
    let slow = report.service.count_between(SECOND / 10 * 9, SECOND * 10);
    assert!(slow <= 3 * 64, "{slow}");
}

#[test]
fn more_than_the_server_can_do_is_latency_and_a_lower_rate() {
    // One connection, 20 ms an answer: 50 a second of 400.
    let server = Server::start(|client| servers::answers_after(client, Duration::from_millis(20)));
    let report = run(&Plan {
        connections: 1,
        duration: Duration::from_millis(250),
        ..plan(server.address)
    });
    assert_eq!((report.requests, report.failed()), (100, 0));
    assert!(report.achieved_rate() <= 52.0, "{}", report.achieved_rate());
    // The last is sent after 99 others, and was meant to be sent after a quarter of a second.
    let max = report.latency.max();
    assert!(max > SECOND * 17 / 10, "{max}");
    assert!(percentile(&report.service, 0.5) < percentile(&report.latency, 0.5));
}

#[test]
fn a_warm_up_is_not_measured() {
    let server = Server::start(servers::answers);
    let report = run(&Plan {
        warmup: Duration::from_millis(500),
        records: true,
        ..plan(server.address)
    });
    assert_eq!(report.requests, 200);
    assert!(
        report
            .records
            .iter()
            .all(|record| record.intended < SECOND / 2)
    );
    assert_eq!(report.latency.len(), report.service.len());
    assert_eq!(report.late.len(), 200);
}

#[test]
fn a_server_that_closes_idle_connections_is_connected_to_again() {
    let server = Server::start(servers::hangs_up_when_idle);
    let report = run(&Plan {
        connections: 2,
        pace: at(20.0),
        duration: Duration::from_secs(1),
        ..plan(server.address)
    });
    assert_eq!(
        (report.requests, report.failed()),
        (20, 0),
        "{:?}",
        report.errors
    );
}

#[test]
fn the_command_prints_one_object_and_nothing_else() {
    let server = Server::start(servers::answers);
    let arguments = [
        "--rate",
        "2000",
        "--duration",
        "1s",
        "--warmup",
        "0.1",
        "--json",
    ];
    let output = load()
        .arg(url(server.address))
        .args(arguments)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let object: Value = serde_json::from_slice(&output.stdout).expect("only JSON");
    for times in ["latency_ms", "service_ms"] {
        for key in ["p50", "p90", "p99", "max"] {
            assert!(
                object[times][key].as_f64() > Some(0.0),
                "{times} {key}: {object:#}"
            );
        }
        for key in ["p99.9", "p99.99"] {
            assert_eq!(
                object[times].get(key),
                Some(&Value::Null),
                "2,000 requests tell no {key}"
            );
        }
    }
    assert_eq!(object["requests"], 2000);
    assert_eq!(object["errors"], serde_json::json!({}));
    let rate = object["achieved_rate"].as_f64().unwrap();
    assert!(rate > 0.0 && rate <= 2100.0, "{rate}");
}

#[test]
fn the_table_is_for_people() {
    let server = Server::start(servers::answers);
    let arguments = [
        "--rate",
        "300",
        "--duration",
        "2s",
        "--arrivals",
        "poisson",
        "--seed",
        "3",
    ];
    load()
        .arg(url(server.address))
        .args(arguments)
        .assert()
        .code(0)
        .stdout(predicate::str::contains(
            "p99.99              -            -\n",
        ))
        .stdout(predicate::str::contains("first in, first out"))
        .stdout(predicate::str::contains("Poisson with seed 3"))
        .stdout(predicate::str::contains(
            "good answers a second of 300 intended",
        ))
        .stdout(predicate::str::contains("late by"))
        .stdout(predicate::str::contains("o median, # longest"));
}

#[test]
fn logs_are_merged_without_loss() {
    let server = Server::start(servers::answers);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut logs = Vec::new();
    for (name, rate) in [("a.hlog", "300"), ("b.hlog", "500")] {
        load()
            .args([
                &url(server.address),
                "--duration",
                "2",
                "--rate",
                rate,
                "--hlog",
            ])
            .arg(path(name))
            .assert()
            .code(0);
        let text = fs::read_to_string(path(name)).unwrap();
        logs.push(load::log::Log::read(&text).unwrap());
    }
    let mut merged = load();
    merged.arg("merge").args([path("a.hlog"), path("b.hlog")]);
    merged
        .arg("--hlog")
        .arg(path("c.hlog"))
        .arg("--hgrm")
        .arg(path("c.hgrm"))
        .arg("--json");
    let output = merged.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["requests"], 1600);
    let text = fs::read_to_string(path("c.hlog")).unwrap();
    let merged = load::log::Log::read(&text).unwrap();
    assert_eq!(merged.latency(), logs[0].latency() + &logs[1].latency());
    assert_eq!(merged.service(), logs[0].service() + &logs[1].service());
    let text = fs::read_to_string(path("c.hgrm")).unwrap();
    assert!(text.contains("Total count    =         1600]"), "{text}");
}

/// A log of one run, in a folder that ends with the test.
fn logged() -> (tempfile::TempDir, std::path::PathBuf) {
    let server = Server::start(servers::answers);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.hlog");
    let words = [&url(server.address), "--duration", "0.2", "--rate", "50"];
    let run = load().args(words).arg("--hlog").arg(&log).assert();
    run.code(0);
    (folder, log)
}

#[test]
fn a_file_that_is_no_log_is_not_written_over() {
    let (folder, log) = logged();
    let own = folder.path().join("own.txt");
    fs::write(&own, "of somebody\n").unwrap();
    for option in ["--hlog", "--hgrm"] {
        let mut merge = load();
        merge.arg("merge").arg(&log).arg(option).arg(&own);
        let told = merge.assert().code(2).stdout("");
        told.stderr(predicate::str::contains(
            "own.txt is no file that this option wrote",
        ));
        assert_eq!(fs::read_to_string(&own).unwrap(), "of somebody\n");
    }
    for (option, name) in [("--hlog", "b.hlog"), ("--hgrm", "b.hgrm")] {
        for _ in 0..2 {
            let mut merge = load();
            merge
                .arg("merge")
                .arg(&log)
                .arg(option)
                .arg(folder.path().join(name));
            merge.assert().code(0);
        }
    }
    let mut same = load();
    same.arg("merge")
        .arg(&log)
        .arg("--hlog")
        .arg(&log)
        .arg("--hgrm")
        .arg(&log);
    same.assert()
        .code(2)
        .stderr(predicate::str::contains("the same file"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_full_device_is_one() {
    let (_folder, log) = logged();
    let log = log.display().to_string();
    for words in [&["merge", log.as_str()][..], &["--help"], &["--version"]] {
        let run = |before: &str, after: &str| {
            let line = format!("{before} \"$0\" \"$@\" {after}");
            let mut shell = std::process::Command::new("bash");
            shell
                .args(["-c", &line, env!("CARGO_BIN_EXE_load")])
                .args(words);
            shell.output().unwrap()
        };
        let full = run("", ">/dev/full");
        assert_eq!(full.status.code(), Some(1), "{words:?}: {}", told(&full));
        let said = String::from_utf8_lossy(&full.stderr).into_owned();
        assert!(
            said.starts_with("error: cannot print: No space left"),
            "{said}"
        );
        let gone = run("set -o pipefail;", "| true");
        assert_eq!(gone.status.code(), Some(0), "{words:?}: {}", told(&gone));
        assert!(gone.stderr.is_empty(), "{words:?}: {}", told(&gone));
        let silent = run("", ">/dev/full 2>/dev/full");
        assert_eq!(silent.status.code(), Some(1), "{words:?}");
    }
    let wrong = "\"$0\" --nothing 2>/dev/full";
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", wrong, env!("CARGO_BIN_EXE_load")]);
    assert_eq!(shell.status().unwrap().code(), Some(2));
}

#[test]
fn wrong_use_is_told_with_its_reason() {
    let any = "http://127.0.0.1:9/";
    for (arguments, reason) in [
        (&[any][..], "--rate"),
        (&["--rate", "5"], "URL"),
        (&[any, "--rate", "0"], "above 0"),
        (&[any, "--rate", "-1"], "-1"),
        (&[any, "--rate", "NaN"], "above 0"),
        (&[any, "--rate", "x"], "x"),
        (&[any, "--rate", "5", "--closed"], "cannot be used with"),
        (&[any, "--rate", "5", "--connections", "0"], "connections"),
        (&[any, "--rate", "5", "--duration", "0"], "duration"),
        (&[any, "--rate", "5", "--duration", "x"], "10s"),
        (&[any, "--rate", "5", "--duration", "-1"], "-1"),
        (&[any, "--rate", "5", "--timeout", "9999999999y"], "timeout"),
        (&[any, "--rate", "5", "--body", "@/no/such"], "/no/such"),
        (
            &[any, "--rate", "5", "--hlog", "/no/such/file"],
            "/no/such/file",
        ),
        (&["ftp://127.0.0.1/", "--rate", "5"], "https://"),
        (
            &["https://127.0.0.1/", "--rate", "5", "--cacert", "/no/such"],
            "/no/such",
        ),
        (
            &["https://127.0.0.1/", "--rate", "5", "--cacert", "/dev/null"],
            "no certificate",
        ),
        (&[any, "--rate", "5", "-n", "0"], "0 requests"),
        (&[any, "--rate", "5", "--slo", "p98<1ms"], "p99<20ms"),
        (&[any, "--rate", "5", "--slo", "p99<11s"], "timeout"),
        (
            &["http://no.such.host.invalid/", "--rate", "5"],
            "no.such.host.invalid",
        ),
        (&["merge", "/no/such"], "/no/such"),
        (&["merge", "/dev/null"], "no histogram"),
        (&["merge"], "LOGS"),
    ] {
        let told = load().args(arguments).assert().code(2).stdout("");
        told.stderr(predicate::str::contains(reason));
    }
}

#[test]
fn nothing_but_failures_is_a_failure_that_is_still_reported() {
    let server = Server::that_refuses();
    load()
        .args([&url(server.address), "--rate", "100", "--duration", "1"])
        .assert()
        .code(1)
        .stdout(predicate::str::contains("100 failed: 100 refused"));
}

#[test]
fn an_interrupt_reports_what_was_measured() {
    let server = Server::start(servers::answers);
    let child = std::process::Command::new(assert_cmd::cargo::cargo_bin("load"))
        .args([
            &url(server.address),
            "--rate",
            "200",
            "--duration",
            "60s",
            "--json",
        ])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    server.until_asked(100);
    let process = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-s", "INT", &process])
        .status();
    assert!(killed.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", told(&output));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["interrupted"], true);
    assert!(object["requests"].as_u64() >= Some(90), "{object:#}");
    assert!(object["duration_s"].as_f64() < Some(30.0), "{object:#}");
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
