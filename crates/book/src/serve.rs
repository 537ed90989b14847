//! Shows the book on this machine alone.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

/// The longest line of a request that is read.
const MAX_LINE: u64 = 8 << 10;

/// A request and its answer take no longer.
const LIMIT: Duration = Duration::from_secs(30);

/// Readers at once; more are sent away.
const MAX_READERS: usize = 64;

/// A port on loopback, before there is a book.
pub fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).with_context(|| {
        format!("cannot listen on port {port}: --port names another one, 0 any that is free")
    })
}

/// Answers until the program ends.
pub fn serve(folder: &Path, listener: &TcpListener) {
    static READERS: AtomicUsize = AtomicUsize::new(0);
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Too many files are open: some are closed soon.
            thread::sleep(Duration::from_millis(100));
            continue;
        };
        if READERS.fetch_add(1, Relaxed) >= MAX_READERS {
            READERS.fetch_sub(1, Relaxed);
            continue;
        }
        let folder = folder.to_owned();
        let answer = move || {
            // A reader who goes away is no failure.
            let _ = answer(&stream, &folder);
            READERS.fetch_sub(1, Relaxed);
        };
        if thread::Builder::new().spawn(answer).is_err() {
            READERS.fetch_sub(1, Relaxed);
        }
    }
}

/// A stream that fails when its time is over.
struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl Timed<'_> {
    fn left(&self) -> io::Result<Option<Duration>> {
        match self.until.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(ErrorKind::TimedOut.into()),
            left => Ok(Some(left)),
        }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn answer(stream: &TcpStream, folder: &Path) -> io::Result<()> {
    let timed = || Timed {
        stream,
        until: Instant::now() + LIMIT,
    };
    let mut line = String::new();
    let read = BufReader::new(timed().take(MAX_LINE)).read_line(&mut line);
    let mut to = timed();
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next());
    if read.is_err() || !line.ends_with('\n') {
        return refuse(&mut to, "400 Bad Request", "This is no request.\n");
    }
    if !matches!(method, "GET" | "HEAD") {
        return refuse(&mut to, "405 Method Not Allowed", "A book is only read.\n");
    }
    let path = path.unwrap_or("/").split(['?', '#']).next();
    let Some((path, file)) = path.and_then(|path| find(folder, path)) else {
        return refuse(&mut to, "404 Not Found", "There is no such page.\n");
    };
    let length = file.metadata()?.len();
    head(&mut to, "200 OK", kind(&path), length)?;
    if method == "GET" {
        io::copy(&mut file.take(length), &mut to)?;
    }
    Ok(())
}

/// The file that a request names: a regular one, inside the folder also behind links.
fn find(folder: &Path, asked: &str) -> Option<(PathBuf, File)> {
    let asked = asked.strip_prefix('/')?;
    let asked = Path::new(if asked.is_empty() {
        "index.html"
    } else {
        asked
    });
    let is_name = |part: Component| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    };
    if !asked.components().all(is_name) {
        return None;
    }
    let path = folder.join(asked).canonicalize().ok()?;
    let is_inside = path.starts_with(folder.canonicalize().ok()?);
    // Nothing is opened before it is known to be a file: to open a pipe waits.
    if !is_inside || !path.metadata().ok()?.is_file() {
        return None;
    }
    let file = File::open(&path).ok()?;
    Some((path, file))
}

fn refuse(to: &mut impl Write, status: &str, says: &str) -> io::Result<()> {
    head(to, status, "text/plain", says.len() as u64)?;
    to.write_all(says.as_bytes())
}

fn head(to: &mut impl Write, status: &str, kind: &str, length: u64) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    to.write_all(head.as_bytes())
}

/// The media type of a file of the book.
pub fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        _ => "text/plain",
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    #[test]
    fn only_regular_files_inside_the_folder_are_found() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("book");
        fs::create_dir_all(folder.join("source")).unwrap();
        fs::write(top.path().join("secret"), "x").unwrap();
        fs::write(folder.join("index.html"), "x").unwrap();
        fs::write(folder.join(".book"), "x").unwrap();
        symlink(top.path().join("secret"), folder.join("out.html")).unwrap();
        symlink("/dev/zero", folder.join("zero.html")).unwrap();
        symlink(folder.join("index.html"), folder.join("in.html")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(folder.join("pipe.html"))
            .status();
        assert!(made.unwrap().success());
        for path in ["/", "/index.html", "/in.html"] {
            assert!(find(&folder, path).is_some(), "{path}");
        }
        for path in [
            "",
            "index.html",
            "/source",
            "/source/",
            "/.book",
            "//etc/passwd",
            "/../secret",
            "/source/../../secret",
            "/out.html",
            "/zero.html",
            "/pipe.html",
            "/none.html",
            "/../../../../../../dev/zero",
        ] {
            assert!(find(&folder, path).is_none(), "{path}");
        }
    }
}
