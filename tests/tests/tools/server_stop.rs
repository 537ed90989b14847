//! Stopping the servers under load: requests that have begun get whole answers.
//!
//! A request has begun once its handler is at work. What stands behind it on the same connection has not,
//! even if the server's process has read it: both servers close behind the answer that is under way.

use std::{
    io::{BufReader, Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::Duration,
};

use tests::{
    Pair,
    attack::{GOOD, Good, taken, until},
    server::{Answer, HEALTH, LIMIT, Server, post},
};

/// Number of clients of each kind.
const CLIENTS: usize = 6;

/// Size of a body, and of its pieces.
const BODY: usize = 100_000;
const PIECE: usize = 10_000;

/// Number of servers that are stopped during requests, and how many at once: their clients must not starve.
const STOPS: usize = 20;
const STOPS_AT_ONCE: usize = 4;

/// The most requests that are sent while nobody reads the answers, and how many at once.
const UNREAD: usize = 200_000;
const AT_ONCE: usize = 100;

#[test]
fn what_has_begun_is_answered_whole_when_the_server_is_told_to_stop() {
    let pair = Pair::of("server");
    thread::scope(|scope| {
        for language in ["Go", "Rust"] {
            let pair = &pair;
            scope.spawn(move || {
                let mut server = Server::start(pair, language, &[]);
                let outcome = stop_under_load(&server);
                assert_eq!(server.wait().code(), Some(0), "{language}");
                eprintln!("stop under load: {language}: {outcome}");
                // The port is free at once, despite earlier connections.
                let address = server.address.to_string();
                server = Server::start(pair, language, &["--listen", &address]);
                assert_eq!(server.ask(HEALTH).status, 200);
                server.end();
            });
        }
    });
}

#[test]
fn the_last_answer_is_whole_whatever_was_asked_behind_it() {
    let pair = Pair::of("server");
    for language in ["Go", "Rust"] {
        let stop = |i: usize| {
            let mut server = Server::start(&pair, language, &[]);
            stop_while_asking(&mut server, i * GOOD.len())
        };
        let mut answers = Vec::new();
        for first in (0..STOPS).step_by(STOPS_AT_ONCE) {
            thread::scope(|scope| {
                let some = first..first + STOPS_AT_ONCE;
                let stops: Vec<_> = some.map(|i| scope.spawn(move || stop(i))).collect();
                answers.extend(stops.into_iter().map(|stop| stop.join().expect("a stop")));
            });
        }
        eprintln!("stop with requests unread: {language}: {answers:?} answers, all whole");
    }
}

#[test]
fn the_last_answer_is_whole_though_the_server_was_stuck_in_it() {
    let pair = Pair::of("server");
    for mut server in Server::both(&pair, &[]) {
        let (stream, requested) = asks_until_stuck(&server);
        server.signal("TERM");
        server.closed();
        let (language, answers) = (server.language, whole_answers(stream, &GOOD[1..2]));
        assert!(
            (1..requested).contains(&answers),
            "{language} was not in the middle: {answers} of {requested}"
        );
        assert_eq!(server.wait().code(), Some(0), "{language}");
        eprintln!("stop with answers unread: {language}: {answers} of {requested}, all whole");
    }
}

/// Sends requests without a pause, stops the server after `before` answers, and sends a few requests more, so that the
/// stop lands among the requests. Returns the number of answers.
fn stop_while_asking(server: &mut Server, before: usize) -> usize {
    let language = server.language;
    let stream = server.connect();
    let mut writer = stream.try_clone().expect("a handle");
    let requests = GOOD.map(|good| good.request).concat().repeat(25);
    let (requested, stopping) = (AtomicUsize::new(0), AtomicBool::new(false));
    let answers = thread::scope(|scope| {
        let on_drop = SetOnDrop(&stopping);
        scope.spawn(|| {
            // A connection that ends discards a second's worth or 16 MiB, and what comes then resets it.
            let mut more = 5;
            while more > 0 && writer.write_all(requests.as_bytes()).is_ok() {
                requested.fetch_add(25 * GOOD.len(), Relaxed);
                more -= usize::from(stopping.load(Relaxed));
            }
        });
        let mut reader = BufReader::new(stream);
        // One that is answered has been accepted.
        for i in 0..GOOD.len() + before {
            let good = GOOD[i % GOOD.len()];
            assert_eq!(Answer::read(&mut reader), good.answer(), "{language}");
        }
        // More are on their way than the stop may answer.
        let enough = before + 51 * GOOD.len();
        let is_enough = || requested.load(Relaxed) >= enough;
        until(is_enough, || format!("{language}: too little is sent"));
        server.signal("TERM");
        drop(on_drop);
        GOOD.len() + before + whole_answers(reader, &GOOD)
    });
    let requested = requested.into_inner();
    assert!(
        answers < requested,
        "{language} was not in the middle: {answers} of {requested}"
    );
    server.closed();
    assert_eq!(server.wait().code(), Some(0), "{language}");
    answers
}

/// Sets its flag when it is dropped, even where a test panics.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Sends requests without reading, until the server blocks; returns their number.
fn asks_until_stuck(server: &Server) -> (TcpStream, usize) {
    let mut stream = server.connect();
    let stuck = Some(Duration::from_secs(5));
    stream.set_write_timeout(stuck).expect("a limit");
    let requests = GOOD[1].request.repeat(AT_ONCE);
    let times = (0..UNREAD / AT_ONCE)
        .take_while(|_| stream.write_all(requests.as_bytes()).is_ok())
        .count();
    (stream, times * AT_ONCE)
}

/// Reads all answers, which are these by turns; the connection ends behind a whole one, and is not reset.
fn whole_answers(mut reader: impl Read, goods: &[Good]) -> usize {
    let mut bytes = Vec::new();
    let read = reader.read_to_end(&mut bytes);
    let mut rest = &bytes[..];
    let mut answers = 0;
    while let Some(answer) = Answer::next(&mut rest) {
        assert_eq!(answer, goods[answers % goods.len()].answer(), "{answers}");
        answers += 1;
    }
    read.unwrap_or_else(|error| panic!("no end behind {answers} answers: {error}"));
    answers
}

/// Tells a server to stop while some clients ask as fast as they can, and others have begun.
fn stop_under_load(server: &Server) -> String {
    let asked_for: Vec<_> = (0..CLIENTS).map(|_| asked_for_its_body(server)).collect();
    let started: Vec<_> = (0..CLIENTS).map(|i| started_body(server, i)).collect();
    let half: Vec<_> = (0..CLIENTS).map(|i| half_a_head(server, i)).collect();
    let (quick, behind) = (Counts::default(), Counts::default());
    let stopping = AtomicBool::new(false);
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (quick, stopping) = (&quick, &stopping);
            scope.spawn(move || quick_client(server, client, 1, quick, stopping));
            scope.spawn(move || quick_client(server, client, 40, quick, stopping));
        }
        until(|| quick.whole.load(Relaxed) > 500, || "no load".to_owned());
        stopping.store(true, Relaxed);
        server.signal("TERM");
        server.closed();
        for mut stream in asked_for {
            let body = "x".repeat(BODY);
            stream.write_all(body.as_bytes()).expect("sent");
            assert_eq!(read(&stream), GOOD[0].answer(), "{}", server.language);
        }
        for stream in started {
            let behind = &behind;
            scope.spawn(move || trickles_on(server, stream, behind));
        }
        for mut stream in half {
            // Whether it has begun is the server's to say.
            let _ = stream.write_all(&HEALTH.as_bytes()[HEALTH.len() / 2..]);
            behind.note(Answer::next(&mut BufReader::new(&stream)).as_ref());
        }
    });
    format!(
        "{} begun, all answered; {quick} at full speed; {behind} begun later",
        2 * CLIENTS
    )
}

/// Answers that came whole, and connections that were closed in their place.
#[derive(Default)]
struct Counts {
    whole: AtomicUsize,
    closed: AtomicUsize,
}

impl Counts {
    fn note(&self, answer: Option<&Answer>) {
        let count = match answer {
            Some(_) => &self.whole,
            None => &self.closed,
        };
        count.fetch_add(1, Relaxed);
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [whole, closed] = [&self.whole, &self.closed].map(|count| count.load(Relaxed));
        write!(f, "{whole} whole answers and {closed} closed connections")
    }
}

fn read(stream: &TcpStream) -> Answer {
    Answer::read(&mut BufReader::new(stream))
}

/// A request whose body the server has asked for, so that it has read the head.
fn asked_for_its_body(server: &Server) -> TcpStream {
    let fields = format!("Content-Length: {BODY}\r\nExpect: 100-continue\r\n");
    let mut stream = server.connect();
    let head = post(&fields, "");
    stream.write_all(head.as_bytes()).expect("sent");
    assert_eq!(read(&stream).status, 100);
    stream
}

/// A request of whose body the server has read a piece, every other one behind two answered requests.
fn started_body(server: &Server, client: usize) -> TcpStream {
    let mut stream = server.connect();
    let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
    let before = &GOOD[..client % 2 * 2];
    let mut pipelined: String = before.iter().map(|good| good.request).collect();
    pipelined += &post(&format!("Content-Length: {BODY}\r\n"), "");
    stream.write_all(pipelined.as_bytes()).expect("sent");
    for good in before {
        assert_eq!(Answer::read(&mut reader), good.answer());
    }
    let says = || format!("{} reads no body", server.language);
    until(|| taken(server, &stream), says);
    // Only the request's own handler reads what comes now.
    stream.write_all(&[b'x'; PIECE]).expect("sent");
    until(|| taken(server, &stream), says);
    stream
}

/// Sends the rest of a body piece by piece, and further requests with its end.
fn trickles_on(server: &Server, mut stream: TcpStream, behind: &Counts) {
    for _ in 2..BODY / PIECE {
        stream.write_all(&[b'x'; PIECE]).expect("sent");
        thread::sleep(Duration::from_millis(50));
    }
    let mut last = vec![b'x'; PIECE];
    last.extend(GOOD.iter().flat_map(|good| good.request.bytes()));
    stream.write_all(&last).expect("sent");
    let mut reader = BufReader::new(stream);
    let answer = Answer::read(&mut reader);
    assert_eq!(answer, GOOD[0].answer(), "{}", server.language);
    for good in GOOD {
        let answer = Answer::next(&mut reader);
        behind.note(answer.as_ref());
        let Some(answer) = answer else { break };
        assert_eq!(answer, good.answer(), "{}", server.language);
    }
}

/// Half of a head, every other one behind an answered request.
fn half_a_head(server: &Server, client: usize) -> TcpStream {
    let mut stream = server.connect();
    if client % 2 == 1 {
        stream.write_all(HEALTH.as_bytes()).expect("sent");
        assert_eq!(read(&stream).status, 200);
    }
    let half = &HEALTH.as_bytes()[..HEALTH.len() / 2];
    stream.write_all(half).expect("sent");
    stream
}

/// Sends requests, `at_once` at a time, until the server takes no more; an answer is whole, or the connection was
/// closed before it.
fn quick_client(
    server: &Server,
    client: usize,
    at_once: usize,
    counts: &Counts,
    stopping: &AtomicBool,
) {
    while let Ok(mut stream) = TcpStream::connect_timeout(&server.address, LIMIT) {
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
        let mut next = client;
        'connected: loop {
            let batch = (next..next + at_once).map(|i| GOOD[i % GOOD.len()]);
            next += at_once;
            let all: String = batch.clone().map(|good| good.request).collect();
            if stream.write_all(all.as_bytes()).is_err() {
                break;
            }
            for good in batch {
                let answer = Answer::next(&mut reader);
                counts.note(answer.as_ref());
                let Some(answer) = answer else {
                    assert!(stopping.load(Relaxed), "{} closes", server.language);
                    break 'connected;
                };
                assert_eq!(answer, good.answer(), "{}", server.language);
            }
        }
    }
}
