// Twin: go/server/client.go

//! A client that is just good enough to ask the server.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use pair::quote;
use serde_json::Value;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(20);

/// One connection to the server.
pub struct Client(BufReader<TcpStream>);

/// What the server answered.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        Ok(Client(BufReader::new(stream)))
    }

    /// Sends what the server will take: it may refuse a body before all of it is sent.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes);
    }

    /// Reads the answer to a request of this method.
    pub fn receive(&mut self, method: &str) -> io::Result<Answer> {
        let status = self.line()?;
        let status =
            status.split(' ').nth(1).and_then(|word| word.parse().ok());
        let mut answer = Answer {
            status: status.ok_or_else(|| io::Error::other("not an answer"))?,
            headers: Vec::new(),
            body: Vec::new(),
        };
        while let Some((name, value)) = self.line()?.split_once(": ") {
            let header = (name.to_ascii_lowercase(), value.to_owned());
            answer.headers.push(header);
        }
        let length = answer
            .header("content-length")
            .and_then(|length| length.parse().ok());
        if let (Some(length), true) = (length, method != "HEAD") {
            answer.body = vec![0; length];
            self.0.read_exact(&mut answer.body)?;
        }
        Ok(answer)
    }

    /// Says that nothing more will be sent.
    pub fn close_write(&mut self) {
        let _ = self.0.get_mut().shutdown(Shutdown::Write);
    }

    /// Sends nothing more, and waits until the server has closed the connection.
    pub fn close(mut self) {
        self.close_write();
        let _ = io::copy(&mut self.0, &mut io::sink());
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(io::Error::other("the connection was closed")),
        }
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A JSON body, or null.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// What both languages answer alike: of figures only their names.
    pub fn text(&self) -> String {
        let kind = self.header("content-type").unwrap_or("no type");
        let body = match self.json() {
            Value::Object(figures) => {
                let mut names: Vec<_> =
                    figures.keys().map(String::as_str).collect();
                names.sort_unstable();
                names.join(" ")
            }
            _ => quote(&self.body),
        };
        match self.header("allow") {
            Some(allow) => {
                format!("{} {kind} {body} allow: {allow}", self.status)
            }
            None => format!("{} {kind} {body}", self.status),
        }
    }
}

/// The head of a request; each of its fields ends with its line.
pub fn head(method: &str, path: &str, fields: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")
        .into_bytes()
}

/// A request that tells how long its body is.
pub fn sized(path: &str, bytes: usize) -> Vec<u8> {
    let fields = format!("Content-Length: {bytes}\r\n");
    let mut request = head("POST", path, &fields);
    request.resize(request.len() + bytes, b'x');
    request
}

/// A request whose body comes in chunks, without a length.
pub fn chunked(path: &str, bytes: usize) -> Vec<u8> {
    let mut request = head("POST", path, "Transfer-Encoding: chunked\r\n");
    for chunk in vec![b'x'; bytes].chunks(64 << 10) {
        request.extend(format!("{:x}\r\n", chunk.len()).bytes());
        request.extend(chunk);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    request
}

/// Sends a request over a connection of its own and reads the answer.
pub fn ask(
    address: SocketAddr,
    method: &str,
    request: &[u8],
) -> io::Result<Answer> {
    let mut client = Client::connect(address)?;
    client.send(request);
    let answer = client.receive(method);
    client.close();
    answer
}
