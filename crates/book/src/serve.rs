//! Shows the book on this machine alone.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::{Component, Path},
    thread,
};

use anyhow::{Context as _, Result};

/// Answers on loopback until the program ends.
pub fn serve(folder: &Path, port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("cannot listen on port {port}"))?;
    println!("http://{}/", listener.local_addr()?);
    for stream in listener.incoming() {
        let folder = folder.to_owned();
        // A reader who goes away is no failure.
        thread::spawn(move || stream.and_then(|stream| answer(stream, &folder)));
    }
    Ok(())
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    let asked = line
        .split(' ')
        .nth(1)
        .unwrap_or("/")
        .split(['?', '#'])
        .next()
        .unwrap_or_default();
    let asked = asked.trim_start_matches('/');
    let asked = Path::new(if asked.is_empty() {
        "index.html"
    } else {
        asked
    });
    let is_inside = asked
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let kind = kind(asked);
    let (status, body) = match fs::read(folder.join(asked)) {
        Ok(body) if is_inside => ("200 OK", body),
        _ => ("404 Not Found", b"There is no such page.\n".to_vec()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
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
