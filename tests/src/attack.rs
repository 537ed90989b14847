//! Good clients during an attack by bad clients.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{BufReader, ErrorKind, Read as _, Write as _},
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Pair,
    server::{Answer, LIMIT, Server},
};

/// Limits that can be waited for, even on a busy machine.
pub const LIMITS: [&str; 6] = [
    "--head-limit",
    "5000",
    "--body-limit",
    "5000",
    "--idle-limit",
    "6000",
];

/// Largest number of bytes kept after an attack: pools have a fixed size.
pub const KEPT: u64 = 512 << 10;

/// A request that a good client sends, and what its whole answer has to be.
#[derive(Debug, Clone, Copy)]
pub struct Good {
    /// All of it.
    pub request: &'static str,
    status: u16,
    allow: &'static str,
    body: &'static str,
}

/// Requests of good clients in turn: each has a different answer.
pub const GOOD: [Good; 4] = [
    Good {
        request: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        status: 200,
        allow: "",
        body: "OK",
    },
    Good {
        request: "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        status: 404,
        allow: "",
        body: "404 page not found\n",
    },
    Good {
        request: "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n",
        status: 405,
        allow: "GET, HEAD, POST",
        body: "Method Not Allowed\n",
    },
    Good {
        request: "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        status: 405,
        allow: "GET, HEAD",
        body: "Method Not Allowed\n",
    },
];

impl Good {
    /// The answer, which no other request of good clients has.
    pub fn answer(&self) -> Answer {
        Answer {
            status: self.status,
            kind: "text/plain; charset=utf-8".to_owned(),
            allow: self.allow.to_owned(),
            body: self.body.into(),
        }
    }
}

/// Result of the good clients.
#[derive(Debug, Default)]
struct Fared {
    answers: usize,
    /// Requests that were sent again, because their connection was closed as idle.
    again: usize,
    slowest: Duration,
}

impl fmt::Display for Fared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slowest = self.slowest.as_millis();
        write!(f, "{}, the slowest after {slowest} ms", self.answers)?;
        match self.again {
            0 => Ok(()),
            again => write!(f, ", {again} asked again"),
        }
    }
}

/// Ends of the bad clients, with their counts.
pub type Ends = BTreeMap<String, usize>;

/// Attacks both servers. Every good request has to be answered meanwhile; afterwards no descriptor and no
/// memory may be left, and the server has to end when it is told.
pub fn attack(name: &str, attack: impl Fn(&Server) -> Ends + Sync) {
    attack_with(name, &[], KEPT, attack);
}

/// Attacks both servers with further options, and a limit for the bytes kept.
pub fn attack_with(
    name: &str,
    options: &[&str],
    kept: u64,
    attack: impl Fn(&Server) -> Ends + Sync,
) {
    let options = [&LIMITS[..], options].concat();
    let servers = Server::both(&Pair::of("server"), &options);
    attack_these(name, servers, kept, attack);
}

/// Attacks these servers, with a limit for the bytes kept.
pub fn attack_these(
    name: &str,
    servers: [Server; 2],
    kept: u64,
    attack: impl Fn(&Server) -> Ends + Sync,
) {
    thread::scope(|scope| {
        for mut server in servers {
            let attack = &attack;
            scope.spawn(move || {
                let language = server.language;
                let live = settled(&server);
                let descriptors = server.descriptors();
                let over = AtomicBool::new(false);
                let (ends, [new, one]) = thread::scope(|scope| {
                    let (server, over) = (&server, &over);
                    let good = [false, true]
                        .map(|keeps| scope.spawn(move || good_client(server, keeps, over)));
                    let until_over = Over(over);
                    let ends = attack(server);
                    drop(until_over);
                    (ends, good.map(|client| client.join().expect("good answers")))
                });
                eprintln!(
                    "{name}: {language}: {ends:?}; good answers over new connections: {new}; over one: {one}"
                );
                until(
                    || server.descriptors() <= descriptors,
                    || {
                        format!(
                            "{language} keeps {} descriptors",
                            server.descriptors() - descriptors
                        )
                    },
                );
                until(
                    || settled(&server) <= live + kept,
                    || format!("{language} keeps {} bytes", settled(&server) - live),
                );
                server.end();
            });
        }
    });
}

/// Tells good clients when it is dropped that the attack is over, even where that panics.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Asks over and over until the attack is over, over one connection that it keeps or over a new one each
/// time.
fn good_client(server: &Server, keeps: bool, over: &AtomicBool) -> Fared {
    // A server may close what was idle, and for a busy worker of Actix so is what it has not read yet.
    const FRESH: Duration = Duration::from_secs(1);
    const IDLE: Duration = Duration::from_secs(2);
    let mut fared = Fared::default();
    let mut kept: Option<(BufReader<TcpStream>, Instant)> = None;
    while !over.load(Relaxed) || fared.answers < GOOD.len() {
        let good = GOOD[fared.answers % GOOD.len()];
        let begun = Instant::now();
        let usable = kept.take().filter(|(_, since)| since.elapsed() < FRESH);
        let was_kept = usable.is_some();
        let mut reader = match usable {
            Some((reader, _)) => reader,
            None => BufReader::new(server.connect()),
        };
        let sent = reader.get_mut().write_all(good.request.as_bytes());
        sent.expect("a good request is taken");
        let answer = Answer::next(&mut reader);
        if answer.is_none() && was_kept && begun.elapsed() > IDLE {
            fared.again += 1;
            continue;
        }
        let language = server.language;
        let answer = answer.unwrap_or_else(|| panic!("{language} closes: {:?}", begun.elapsed()));
        assert_eq!(answer, good.answer(), "{language}");
        fared.answers += 1;
        fared.slowest = fared.slowest.max(begun.elapsed());
        kept = keeps.then(|| (reader, Instant::now()));
        thread::sleep(Duration::from_millis(5));
    }
    fared
}

/// The live bytes after some collections: Go's heap is small when 16 MiB come.
pub fn settled(server: &Server) -> u64 {
    for _ in 0..16 {
        server.ask(GOOD[0].request);
    }
    server.stats()["live_bytes"].as_u64().expect("a number")
}

/// Waits until the condition holds, or fails.
pub fn until(so: impl Fn() -> bool, says: impl Fn() -> String) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < LIMIT, "{}", says());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Runs many bad clients at the same time; returns their ends.
pub fn together(count: usize, client: impl Fn(usize) -> String + Sync) -> Ends {
    let mut ends = Ends::new();
    thread::scope(|scope| {
        let client = &client;
        let clients: Vec<_> = (0..count).map(|i| scope.spawn(move || client(i))).collect();
        for client in clients {
            *ends.entry(client.join().expect("a client")).or_default() += 1;
        }
    });
    ends
}

/// The statuses of all answers that come until the server closes the connection.
pub fn end(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(LIMIT)).expect("a limit");
    let mut bytes = Vec::new();
    let silent = match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => " silent",
        _ => "",
    };
    let text = String::from_utf8_lossy(&bytes);
    let statuses: Vec<_> = text
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|rest| rest.get(..3).unwrap_or("half"))
        .collect();
    match &statuses[..] {
        [] => format!("closed{silent}"),
        some => some.join(" ") + silent,
    }
}

/// Sends the beginning, then a piece repeatedly, until the server closes.
pub fn drip(server: &Server, beginning: &str, piece: &[u8], pause: Duration) -> String {
    let mut stream = server.connect();
    stream.write_all(beginning.as_bytes()).expect("sent");
    let mut reader = stream.try_clone().expect("a handle");
    thread::scope(|scope| {
        let end = scope.spawn(move || end(&mut reader));
        let begun = Instant::now();
        while !end.is_finished() {
            assert!(begun.elapsed() < LIMIT, "{} takes it", server.language);
            if stream.write_all(piece).is_err() {
                break;
            }
            thread::sleep(pause);
        }
        end.join().expect("an end")
    })
}

/// Whether the server's process has read all that was sent on this connection: nothing lies in the
/// system's queues any more.
pub fn taken(server: &Server, stream: &TcpStream) -> bool {
    let client = stream.local_addr().expect("an address").port();
    let port = server.address.port();
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux tells its connections");
    // Its columns: a number, both addresses, a state, then what waits to be sent and to be read.
    let waiting = |from: u16, to: u16| {
        table.lines().find_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let [local, remote] = [words.next()?, words.next()?];
            let fits =
                local.ends_with(&format!(":{from:04X}")) && remote.ends_with(&format!(":{to:04X}"));
            let queues = words.nth(1)?;
            fits.then(|| {
                queues
                    .split_once(':')
                    .map(|(s, r)| (s.to_owned(), r.to_owned()))
            })?
        })
    };
    let nothing = "00000000";
    waiting(client, port).is_some_and(|(sent, _)| sent == nothing)
        && waiting(port, client).is_some_and(|(_, read)| read == nothing)
}

/// Asserts that there are no other ends.
pub fn only(ends: Ends, allowed: &[&str]) -> Ends {
    for end in ends.keys() {
        assert!(
            allowed.contains(&end.as_str()),
            "{ends:?}, not only {allowed:?}"
        );
    }
    ends
}
