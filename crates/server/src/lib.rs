// Twin: go/server/server.go

//! A web server that touches 1 MiB for each request.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod connection;
mod framing;
mod limits;

use std::{
    hint::black_box,
    io,
    net::TcpListener,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use actix_web::{
    rt,
    web::{self, Bytes, Data, Json, PayloadConfig, ServiceConfig},
};
use serde::Serialize;

/// The memory that a request touches, and the longest body it may bring.
pub const PAYLOAD: usize = 1 << 20;

/// What a client may take: time, and connections.
///
/// A time below a millisecond is one, above a day it is a day; a number below
/// one is one.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the head of a request may take.
    pub head: Duration,
    /// How long a whole request may take, and how long its answer.
    pub body: Duration,
    /// How long a connection may wait for its next request.
    pub idle: Duration,
    /// How many connections there may be; more have to wait.
    pub connections: usize,
}

impl Limits {
    /// Limits that suffice for every honest client.
    pub fn usual() -> Self {
        Limits {
            head: Duration::from_secs(5),
            body: Duration::from_secs(30),
            idle: Duration::from_mins(1),
            connections: 16_384,
        }
    }
}

/// What all requests share.
pub struct Site {
    /// How many requests have touched their memory.
    pub requests: AtomicUsize,
    /// Asks the runtime for its figures, given the number of requests.
    pub measure: fn(usize) -> Figures,
}

/// The figures that `/stats` reports, under the same names in both languages.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// How many requests have touched their memory.
    pub requests: usize,
    /// How many threads the process has.
    pub threads: usize,
    /// The number of bytes requested from the heap.
    pub allocated_bytes: usize,
    /// The number of them that were freed.
    pub freed_bytes: usize,
    /// How many collections there were.
    pub collections: usize,
    /// How long they stopped the program.
    pub paused_nanoseconds: usize,
}

/// Copies the body into new memory, touches that, and answers OK.
pub async fn answer(site: Data<Site>, body: Bytes) -> &'static str {
    let mut data = vec![0; PAYLOAD];
    data[..body.len()].copy_from_slice(&body);
    touch(&mut data);
    site.requests.fetch_add(1, Relaxed);
    "OK" // data is freed here
}

/// Answers OK and does nothing else.
pub async fn health() -> &'static str {
    "OK"
}

/// Answers with the runtime's figures.
pub async fn stats(site: Data<Site>) -> Json<Figures> {
    Json((site.measure)(site.requests.load(Relaxed)))
}

/// Writes one byte in each cache line.
pub fn touch(data: &mut [u8]) {
    for i in (0..data.len()).step_by(64) {
        data[i] = 1;
    }
    black_box(data);
}

/// The handler of each path; all else is 404, or 405 with the allowed methods.
pub fn routes(config: &mut ServiceConfig) {
    let root = web::resource("/").get(answer).head(answer).post(answer);
    let health = web::resource("/health").get(health).head(health);
    let stats = web::resource("/stats").get(stats).head(stats);
    config.service((health, root, stats));
    config.app_data(PayloadConfig::new(PAYLOAD));
}

/// Serves until it is told to stop, and then finishes the requests under way.
pub async fn serve(
    listener: TcpListener,
    workers: usize, // threads, each with an event loop of its own
    limits: Limits, // without them a client may keep a connection for ever
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    stop: impl Future<Output = ()> + 'static,
) -> io::Result<()> {
    let server = limits::listen(listener, workers, limits, routes)?;
    let handle = server.handle();
    rt::spawn(async move {
        stop.await;
        handle.stop(true).await;
    });
    server.await
}
