//! `cargo book --serve`: the book on loopback, written again when something changes.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use super::{BOOK, made_up, root};

/// The book's own program, ended whatever comes.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What is answered to a request as it stands: no client tidies its path.
fn asked(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_book_is_served_alone_and_follows_what_changes() {
    LazyLock::force(&BOOK);
    let results = tempfile::tempdir().unwrap();
    made_up::write(results.path(), "2033-05-18T033320Z", "the first");
    let target = tempfile::tempdir().unwrap();
    let folder = target.path().join("book");
    let mut command = Command::new(env!("CARGO_BIN_EXE_book"));
    command
        .current_dir(root())
        .args(["--serve", "--port", "0", "--results"])
        .arg(results.path())
        .arg("--into")
        .arg(&folder)
        .stdout(Stdio::piped());
    let mut serving = Serving(command.spawn().unwrap());
    let told = BufReader::new(serving.0.stdout.take().unwrap());
    let mut told = told.lines().map(Result::unwrap);
    let mut address = told.find_map(|line| Some(line.strip_prefix("http://")?.to_owned()));
    let address = address.take().expect("it says where");
    let address = address.trim_end_matches('/');
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    for (path, status, holds) in [
        (
            "/",
            "200 OK",
            "<title>Go and Rust memory, side by side</title>",
        ),
        ("/machine.html?x#y", "200 OK", "the first"),
        ("/book.css", "200 OK", "text/css"),
        ("/../Cargo.toml", "404 Not Found", "There is no such page."),
        ("//etc/passwd", "404 Not Found", "There is no such page."),
        ("/source", "404 Not Found", "There is no such page."),
        ("/nowhere.html", "404 Not Found", "There is no such page."),
    ] {
        let answer = asked(address, path);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")) && answer.contains(holds),
            "{path}: {answer:.300}"
        );
    }
    made_up::write(results.path(), "2033-05-19T033320Z", "the second");
    let deadline = Instant::now() + Duration::from_mins(4);
    while !asked(address, "/machine.html").contains("the second") {
        assert!(Instant::now() < deadline, "the new result is not shown");
        thread::sleep(Duration::from_millis(100));
    }
    let page = fs::read_to_string(folder.join("machine.html")).unwrap();
    assert!(page.ends_with("</html>"));
}
