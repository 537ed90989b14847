// Twin: go/server/contrast.go

//! The facts that differ.

use std::{net::SocketAddr, time::Duration};

use pair::{Facts, Stop, heap::Heap, settle};
use server::{Limits, PAYLOAD};

use crate::{
    client::{Client, ask, head, sized},
    process::threads,
    script::free,
    serve::Running,
};

/// Requests that the two parsers, or what stands behind them, answer differently.
const ODD: &[(&str, &str)] = &[
    ("HTTP/1.2", "GET /health HTTP/1.2\r\nHost: a\r\n\r\n"),
    ("HTTP/2.0", "GET /health HTTP/2.0\r\nHost: a\r\n\r\n"),
    (
        "an empty line first",
        "\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    (
        "a field on two lines",
        "GET /health HTTP/1.1\r\nHost: a\r\nB: c\r\n d\r\n\r\n",
    ),
    (
        "a blank in Host",
        "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n",
    ),
    (
        "an unknown expectation",
        "GET /health HTTP/1.1\r\nHost: a\r\nExpect: b\r\n\r\n",
    ),
    (
        "a path without a slash",
        "GET health HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    (
        "a path that goes up",
        "GET /a/../health HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    (
        "a percent sign without digits",
        "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    ("no path at all", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
    (
        "the same length twice",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    ),
    (
        "a length and chunks",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "an unknown encoding",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
    ),
    ("half a line and no more", "GET /hea"),
];

pub fn contrast(facts: &mut Facts) -> Result<(), Stop> {
    let count = facts.count().div_ceil(125);
    let alone = threads();
    let server = Running::start(free(), count, Limits::usual())?;
    ask(server.address, "GET", &head("GET", "/", ""))?;
    facts.add(
        format_args!("threads that came with {count} workers"),
        threads().saturating_sub(alone),
    );
    server.end()?;

    let server = Running::start(free(), 1, Limits::usual())?;
    let before = Heap::now();
    for _ in 0..count {
        ask(server.address, "GET", &head("GET", "/", ""))?;
    }
    facts.add(
        format_args!("MiB that {count} requests leave, collection off"),
        left(before),
    );
    settle();
    facts.add(
        format_args!("MiB that {count} requests leave once settled"),
        left(before),
    );

    let fields = "B: c\r\n".repeat(100);
    let many = format!("GET /health HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
    let many = ("a hundred fields", many.as_str());
    for (name, request) in ODD.iter().chain([&many]) {
        let answer = answer_to(server.address, request)?;
        facts.add(format!("answer to {name}"), answer);
    }
    let mut client = Client::connect(server.address)?;
    client.send(&sized("/nowhere", 1));
    client.receive("POST")?;
    client.send(&head("GET", "/health", ""));
    let kept = if client.receive("GET").is_ok() {
        "kept"
    } else {
        "closed"
    };
    facts.add("connection behind a body that nobody reads", kept);
    client.close();
    server.end()?;
    late(facts)
}

/// What becomes of requests that do not go on.
fn late(facts: &mut Facts) -> Result<(), Stop> {
    let soon = Duration::from_millis(500);
    let usual = Limits::usual();
    let (head, body) = (
        Limits {
            head: soon,
            ..usual
        },
        Limits {
            body: soon,
            ..usual
        },
    );
    let trailer = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nB: c\r\n";
    for (name, limits, request) in [
        ("half a line and a wait", head, "GET /hea"),
        ("a trailer and a wait", body, trailer),
    ] {
        let server = Running::start(free(), 1, limits)?;
        let mut client = Client::connect(server.address)?;
        client.send(request.as_bytes());
        facts.add(format!("answer to {name}"), status(&mut client));
        client.close();
        server.end()?;
    }
    Ok(())
}

/// Whole payloads that were asked for and not given back.
fn left(before: Heap) -> usize {
    let heap = Heap::now().since(before);
    heap.allocated.saturating_sub(heap.freed) / PAYLOAD
}

fn answer_to(address: SocketAddr, request: &str) -> Result<String, Stop> {
    let mut client = Client::connect(address)?;
    client.send(request.as_bytes());
    client.close_write();
    let answer = status(&mut client);
    client.close();
    Ok(answer)
}

fn status(client: &mut Client) -> String {
    match client.receive("GET") {
        Ok(answer) => answer.status.to_string(),
        Err(_) => "closed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threads of other tests come and go meanwhile, and are counted too.
    const TRIES: usize = 20;

    #[test]
    fn the_facts_follow_the_number_of_workers_and_requests() {
        for (count, workers) in [(250, 2), (500, 4)] {
            let collect = || Facts::collect(count, contrast).expect("facts");
            // One thread more accepts, and one waits.
            let threads = format!(
                "threads that came with {workers} workers\t{}",
                workers + 2
            );
            let mib =
                format!("MiB that {workers} requests leave, collection off\t0");
            let told = |lines: &[String]| {
                lines.contains(&threads) && lines.contains(&mib)
            };
            let mut tries = (1..TRIES).map(|_| collect());
            let lines = tries.find(|lines| told(lines));
            let lines = lines.unwrap_or_else(collect);
            assert!(told(&lines), "{threads}, {mib}: not in {lines:#?}");
        }
    }
}
