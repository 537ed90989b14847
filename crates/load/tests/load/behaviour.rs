//! What servers do, and what is counted of it.

use std::time::Duration;

use load::{Failure, Pace, Plan, Report, percentile};

use super::{SECOND, at, hurried, plan, run, servers, servers::Server};

/// Demands that all requests failed in this way, and that none of them looks fast.
fn all_fail(server: &Server, failure: Failure) {
    // Only a timeout is waited for; a short one could end a request that fails in another way.
    let plan = match failure {
        Failure::Timeout => hurried(server.address),
        _ => plan(server.address),
    };
    let timeout = plan.timeout.as_nanos() as u64;
    // A histogram keeps three digits.
    let is_slow = |report: &Report| report.latency.min() >= timeout - timeout / 500;
    let report = run(&plan);
    assert_eq!(report.requests, 200);
    assert_eq!(
        report.errors.get(&failure),
        Some(&200),
        "{:?}",
        report.errors
    );
    assert!(is_slow(&report), "{}", report.latency.min());
    assert!(report.achieved_rate() < 0.001);
    let closed = Plan {
        pace: Pace::Closed,
        connections: 4,
        ..plan
    };
    let report = run(&closed);
    assert_eq!(report.errors.keys().collect::<Vec<_>>(), [&failure]);
    assert!(is_slow(&report), "{}", report.latency.min());
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
    let plan = Plan {
        duration: Duration::from_secs(3),
        ..hurried(server.address)
    };
    let gone = std::thread::spawn(move || {
        server.until_requests(100);
        drop(server);
    });
    let report = run(&plan);
    gone.join().unwrap();
    assert_eq!(report.requests, 1200);
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
    // A machine that stalls too adds its own stall: a generator that hides stalls fits in no run.
    let found: Vec<_> = (0..5).map_while(|_| stall_that_does_not_fit()).collect();
    assert!(found.len() < 5, "{found:?}");
}

/// Measures a server that stalls for a second: `Some` if other requests wait than should.
fn stall_that_does_not_fit() -> Option<String> {
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
    assert_eq!(report.records.len(), 600);
    let max = report.latency.max();
    assert!(max >= SECOND * 9 / 10, "{max}");
    // 200 requests a second come during it, and wait from 1 s down to nothing: 50 a quarter of a second.
    let quarters = [0, 1, 2].map(|quarter| {
        let from = SECOND / 4 * quarter + SECOND / 10;
        report.latency.count_between(from, from + SECOND / 4)
    });
    // The one that was sent before the stall; those behind it were not sent until it was over.
    let slow = report.service.count_between(SECOND / 2, SECOND * 10);
    let fits = slow == 1 && quarters.iter().all(|within| (35..=65).contains(within));
    (!fits).then(|| format!("{quarters:?} by quarters of a second, {slow} slow"))
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
