//! A server as a process of its own: started on its cores, asked for its figures, ended whatever comes.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use crate::{cores, environment, typed::typed};

/// Filling the largest heap takes less.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The clock ticks of a second in `/proc`: the same on every Linux, whatever the kernel's own clock.
const TICKS: f64 = 100.0;

/// No answer to a question about figures takes longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// What is to be started.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The program.
    pub program: PathBuf,
    /// The environment of its setting.
    pub environment: Vec<(String, String)>,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The cores on which it runs.
    pub cores: Vec<usize>,
}

/// A server that runs; it is killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Kept open: a server whose output nobody could take would end.
    _stdout: BufReader<ChildStdout>,
    /// What it said beside that: a file, because a pipe that nobody reads stops it once it is full.
    said: File,
}

/// What the system tells of a process at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Its CPU time in ticks.
    pub ticks: u64,
    /// How many pages it touched that had no memory yet.
    pub faults: u64,
}

impl Spec {
    /// The command as one would type it in the top folder.
    pub fn shown(&self, root: &Path) -> String {
        typed(
            &self.cores,
            &self.environment,
            &self.program,
            &self.arguments,
            root,
        )
    }

    /// Starts it and waits until it listens.
    pub fn start(&self, padding: usize) -> Result<Server> {
        self.start_unnamed(padding)
            .with_context(|| format!("cannot serve with {}", self.shown(Path::new(""))))
    }

    fn start_unnamed(&self, padding: usize) -> Result<Server> {
        let said = tempfile::tempfile()?;
        let mut command = environment::program(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().cloned())
            .env("LAB_PADDING", "x".repeat(padding))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said.try_clone()?);
        let mut child = cores::on(&self.cores, || command.spawn())??;
        let Some(stdout) = child.stdout.take() else {
            bail!("its output cannot be read");
        };
        match first_line(stdout) {
            Ok((line, stdout)) if line.trim().parse::<SocketAddr>().is_ok() => Ok(Server {
                child,
                address: line.trim().parse()?,
                _stdout: stdout,
                said,
            }),
            told => {
                let _ = child.kill();
                let _ = child.wait();
                let why = told.err().unwrap_or_else(|| first_words(&said));
                bail!("it does not listen: {why}")
            }
        }
    }
}

/// Reads where a server listens, which it prints first.
fn first_line(stdout: ChildStdout) -> Result<(String, BufReader<ChildStdout>), String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = stdout.read_line(&mut line);
        // Nobody listens any more once it took too long.
        let _ = sender.send(read.map(|_| (line, stdout)));
    });
    match receiver.recv_timeout(START_LIMIT) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(RecvTimeoutError::Timeout) => {
            Err(format!("nothing came in {} s", START_LIMIT.as_secs()))
        }
        Err(RecvTimeoutError::Disconnected) => Err("its output was closed".to_owned()),
    }
}

fn first_words(said: &File) -> String {
    let text = read_again(said).unwrap_or_default();
    let line = text.lines().next();
    line.unwrap_or("it ended without a word").to_owned()
}

/// All of a file, wherever it is being written.
fn read_again(file: &File) -> std::io::Result<String> {
    let mut text = Vec::new();
    let mut place = 0;
    loop {
        let mut piece = [0; 1 << 13];
        match file.read_at(&mut piece, place)? {
            0 => return Ok(String::from_utf8_lossy(&text).into_owned()),
            read => {
                text.extend_from_slice(&piece[..read]);
                place += read as u64;
            }
        }
    }
}

impl Server {
    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The runtime's own figures.
    pub fn stats(&self) -> Result<Map<String, Value>> {
        ask(self.address, "/stats")
            .and_then(|body| Ok(serde_json::from_str(&body)?))
            .with_context(|| format!("no figures from http://{}/stats", self.address))
    }

    /// What it said beside its address, so far.
    pub fn said(&self) -> Result<String> {
        Ok(read_again(&self.said)?)
    }

    /// The CPU time that it took so far.
    pub fn cpu(&self) -> Result<Duration> {
        let path = format!("/proc/{}/stat", self.pid());
        let stat = stat(self.pid()).with_context(|| format!("cannot read {path}"))?;
        Ok(stat.cpu())
    }
}

impl Stat {
    /// Its CPU time.
    pub fn cpu(self) -> Duration {
        Duration::from_secs_f64(self.ticks as f64 / TICKS)
    }
}

/// What the system tells of the process of this number now.
pub fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

impl Drop for Server {
    fn drop(&mut self) {
        // It keeps nothing that a graceful end would save.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Page faults, user and system time; the name before them may hold anything.
fn parse(stat: &str) -> Option<Stat> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Stat {
        ticks: field(11)? + field(12)?,
        faults: field(7)?,
    })
}

/// What the server answers over a connection of its own.
pub fn ask(address: SocketAddr, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT)?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    stream.set_write_timeout(Some(ANSWER_LIMIT))?;
    // Of HTTP/1.0: a longer answer would come in chunks.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(1 << 20).read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no whole answer")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status != "200" {
        bail!("the answer is {status}");
    }
    Ok(body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_and_faults_are_read_behind_a_name_with_anything_in_it() {
        let stat = "7 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 40 2 0 0 20 0";
        let (ticks, faults) = (42, 7);
        assert_eq!(parse(stat), Some(Stat { ticks, faults }));
        assert_eq!(parse("7 (a) S 1"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn what_is_being_written_is_read_from_its_beginning() {
        let mut file = tempfile::tempfile().unwrap();
        for text in ["one\n", "two\n"] {
            file.write_all(text.as_bytes()).unwrap();
        }
        assert_eq!(read_again(&file).unwrap(), "one\ntwo\n");
        file.write_all(b"three\n").unwrap();
        assert_eq!(read_again(&file).unwrap(), "one\ntwo\nthree\n");
    }

    #[test]
    fn a_program_that_does_not_listen_is_told_with_its_command() {
        let spec = Spec {
            program: "/bin/cat".into(),
            environment: vec![("GOGC".to_owned(), "400".to_owned())],
            arguments: ["serve", "--listen", "127.0.0.1:0"]
                .map(str::to_owned)
                .into(),
            cores: cores::all().unwrap(),
        };
        let error = format!("{:#}", spec.start(0).unwrap_err());
        for expected in [
            "env GOGC=400 /bin/cat serve --listen 127.0.0.1:0",
            "it does not listen: ",
        ] {
            assert!(error.contains(expected), "{error:?} lacks {expected:?}");
        }
    }
}
