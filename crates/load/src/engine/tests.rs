//! Several addresses, of which some do not answer.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use super::*;
use crate::{Arrivals, Request};

/// A server at this address of its own that answers each request.
fn serve(address: &str) -> SocketAddr {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(BufReader::new(stream.unwrap())));
        }
    });
    address
}

fn answer(mut stream: BufReader<TcpStream>) {
    let mut line = String::new();
    while stream.read_line(&mut line).is_ok_and(|read| read > 0) {
        if line == "\r\n" {
            let ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
            let _ = stream.get_mut().write_all(ok);
        }
        line.clear();
    }
}

/// An address that takes no connection and refuses none: its queue is full.
fn black_hole() -> (SocketAddr, Vec<TcpStream>, TcpListener) {
    let listener = TcpListener::bind(("127.0.0.3", 0)).unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let soon = Duration::from_millis(100);
    let connect = || TcpStream::connect_timeout(&address, soon).ok();
    (address, std::iter::from_fn(connect).collect(), listener)
}

/// An address without a listener.
fn refusing() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.4", 0)).unwrap();
    listener.local_addr().unwrap()
}

fn run_at(addresses: &[SocketAddr]) -> Report {
    let pace = Pace::Open {
        rate: 40.0,
        arrivals: Arrivals::Constant,
    };
    let request = Request::get("http://many.example/").unwrap();
    let plan = Plan {
        connections: 3,
        duration: Duration::from_millis(500),
        timeout: Duration::from_secs(20),
        ..Plan::new(request, pace)
    };
    let (stop, gauge) = (AtomicBool::new(false), Gauge::default());
    let addresses = Addresses::interleaved(addresses.to_vec());
    let engine = Engine::new(&plan, &stop, &gauge, addresses, None).unwrap();
    engine.run().unwrap()
}

#[test]
fn an_address_that_refuses_is_passed_over() {
    let good = serve("127.0.0.5");
    let report = run_at(&[refusing(), good]);
    assert_eq!((report.requests, report.failed()), (20, 0));
    assert_eq!(report.address, Some(good));
}

#[test]
fn an_address_that_never_answers_is_passed_over_too() {
    let (hole, _queue, _listener) = black_hole();
    let good = serve("127.0.0.5");
    let report = run_at(&[hole, refusing(), good]);
    assert_eq!(
        (report.requests, report.failed()),
        (20, 0),
        "{:?}",
        report.first_errors
    );
    assert_eq!(report.address, Some(good));
}

#[test]
fn if_all_addresses_fail_the_first_reason_is_reported_and_all_are_tried_again() {
    let (first, second) = (refusing(), refusing());
    let report = run_at(&[first, second]);
    assert_eq!(report.errors.get(&Failure::Refused), Some(&20));
    let why = &report.first_errors[&Failure::Refused];
    assert!(why.starts_with(&first.to_string()), "{why}");
    assert_eq!(report.address, None);
}
