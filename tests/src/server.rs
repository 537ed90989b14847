//! A server program, and its answers over real connections.

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::{self, Child, Command, ExitStatus, Stdio},
    sync::{
        atomic::{AtomicU8, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};

use crate::{Pair, process::signal};

/// Time limit of everything.
pub const LIMIT: Duration = Duration::from_secs(40);

/// A request for `/health`.
pub const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server program; it is killed when dropped.
#[derive(Debug)]
pub struct Server {
    /// Its language.
    pub language: &'static str,
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts a program with these options on a port that was free.
    pub fn start(pair: &Pair, language: &'static str, options: &[&str]) -> Self {
        let mut command = Command::new(program(pair, language));
        Server::run(language, command.arg("serve").args(options))
    }

    /// Starts another program that understands `--listen` and `--workers`, and prints its address.
    pub fn start_program(language: &'static str, program: &Path, options: &[&str]) -> Self {
        Server::run(language, Command::new(program).arg("serve").args(options))
    }

    /// Starts a program with a limit of descriptors.
    pub fn start_with_descriptors(pair: &Pair, language: &'static str, descriptors: usize) -> Self {
        let mut command = Command::new("sh");
        let script = format!("ulimit -n {descriptors}; exec \"$0\" serve \"$@\"");
        Server::run(
            language,
            command.arg("-c").arg(script).arg(program(pair, language)),
        )
    }

    /// Go's program and Rust's.
    pub fn both(pair: &Pair, options: &[&str]) -> [Self; 2] {
        ["Go", "Rust"].map(|language| Server::start(pair, language, options))
    }

    fn run(language: &'static str, command: &mut Command) -> Self {
        let given = |option: &str| command.get_args().any(|argument| argument == option);
        let [listens, works] = ["--listen", "--workers"].map(given);
        if !listens {
            command.args(["--listen", &format!("{}:0", own_address())]);
        }
        if !works {
            command.args(["--workers", "2"]);
        }
        // Variables of the user's shell are not part of the test.
        let mut child = command
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut server = Server {
            language,
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let line = receiver.recv_timeout(LIMIT).expect("an address in time");
        server.address = line.trim_end().parse().expect("an address");
        server
    }

    /// A connection with a time limit.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&self.address, LIMIT).expect("a connection");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        stream.set_write_timeout(Some(LIMIT)).expect("a limit");
        stream
    }

    /// Sends a request over a new connection.
    pub fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        let mut stream = self.connect();
        // A server may refuse before it has read everything.
        let _ = stream.write_all(request.as_ref());
        Answer::read(&mut BufReader::new(&stream))
    }

    /// The figures of the runtime.
    pub fn stats(&self) -> Map<String, Value> {
        let answer = self.ask("GET /stats HTTP/1.1\r\nHost: a\r\n\r\n");
        serde_json::from_slice(&answer.body).expect("an object")
    }

    /// Number of open descriptors.
    pub fn descriptors(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.child.id());
        fs::read_dir(folder).expect("a process").count()
    }

    /// Peak of resident memory, in bytes.
    pub fn peak(&self) -> usize {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let words = line.expect("a peak").split_whitespace().next();
        words.expect("a number").parse::<usize>().expect("digits") * 1024
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        signal(name, self.child.id().into());
    }

    /// Waits until new connections are refused.
    pub fn closed(&self) {
        let begun = Instant::now();
        while TcpStream::connect_timeout(&self.address, LIMIT).is_ok() {
            assert!(begun.elapsed() < LIMIT, "{} still listens", self.language);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until it has ended.
    pub fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(begun.elapsed() < LIMIT, "{} does not end", self.language);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Stops the server; returns how long that took.
    pub fn end(&mut self) -> Duration {
        let begun = Instant::now();
        self.signal("TERM");
        assert_eq!(self.wait().code(), Some(0), "{}", self.language);
        begun.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback address that nobody else uses: a port of it that was just freed stays free, whatever else runs
/// on this machine.
fn own_address() -> Ipv4Addr {
    static SERVERS: AtomicU8 = AtomicU8::new(1);
    let [_, _, high, low] = process::id().to_be_bytes();
    Ipv4Addr::new(127, high.max(1), low, SERVERS.fetch_add(1, Relaxed))
}

/// The program of a language.
pub fn program(pair: &Pair, language: &str) -> std::ffi::OsString {
    let command = match language {
        "Go" => pair.go(&[]),
        _ => pair.rust(&[]),
    };
    command.get_program().to_owned()
}

/// Parts of an answer that both languages share.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its Content-Type.
    pub kind: String,
    /// The methods that are allowed.
    pub allow: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads a whole answer.
    pub fn read(reader: &mut impl BufRead) -> Self {
        Answer::next(reader).expect("an answer")
    }

    /// Reads a whole answer, if the connection was not closed before its first byte.
    pub fn next(reader: &mut impl BufRead) -> Option<Self> {
        // A connection that was reset is closed, too; one that is silent is neither.
        let mut line = || {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("no answer in time"),
                _ if line.is_empty() => None,
                _ => Some(line.trim_end().to_owned()),
            }
        };
        let first = line()?;
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let mut answer = Answer {
            status: status.unwrap_or_else(|| panic!("a status: {first:?}")),
            kind: String::new(),
            allow: String::new(),
            body: Vec::new(),
        };
        let mut length = None;
        loop {
            let line = line().unwrap_or_else(|| panic!("half an answer: {first:?}"));
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-type" => value.clone_into(&mut answer.kind),
                "allow" => value.clone_into(&mut answer.allow),
                "content-length" => length = value.parse().ok(),
                _ => {}
            }
        }
        match length {
            Some(length) => answer.body.resize(length, 0),
            None => assert_ne!(answer.status, 200, "no length: {first:?}"),
        }
        reader.read_exact(&mut answer.body).expect("the whole body");
        Some(answer)
    }
}

/// A request that brings a body to `/`; each of its fields ends with its line.
pub fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
}
