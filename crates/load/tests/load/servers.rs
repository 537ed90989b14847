//! Small servers, good and bad; each connection has a thread.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Barrier, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

/// How long a test waits for what will come.
const LIMIT: Duration = Duration::from_mins(2);

/// A server on a port that was free; when it is dropped, it vanishes with its connections.
pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// How many requests have come, and when the first.
    requests: AtomicUsize,
    first: OnceLock<Instant>,
    /// The most requests that came on one connection.
    most: AtomicUsize,
    /// The open connections; none once the server has vanished.
    streams: Mutex<Option<Vec<TcpStream>>>,
    /// One that listens and takes nobody.
    listener: OnceLock<TcpListener>,
}

/// A connection, as its server sees it.
pub struct Client {
    stream: BufReader<TcpStream>,
    /// How many requests have come on it.
    requests: usize,
    shared: Arc<Shared>,
}

impl Server {
    pub fn start(serve: impl Fn(Client) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self::at(listener.local_addr().unwrap());
        let (shared, serve) = (Arc::clone(&server.shared), Arc::new(serve));
        *shared.streams.lock().unwrap() = Some(Vec::new());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                match &mut *shared.streams.lock().unwrap() {
                    Some(streams) => streams.push(stream.try_clone().unwrap()),
                    None => break,
                }
                let (shared, serve) = (Arc::clone(&shared), Arc::clone(&serve));
                let stream = BufReader::new(stream);
                let client = Client {
                    stream,
                    requests: 0,
                    shared,
                };
                thread::spawn(move || serve(client));
            }
        });
        server
    }

    /// A port on which nobody listens.
    pub fn that_refuses() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::at(listener.local_addr().unwrap())
    }

    /// A server that takes no connection, and whose queue is full.
    pub fn that_never_accepts() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        rustix::net::listen(&listener, 0).unwrap();
        let server = Self::at(listener.local_addr().unwrap());
        let soon = Duration::from_millis(100);
        let connect = || TcpStream::connect_timeout(&server.address, soon).ok();
        let queue = std::iter::from_fn(connect).collect();
        *server.shared.streams.lock().unwrap() = Some(queue);
        assert!(server.shared.listener.set(listener).is_ok());
        server
    }

    fn at(address: SocketAddr) -> Self {
        Server {
            address,
            shared: Arc::default(),
        }
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(SeqCst)
    }

    /// The most requests that came on one connection.
    pub fn most_on_one_connection(&self) -> usize {
        self.shared.most.load(SeqCst)
    }

    /// Waits until this number of requests has come.
    pub fn until_requests(&self, count: usize) {
        let begun = Instant::now();
        while self.shared.requests.load(SeqCst) < count {
            assert!(begun.elapsed() < LIMIT, "the requests do not come");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let streams = self.shared.streams.lock().unwrap().take();
        for stream in streams.iter().flatten() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the thread that listens, which ends.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_millis(100));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.stream.get_ref().shutdown(Shutdown::Both);
    }
}

impl Client {
    /// Waits for a request without a body; false once there is none.
    fn asks(&mut self) -> bool {
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if self.stream.read_line(&mut line).unwrap_or(0) == 0 {
                return false;
            }
        }
        self.requests += 1;
        self.shared.most.fetch_max(self.requests, SeqCst);
        self.shared.requests.fetch_add(1, SeqCst);
        self.shared.first.get_or_init(Instant::now);
        true
    }

    fn say(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes);
    }
}

pub fn answers(client: Client) {
    answers_after(client, Duration::ZERO);
}

pub fn answers_after(mut client: Client, time: Duration) {
    while client.asks() {
        thread::sleep(time);
        client.say(OK);
    }
}

/// Answers each request once the other side of the barrier is there.
pub fn answers_at(mut client: Client, barrier: &Barrier) {
    while client.asks() {
        barrier.wait();
        client.say(OK);
    }
}

pub fn answers_in_chunks(mut client: Client) {
    while client.asks() {
        client.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nO\r\n");
        client.say(b"1;a=b\r\nK\r\n0\r\nTrailer: c\r\n\r\n");
    }
}

pub fn closes_behind_each_answer(mut client: Client) {
    if client.asks() {
        client.say(b"HTTP/1.1 200 OK\r\n\r\nOK");
    }
}

/// Closes silently after this number of answers.
pub fn closes_silently_behind(mut client: Client, answers: usize) {
    while client.requests < answers && client.asks() {
        client.say(OK);
    }
}

/// Reads the next request on a connection after this number of answers, and ends it without a byte: what a client
/// sees whose request crosses the server's close.
pub fn hangs_up_behind(mut client: Client, answers: usize) {
    while client.asks() && client.requests <= answers {
        client.say(OK);
    }
}

/// Tells the next request on a connection that it took too long, as servers tell idle connections.
pub fn loses_patience_behind(mut client: Client, answers: usize) {
    while client.asks() {
        if client.requests > answers {
            client.say(b"HTTP/1.1 408 Late\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        client.say(OK);
    }
}

/// Says more than nothing of its second answer.
pub fn breaks_off_the_second(mut client: Client) {
    while client.asks() {
        client.say(if client.requests == 1 { OK } else { b"HTTP" });
        if client.requests == 2 {
            return;
        }
    }
}

/// Answers as HTTP/1.0 does, without keep-alive, and leaves the connection open.
pub fn answers_in_the_old_way(mut client: Client) {
    while client.asks() {
        client.say(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    }
}

/// Says that it closes, and does not.
pub fn says_that_it_closes(mut client: Client) {
    while client.asks() {
        client.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK");
    }
}

pub fn fails_each_second(mut client: Client) {
    while client.asks() {
        if client.requests.is_multiple_of(2) {
            client.say(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        } else {
            client.say(OK);
        }
    }
}

pub fn never_answers(mut client: Client) {
    while client.asks() {}
}

pub fn closes_half_way(mut client: Client) {
    if client.asks() {
        client.say(&OK[..OK.len() - 1]);
    }
}

pub fn closes_at_once(client: Client) {
    drop(client);
}

/// Takes longer for an answer than anybody waits, and always says something.
pub fn answers_byte_by_byte(mut client: Client) {
    while client.asks() {
        for byte in OK {
            client.say(&[*byte]);
            thread::sleep(Duration::from_millis(50));
        }
    }
}

pub fn speaks_another_language(mut client: Client) {
    while client.asks() {
        client.say(b"220 mail.example.org ESMTP\r\n");
    }
}

/// Does not wait to be asked.
pub fn speaks_another_language_at_once(mut client: Client) {
    client.say(b"220 mail.example.org ESMTP\r\n");
    while client.asks() {}
}

pub fn is_unavailable(mut client: Client) {
    while client.asks() {
        client.say(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    }
}

/// Closes a connection on which nothing was asked for 20 ms behind an answer.
pub fn hangs_up_when_idle(mut client: Client) {
    if client.asks() {
        client.say(OK);
        let limit = Some(Duration::from_millis(20));
        client.stream.get_ref().set_read_timeout(limit).unwrap();
        answers(client);
    }
}

/// Stops for one second, one second after its first request.
pub fn stalls(client: Client) {
    stalls_at(client, |since| since.saturating_sub(Duration::from_secs(1)));
}

/// Stops for one second in each ten.
pub fn stalls_again_and_again(client: Client) {
    let second = |since: Duration| since.as_secs_f64() % 10.0;
    stalls_at(client, move |since| {
        Duration::from_secs_f64((second(since) - 9.0).max(0.0))
    });
}

/// Stops until a second of a stall has passed; before one, nothing of it has.
fn stalls_at(mut client: Client, passed: impl Fn(Duration) -> Duration) {
    while client.asks() {
        let passed = passed(client.shared.first.get().unwrap().elapsed());
        if !passed.is_zero() {
            thread::sleep(Duration::from_secs(1).saturating_sub(passed));
        }
        client.say(OK);
    }
}
