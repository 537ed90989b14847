//! Helper of tests: runs `cargo book --serve` as a process, and sends raw requests to it.

use std::{
    fs,
    io::{BufRead as _, BufReader, ErrorKind, Lines, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use lab_workspace::project::Project;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::process::wait_until;

use super::{BOOK, made_up, root};

/// Nothing takes longer, on a busy machine either.
pub const LIMIT: Duration = Duration::from_mins(5);

/// The book's program as a server. It is killed at the end of a test, or of all tests.
pub struct BookServer {
    pub child: Child,
    /// Where it listens.
    pub address: String,
    pub token: String,
    /// Its standard output after the address.
    _output: Lines<BufReader<ChildStdout>>,
    /// Its folder of results.
    pub results: PathBuf,
    /// The folder of the book, the results and temporary files.
    target: PathBuf,
    /// The same, where it goes with the server.
    _target: Option<TempDir>,
    /// Ends the server when this process ends, even if it is killed: it reads from a pipe until then.
    watch: Child,
}

impl Drop for BookServer {
    fn drop(&mut self) {
        for child in [&mut self.watch, &mut self.child] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An answer: its status, its head, its body.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Reads all that comes until the server ends the connection, which it has to.
    pub fn read(stream: &mut TcpStream) -> Self {
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        let is_open = end.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        assert!(!is_open, "the connection stays open after {answer:.100}");
        Answer::parse(&answer)
    }

    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }
}

impl BookServer {
    /// Serves a book of made-up results.
    pub fn start() -> Self {
        let target = tempfile::tempdir().unwrap();
        let path = target.path().to_owned();
        Self::start_in(path, Some(target))
    }

    fn start_in(target: PathBuf, temporary: Option<TempDir>) -> Self {
        LazyLock::force(&BOOK);
        let results = target.join("results");
        made_up::write(&results, "2033-05-18T033320Z", "the first");
        let mut command = Command::new(env!("CARGO_BIN_EXE_book"));
        command
            .current_dir(root())
            .env("TMPDIR", &target)
            .args(["--serve", "--port", "0", "--results"])
            .arg(&results)
            .arg("--into")
            .arg(target.join("book"))
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let watch = [
            "-c",
            "read -r _; kill \"$0\" 2>/dev/null",
            &child.id().to_string(),
        ];
        let watch = Command::new("sh")
            .args(watch)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut output = output.lines();
        let address = output.by_ref().map(Result::unwrap);
        let mut address = address.filter_map(|line| Some(line.strip_prefix("http://")?.to_owned()));
        let address = address.next().expect("it says where");
        let (address, token) = address.split_once("/?token=").expect("with a token");
        BookServer {
            address: address.to_owned(),
            token: token.to_owned(),
            child,
            _output: output,
            results,
            target,
            _target: temporary,
            watch,
        }
    }

    /// The server that several tests use at the same time. It lives until the last test ends: to write its book
    /// takes seconds.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<BookServer> = LazyLock::new(|| {
            let project = Project::at(&root()).unwrap();
            let target = project.target().join("book-served");
            let _ = fs::remove_dir_all(target.join("results"));
            fs::create_dir_all(&target).unwrap();
            BookServer::start_in(target, None)
        });
        &SHARED
    }

    /// The book's folder.
    pub fn folder(&self) -> PathBuf {
        self.target.join("book")
    }

    /// The names of temporary files.
    pub fn temporary(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.target).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| !["book", "results"].contains(&name.as_str()))
            .collect()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// The answer to these bytes.
    pub fn send(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        // A server that refuses a request early may close before it is written.
        let _ = stream.write_all(request.as_bytes());
        Answer::read(&mut stream)
    }

    pub fn get(&self, path: &str) -> Answer {
        let cookie = self.cookie();
        let host = &self.address;
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        ))
    }

    pub fn cookie(&self) -> String {
        let port = self.address.rsplit(':').next().unwrap();
        format!("playground-{port}={}", self.token)
    }

    /// A request to perform a script, as a page of the book makes it.
    pub fn replaying(&self, topic: &str, script: &str) -> String {
        let body = json!({ "script": script }).to_string();
        self.posting(&format!("/playground/{topic}/replay"), &[], &body)
    }

    /// A request as a page of the book makes it, but for these headers; an empty one is left out.
    pub fn posting(&self, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let (origin, cookie) = (format!("http://{}", self.address), self.cookie());
        let length = body.len().to_string();
        let own = [
            ("Host", self.address.as_str()),
            ("Origin", &origin),
            ("Cookie", &cookie),
            ("Content-Type", "application/json"),
            ("Content-Length", &length),
            ("Connection", "close"),
        ];
        let is_named = |name: &str| headers.iter().any(|(other, _)| *other == name);
        let own = own.iter().filter(|(name, _)| !is_named(name));
        let named = headers.iter().filter(|(_, value)| !value.is_empty());
        let lines = own
            .chain(named)
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        format!(
            "POST {path} HTTP/1.1\r\n{}\r\n{body}",
            lines.collect::<String>()
        )
    }

    /// The replies of both programs to a script.
    pub fn replay(&self, topic: &str, script: &str) -> Value {
        let answer = self.send(&self.replaying(topic, script));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// The same for a script of a moment, which a busy machine may hold up until the limit of 2 s.
    pub fn performed(&self, topic: &str, script: &str) -> Value {
        let mut replies = (0..10).map(|_| self.replay(topic, script));
        let performed = replies.find(|reply| reply["comparison"] != "limit");
        performed.expect("a script of a moment ends in time")
    }

    /// The process ids of its children that run.
    pub fn children(&self) -> Vec<u32> {
        let parent = self.child.id().to_string();
        let entries = fs::read_dir("/proc").unwrap();
        let pids = entries.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
        pids.filter(|pid| matches!(state(*pid), Some((state, of)) if state != "Z" && of == parent))
            .collect()
    }

    /// Its children that have become a program: the server waits for that, and for one that is stopped before it waits
    /// for ever.
    fn programs(&self) -> Vec<u32> {
        let file = |pid: u32| fs::read_link(format!("/proc/{pid}/exe")).ok();
        let own = file(self.child.id());
        let mut pids = self.children();
        pids.retain(|pid| file(*pid).is_some_and(|file| Some(file) != own));
        pids
    }

    /// Asks for something that runs programs, and stops these: they end when they are killed, and not before.
    pub fn stop_programs(&self, mut ask: impl FnMut()) -> Vec<u32> {
        for _ in 0..20 {
            ask();
            let deadline = Instant::now() + Duration::from_secs(5);
            while self.programs().is_empty() && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(2));
            }
            let mut pids = self.programs();
            // Some may have ended just before.
            let mut kill = Command::new("kill");
            let words = ["-STOP".to_owned()]
                .into_iter()
                .chain(pids.iter().map(u32::to_string));
            kill.args(words).stderr(Stdio::null()).status().unwrap();
            wait_until(LIMIT, "the programs stop", || {
                pids.retain(|pid| is_running(*pid));
                let is_stopped = |pid: &u32| state(*pid).is_some_and(|(state, _)| state == "T");
                pids.iter().all(is_stopped)
            });
            if !pids.is_empty() {
                return pids;
            }
        }
        panic!("no program runs");
    }
}

/// The state of a process and the process id of its parent.
fn state(pid: u32) -> Option<(String, String)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
}

/// Whether a process is there.
pub fn is_running(pid: u32) -> bool {
    state(pid).is_some_and(|(state, _)| state != "Z")
}
