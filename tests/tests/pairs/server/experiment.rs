//! What the lab's experiments ask of a server.

use serde_json::Value;
use tests::{
    Pair,
    attack::until,
    server::{HEALTH, Server},
};

const ROOT: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const TIMES: &str = "GET /times HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn the_experiment_keeps_its_objects_and_answers_like_the_article() {
    let options = ["--live-objects", "50000", "--payload", "1024", "--probe"];
    let [go, rust] = Server::both(&Pair::of("server"), &options);
    for request in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEALTH] {
        assert_eq!(go.ask(request).status, 200);
        assert_eq!(go.ask(request).kind, rust.ask(request).kind);
    }
    assert!(go.stats().keys().eq(rust.stats().keys()));
    for server in [&go, &rust] {
        let figures = server.stats();
        assert_eq!(figures["live_objects"], 50_000);
        let allocated = figures["allocated_bytes"].as_u64().expect("a number");
        let freed = figures["freed_bytes"].as_u64().expect("a number");
        assert!(
            allocated - freed > 50_000 * 64,
            "{}: {figures:?}",
            server.language
        );
        let is_seen = || {
            !server.stats()["probe_late_us"]
                .as_array()
                .expect("a list")
                .is_empty()
        };
        until(is_seen, || format!("{} has no probe", server.language));
    }
    assert!(go.stats()["gc_cpu_ns"].is_u64() && rust.stats()["gc_cpu_ns"].is_null());
}

/// How many requests there were, and what is kept of the last: begin, whether pooled, how long it took.
fn times(server: &Server) -> (u64, Vec<[u64; 3]>) {
    let answer = server.ask(TIMES);
    assert_eq!(answer.kind, "application/json", "{}", server.language);
    let times: Value = serde_json::from_slice(&answer.body).expect("JSON");
    let seen = times["seen"].as_u64().expect("a number");
    let requests = serde_json::from_value(times["requests"].clone());
    (seen, requests.expect("three numbers for each request"))
}

#[test]
fn a_mixed_server_tells_each_requests_memory_and_time() {
    let [go, rust] = Server::both(&Pair::of("server"), &["--mixed", "500"]);
    for server in [&go, &rust] {
        let language = server.language;
        assert_eq!(times(server), (0, Vec::new()), "{language}");
        let before = server.stats()["allocated_bytes"]
            .as_u64()
            .expect("a number");
        for _ in 0..300 {
            assert_eq!(server.ask(ROOT).status, 200);
        }
        let after = server.stats()["allocated_bytes"]
            .as_u64()
            .expect("a number");
        let (seen, requests) = times(server);
        assert_eq!((seen, requests.len()), (300, 300), "{language}");
        assert!(
            requests.is_sorted_by_key(|request| request[0]),
            "{language}"
        );
        for [begun, pooled, took] in &requests {
            assert!(*begun > 0 && *took > 0 && *pooled <= 1, "{language}");
        }
        // No answer ends before the next request begins.
        let apart = |two: &[[u64; 3]]| two[0][0] + two[0][2] <= two[1][0];
        assert!(requests.windows(2).all(apart), "{language}");
        let pooled = requests.iter().filter(|request| request[1] == 1).count() as u64;
        assert!(
            (75..225).contains(&pooled),
            "{language}: {pooled} of 300 by chance"
        );
        // Fresh memory is asked for each time, pooled memory only now and then.
        let requested = (after - before) >> 20;
        let fresh = 300 - pooled;
        assert!(
            requested >= fresh,
            "{language}: {requested} MiB for {fresh} requests"
        );
        assert!(
            requested < fresh + pooled / 2,
            "{language}: {requested} MiB"
        );
    }
}

#[test]
fn a_ring_keeps_the_last_requests() {
    let pair = Pair::of("server");
    for server in Server::both(&pair, &["--mixed", "8", "--payload", "65536"]) {
        for _ in 0..5 {
            server.ask(ROOT);
        }
        let (_, first) = times(&server);
        for _ in 0..20 {
            server.ask(ROOT);
            server.ask(HEALTH);
        }
        let (seen, last) = times(&server);
        assert_eq!((seen, last.len()), (25, 8), "{}", server.language);
        assert!(last.is_sorted(), "{}", server.language);
        assert!(last[0][0] > first[4][0], "{}", server.language);
        let head = TIMES.replace("GET", "POST");
        assert_eq!(server.ask(&head).status, 404, "{}", server.language);
    }
    for server in Server::both(&pair, &[]) {
        assert_eq!(server.ask(TIMES).status, 404, "{}", server.language);
    }
}

#[test]
fn memory_is_of_one_kind() {
    let pair = Pair::of("server");
    for both in [
        &["--pooled", "--pooled-uncleared"][..],
        &["--pooled", "--mixed", "9"],
        &["--mixed=9", "--pooled-uncleared"],
    ] {
        let call = [&["serve"], both].concat();
        let refused = pair.same(&call).code(2).stdout("");
        refused.stderr("error: choose one of --pooled, --pooled-uncleared and --mixed\n");
    }
    let refused = pair.same(&["serve", "--mixed", "0"]).code(2).stdout("");
    refused.stderr("error: --mixed: \"0\" is not a whole number in 1..10000000\n");
}
