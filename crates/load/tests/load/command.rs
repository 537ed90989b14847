//! What the command takes, prints and returns.

use predicates::prelude::*;
use serde_json::{Value, json};

use super::{load, measured, object, servers, servers::Server, stderr_text, url};

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
    let object = object(&output);
    for times in [
        "latency_ms",
        "service_ms",
        "good_latency_ms",
        "good_service_ms",
    ] {
        for key in ["mean", "p50", "p75", "p90", "p95", "p99", "max"] {
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
    assert_eq!(object["errors"], json!({}));
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
    let output = load().arg(url(server.address)).args(arguments).output();
    let text = measured(&output.unwrap());
    for expected in [
        "p99.99              -            -\n",
        "first in, first out",
        "Poisson with seed 3",
        "good answers a second of 300 intended",
        "late by",
        "answers read late by",
        "o median, # longest",
        "answers |",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in {text}");
    }
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
        let refused = load().args(arguments).assert().code(2).stdout("");
        refused.stderr(predicate::str::contains(reason));
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
fn good_answers_are_told_apart_from_failures() {
    let server = Server::start(servers::fails_each_second);
    let url = url(server.address);
    let usual = [&url, "--rate", "150", "-n", "200", "--connections", "1"];
    let text = measured(&load().args(usual).output().unwrap());
    for expected in [
        "requests   200, 100 failed: 100 status of 400 or above",
        "all        p50 ",
        "a failure counts as the timeout, 10 s, at least",
        "first status of 400 or above: status 404",
        "failures |",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in {text}");
    }
    let object = object(&load().args(usual).arg("--json").output().unwrap());
    assert!(
        object["latency_ms"]["max"].as_f64() >= Some(10_000.0),
        "{object:#}"
    );
    assert!(object["latency_ms"]["p75"].as_f64() >= Some(10_000.0));
    for times in ["good_latency_ms", "good_service_ms"] {
        assert!(object[times]["max"].as_f64() < Some(10_000.0), "{object:#}");
    }
    assert_eq!(object["first_errors"], json!({"status": "status 404"}));
    for (name, count) in [("answers", 100), ("errors", 100)] {
        let seconds = object["per_second"][name].as_array().unwrap();
        let all: u64 = seconds.iter().filter_map(Value::as_u64).sum();
        assert_eq!(all, count, "{name}");
    }
}

#[test]
fn what_was_run_is_in_the_object() {
    let server = Server::start(servers::answers);
    let url = format!("{}?x=1", url(server.address).trim_end_matches('/'));
    let poisson = ["--rate", "200", "--arrivals", "poisson", "--seed", "7"];
    for (more, arrivals, seed) in [
        (&poisson[..], "poisson", json!(7)),
        (&["--rate", "200"], "constant", Value::Null),
        (&["--closed"], "closed", Value::Null),
    ] {
        let mut command = load();
        command.args([
            &url, "--method", "DELETE", "--warmup", "200ms", "-n", "50", "--json",
        ]);
        let object = object(&command.args(more).output().unwrap());
        assert_eq!(object["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(
            (&object["method"], &object["url"]),
            (&json!("DELETE"), &json!(url))
        );
        assert_eq!(
            (&object["arrivals"], &object["seed"]),
            (&json!(arrivals), &seed)
        );
        assert_eq!(
            (&object["warmup_s"], &object["requests"]),
            (&json!(0.2), &json!(50))
        );
        assert_eq!(object["address"], server.address.to_string());
    }
}

#[test]
fn a_latency_target_that_is_not_met_is_a_failure() {
    let good = Server::start(servers::answers);
    let bad = Server::start(servers::fails_each_second);
    for (server, targets, met) in [
        (&good, &["p99<9s"][..], true),
        (&good, &["p50=9s", "p99.9<9s"], true),
        (&good, &["p99<9s", "p50<1us"], false),
        // One in two fails, and a failure is as long as the timeout.
        (&bad, &["p75<9s"], false),
        (&bad, &["p99<10s"], false),
        (&bad, &["p50<9s"], true),
    ] {
        let url = url(server.address);
        let mut command = load();
        command.args([&url, "--rate", "400", "-n", "200", "--connections", "1"]);
        command.args(targets.iter().flat_map(|target| ["--slo", target]));
        let text = command.output().unwrap();
        let output = command.arg("--json").output().unwrap();
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        let all = object["slo"].as_array().unwrap();
        assert_eq!(all.len(), targets.len());
        assert_eq!(all.iter().all(|one| one["met"] == true), met, "{object:#}");
        let is_limited = !object["generator"]["limited"].is_null();
        let code = i32::from(is_limited || !met);
        assert_eq!(output.status.code(), Some(code), "{}", stderr_text(&output));
        let verdict = if met { ": met, p" } else { ": not met, p" };
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert!(text.contains(verdict), "{text}");
    }
}

#[test]
fn a_run_of_so_many_requests_ends_with_the_last_of_them() {
    let server = Server::start(servers::answers);
    let url = url(server.address);
    // A share of ten minutes belongs to each.
    let usual = [&url, "--rate", "0.00166", "-n", "1", "--json"];
    let object = object(&load().args(usual).output().unwrap());
    assert_eq!(
        (&object["requests"], &object["interrupted"]),
        (&json!(1), &json!(false))
    );
    let rate = object["achieved_rate"].as_f64().unwrap();
    assert!((rate - 0.00166).abs() < 1e-5, "{rate}");
}

#[test]
fn a_run_without_a_request_says_so() {
    let server = Server::start(servers::answers);
    let mut command = load();
    let url = url(server.address);
    command.args([
        &url,
        "--rate",
        "0.1",
        "--duration",
        "200ms",
        "--warmup",
        "3s",
    ]);
    let refused = command.assert().code(1);
    refused.stderr(predicate::str::contains("no request was due"));
}

#[test]
fn the_first_reason_of_each_kind_is_told() {
    for (server, kind, reason) in [
        (Server::that_refuses(), "refused", "Connection refused"),
        (
            Server::start(servers::speaks_another_language),
            "bad_response",
            "220 mail.example.org",
        ),
        (
            Server::start(servers::closes_half_way),
            "closed",
            "after 39 bytes",
        ),
        (
            Server::start(servers::never_answers),
            "timeout",
            "no byte of an answer",
        ),
    ] {
        let url = url(server.address);
        let usual = [
            &url,
            "--rate",
            "100",
            "-n",
            "20",
            "--timeout",
            "500ms",
            "--json",
        ];
        let output = load().args(usual).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr_text(&output));
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        let why = object["first_errors"][kind].as_str().unwrap_or_default();
        assert!(why.contains(reason), "{object:#}");
    }
}
