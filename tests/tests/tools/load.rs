//! The load generator against the two servers.
#![cfg(target_os = "linux")]

use std::{sync::atomic::AtomicBool, time::Duration};

use load::{Arrivals, Pace, Plan, Request};
use tests::{Pair, server::Server};

#[test]
fn both_servers_answer_every_request_that_the_generator_counts() {
    for server in Server::both(&Pair::of("server"), &[]) {
        let url = format!("http://{}/", server.address);
        let open = Pace::Open {
            rate: 100.0,
            arrivals: Arrivals::Poisson { seed: 1 },
        };
        let mut answered = 0;
        let long = vec![7; 1 << 20];
        for (pace, body) in [(open, &[][..]), (Pace::Closed, &[]), (open, &long)] {
            let method = if body.is_empty() { "GET" } else { "POST" };
            let request = Request::new(method, &url, &[], body).expect("a request");
            let plan = Plan {
                connections: 4,
                duration: Duration::from_secs(1),
                timeout: Duration::from_secs(30),
                ..Plan::new(request, pace)
            };
            let report = load::run(&plan, &AtomicBool::new(false)).expect("a report");
            assert_eq!(
                report.failed(),
                0,
                "{} {:?}",
                server.language,
                report.errors
            );
            assert!(report.requests > 0);
            assert_eq!(report.statuses.get(&200), Some(&report.requests));
            answered += report.requests;
        }
        assert_eq!(server.stats()["requests"], answered, "{}", server.language);
    }
}

/// On each connection requests come at the idle timeout of the servers, so that some cross the close.
#[test]
fn servers_that_close_idle_connections_cost_no_request() {
    for server in Server::both(&Pair::of("server"), &["--idle-limit", "500"]) {
        let url = format!("http://{}/health", server.address);
        let pace = Pace::Open {
            rate: 64.0,
            arrivals: Arrivals::Constant,
        };
        let plan = Plan {
            connections: 32,
            duration: Duration::from_secs(6),
            ..Plan::new(Request::get(&url).expect("a request"), pace)
        };
        let report = load::run(&plan, &AtomicBool::new(false)).expect("a report");
        let language = server.language;
        assert_eq!(
            (report.requests, report.failed()),
            (384, 0),
            "{language}: {:?}",
            report.first_errors
        );
        println!("{language}: {} reconnected", report.reconnected);
    }
}
