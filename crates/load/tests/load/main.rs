//! The command and the library against servers that behave and servers that do not.
#![cfg(target_os = "linux")]

mod behaviour;
mod command;
mod files;
mod https;
mod interrupt;
mod limits;
mod reconnect;
mod servers;

use std::{
    net::SocketAddr,
    process::{Command as Process, Output, Stdio},
    sync::atomic::AtomicBool,
    time::{Duration, Instant},
};

use assert_cmd::Command;
use load::{Arrivals, Pace, Plan, Report, Request};
use serde_json::Value;

/// How long a command may take, far more than it needs.
const LIMIT: Duration = Duration::from_mins(2);

const SECOND: u64 = 1_000_000_000;

fn load() -> Command {
    let mut command = Command::cargo_bin("load").expect("it is built");
    command.timeout(LIMIT);
    command
}

/// The command, for a test that does something to it while it runs.
fn process(arguments: &[&str]) -> Process {
    let mut process = Process::new(assert_cmd::cargo::cargo_bin("load"));
    process
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    process
}

/// Sends a signal to a process.
fn signal(name: &str, process: u32) {
    let process = process.to_string();
    let sent = Process::new("kill").args(["-s", name, &process]).status();
    assert!(sent.unwrap().success());
}

/// What a run printed, which measured something. Where the machine was too busy, it says that instead of
/// nothing; which of both is no matter of the test.
fn measured(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_limited = stderr_text(output).contains("the generator was limited");
    let code = i32::from(is_limited);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{text}{}",
        stderr_text(output)
    );
    text
}

/// The object that a run printed, which measured something.
fn object(output: &Output) -> Value {
    serde_json::from_str(&measured(output)).expect("only JSON")
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

/// Says that a test runs in a network of its own.
const ISOLATED: &str = "LOAD_TEST_IS_ISOLATED";

/// Whether this is such a test where it belongs; elsewhere it would show nothing.
fn is_isolated() -> bool {
    std::env::var_os(ISOLATED).is_some()
}

/// Runs one of these tests, which is ignored otherwise, in a network and with mounts of its own, behind some
/// commands of a shell; where this system allows no such thing, it is skipped.
fn isolated(test: &str, prepare: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script =
        format!("({prepare}) || exit 77; exec \"$0\" --exact {test} --ignored --nocapture");
    let output = Process::new("unshare")
        .args(["--map-root-user", "--net", "--mount", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .current_dir(folder.path())
        .env(ISOLATED, "yes")
        .output();
    match output {
        Ok(output) if output.status.success() => {
            let shown = String::from_utf8_lossy(&output.stdout);
            assert!(shown.contains("1 passed"), "{shown}");
        }
        Ok(output) if output.status.code() == Some(101) => {
            panic!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                stderr_text(&output)
            )
        }
        no => println!("skipped: no network of its own can be had here: {no:?}"),
    }
}

fn stderr_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
