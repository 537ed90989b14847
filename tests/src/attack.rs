//! Good clients that want their answers while bad ones do what they do.

use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Pair,
    server::{LIMIT, Server},
};

/// Limits that can be waited for, even on a busy machine.
pub const LIMITS: [&str; 6] = [
    "--head-limit",
    "2000",
    "--body-limit",
    "2000",
    "--idle-limit",
    "3000",
];

/// How many bytes may be kept once an attack is over: pools of a fixed size.
pub const KEPT: u64 = 512 << 10;

/// Requests of good clients, and their answers: each differs from all others.
pub const GOOD: [(&str, u16, &str); 4] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, "OK"),
    (
        "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        404,
        "404 page not found\n",
    ),
    (
        "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n",
        405,
        "Method Not Allowed\n",
    ),
    (
        "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        405,
        "Method Not Allowed\n",
    ),
];

/// What became of the bad clients: how often each end.
pub type Ends = BTreeMap<String, usize>;

/// Attacks both servers. Every good request has to be answered meanwhile; afterwards no descriptor and no
/// memory may be left, and the server has to end when it is told.
pub fn attack(name: &str, attack: impl Fn(&Server) -> Ends + Sync) {
    attack_with(name, &[], KEPT, attack);
}

/// Attacks both servers with further options; so many bytes may be kept.
pub fn attack_with(
    name: &str,
    options: &[&str],
    kept: u64,
    attack: impl Fn(&Server) -> Ends + Sync,
) {
    let options = [&LIMITS[..], options].concat();
    let servers = Server::both(&Pair::of("server"), &options);
    thread::scope(|scope| {
        for mut server in servers {
            let attack = &attack;
            scope.spawn(move || {
                let language = server.language;
                let live = settled(&server);
                let descriptors = server.descriptors();
                let over = AtomicBool::new(false);
                let (ends, answered) = thread::scope(|scope| {
                    let good = scope.spawn(|| good_client(&server, &over));
                    let ends = attack(&server);
                    over.store(true, Relaxed);
                    (ends, good.join().expect("good requests are answered"))
                });
                eprintln!("{name}: {language}: {ends:?}, {answered} good answers");
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

/// Asks over and over until the attack is over, and tells how often it was answered.
fn good_client(server: &Server, over: &AtomicBool) -> usize {
    let mut answered = 0;
    while !over.load(Relaxed) || answered < GOOD.len() {
        let (request, status, body) = GOOD[answered % GOOD.len()];
        let answer = server.ask(request);
        assert_eq!((answer.status, &*answer.body), (status, body.as_bytes()));
        answered += 1;
        thread::sleep(Duration::from_millis(5));
    }
    answered
}

/// The live bytes after some collections: Go's heap is small when 16 MiB come.
pub fn settled(server: &Server) -> u64 {
    for _ in 0..16 {
        server.ask(GOOD[0].0);
    }
    server.stats()["live_bytes"].as_u64().expect("a number")
}

/// Waits until it is so, or fails.
pub fn until(so: impl Fn() -> bool, says: impl Fn() -> String) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < LIMIT, "{}", says());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Lets many bad clients act at the same time; each tells its end.
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

/// Sends the beginning, then a piece again and again, until the server has had enough.
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

/// Demands that only these ends came.
pub fn only(ends: Ends, allowed: &[&str]) -> Ends {
    for end in ends.keys() {
        assert!(
            allowed.contains(&end.as_str()),
            "{ends:?}, not only {allowed:?}"
        );
    }
    ends
}
