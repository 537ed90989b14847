//! A server as a process of its own: started on its cores, asked for its figures, ended whatever comes.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::{ChildStdout, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{command_line::command_line, cores, environment, proc, process_group::ProcessGroup};

/// Filling the largest heap takes less.
const START_LIMIT: Duration = Duration::from_mins(1);

/// No answer to a question about figures takes longer.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// The longest answer: the times of a million requests.
const MAX_ANSWER: u64 = 64 << 20;

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

/// What a server keeps of its requests where their memory comes by chance.
#[derive(Debug, Deserialize)]
pub struct Times {
    /// How many there were.
    pub seen: u64,
    /// The last of them, oldest first: nanoseconds of its begin, 1 for pooled memory and 0 for fresh memory,
    /// and nanoseconds in its handler.
    pub requests: Vec<[u64; 3]>,
}

/// A server that runs; it is killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    group: ProcessGroup,
    /// Where it listens.
    pub address: SocketAddr,
    /// Kept open: a server whose output nobody could take would end.
    _stdout: BufReader<ChildStdout>,
    /// Its standard error: a file, because a pipe that nobody reads stops it once it is full.
    stderr: File,
}

impl Spec {
    /// The command as one would type it in the top folder.
    pub fn shown(&self, root: &Path) -> String {
        command_line(
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
        let stderr = tempfile::tempfile()?;
        let mut command = environment::program(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().cloned())
            .env("LAB_PADDING", "x".repeat(padding))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr.try_clone()?);
        let mut group = cores::on(&self.cores, || ProcessGroup::start(&mut command))??;
        let Some(stdout) = group.child.stdout.take() else {
            bail!("its output cannot be read");
        };
        match first_line(stdout) {
            Ok((line, stdout)) if line.trim().parse::<SocketAddr>().is_ok() => Ok(Server {
                group,
                address: line.trim().parse()?,
                _stdout: stdout,
                stderr,
            }),
            other => {
                let why = other.err().unwrap_or_else(|| first_words(&stderr));
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

fn first_words(stderr: &File) -> String {
    let text = read_again(stderr).unwrap_or_default();
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
        self.group.child.id()
    }

    /// The runtime's own figures.
    pub fn stats(&self) -> Result<Map<String, Value>> {
        ask(self.address, "/stats")
            .and_then(|body| Ok(serde_json::from_str(&body)?))
            .with_context(|| format!("no figures from http://{}/stats", self.address))
    }

    /// What it keeps of its requests; right only while none runs.
    pub fn times(&self) -> Result<Times> {
        ask(self.address, "/times")
            .and_then(|body| Ok(serde_json::from_str(&body)?))
            .with_context(|| format!("no times from http://{}/times", self.address))
    }

    /// Its standard error, so far.
    pub fn stderr(&self) -> Result<String> {
        Ok(read_again(&self.stderr)?)
    }

    /// The CPU time that it took so far.
    pub fn cpu(&self) -> Result<Duration> {
        let path = format!("/proc/{}/stat", self.pid());
        let stat = proc::stat(self.pid()).with_context(|| format!("cannot read {path}"))?;
        Ok(stat.cpu())
    }
}

/// What the server answers over a connection of its own.
pub fn ask(address: SocketAddr, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT)?;
    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
    stream.set_write_timeout(Some(ANSWER_LIMIT))?;
    // Of HTTP/1.0: a longer answer would come in chunks.
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER).read_to_string(&mut answer)?;
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
