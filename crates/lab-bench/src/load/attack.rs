//! Bad clients beside the load: what they do to the others is measured, not whether they succeed.
//!
//! One thread acts for all of them, a little at a time, because it shares the generator's core.

use std::{
    io::{ErrorKind, Write as _},
    net::{SocketAddr, TcpStream},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};

/// A step: one client that stays does its bit. All have done theirs in a tenth of a second.
const STEP: Duration = Duration::from_micros(500);

/// In every so many steps a client comes and vanishes.
const VANISHES: usize = 10;

/// How long the server may let a bad client wait that connects: where too many do so at once the system
/// asks again after a second.
const LIMIT: Duration = Duration::from_secs(4);

const HEAD: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n";
const BODY: &str = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";

/// What those do that stay: how many they are, how they begin, and what they go on with, byte by byte.
const STAY: [(usize, &str, &[u8]); 3] = [(100, "", b""), (50, HEAD, b"a"), (50, BODY, b"x")];

/// A client that stays; the server may end its connection.
struct Client {
    stream: Option<TcpStream>,
    beginning: &'static str,
    piece: &'static [u8],
}

impl Client {
    /// Goes on, over a new connection if the server has closed the last one.
    fn act(&mut self, address: SocketAddr) -> usize {
        if self
            .stream
            .as_ref()
            .is_some_and(|stream| goes_on(stream, self.piece))
        {
            return 0;
        }
        self.stream = begin(address, self.beginning.as_bytes()).ok();
        self.stream.iter().len()
    }
}

fn begin(address: SocketAddr, beginning: &[u8]) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    stream.write_all(beginning)?;
    Ok(stream)
}

/// Sends a piece, unless the server has said something or closed: then it is through with this one.
fn goes_on(mut stream: &TcpStream, piece: &[u8]) -> bool {
    let waits = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
    stream.peek(&mut [0]).is_err_and(|error| waits(&error))
        && stream.write_all(piece).as_ref().err().is_none_or(waits)
}

/// Does some work while a server is attacked; tells how many bad connections there were.
pub fn during<T>(address: SocketAddr, work: impl FnOnce() -> T) -> Result<(T, usize)> {
    let clients = STAY.iter().flat_map(|&(count, beginning, piece)| {
        let client = move || -> Result<Client> {
            let stream = begin(address, beginning.as_bytes());
            let stream = Some(stream.context("the server takes no bad clients")?);
            Ok(Client {
                stream,
                beginning,
                piece,
            })
        };
        std::iter::repeat_with(client).take(count)
    });
    let mut clients = clients.collect::<Result<Vec<_>>>()?;
    let (over, ended) = channel::<()>();
    Ok(thread::scope(|scope| {
        let attacker = scope.spawn(move || {
            let (mut opened, mut step) = (clients.len(), 0);
            while ended.recv_timeout(STEP) == Err(RecvTimeoutError::Timeout) {
                let all = clients.len();
                opened += clients[step % all].act(address);
                step += 1;
                if step % VANISHES == 0 {
                    // By turns in its head, in its body, and with a whole request.
                    let beginning = [HEAD, BODY, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"];
                    let beginning = beginning[step / VANISHES % 3];
                    opened += begin(address, beginning.as_bytes()).iter().len();
                }
            }
            opened
        });
        let done = work();
        drop(over);
        (done, attacker.join().unwrap_or_default())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read as _, net::TcpListener};

    #[test]
    fn bad_clients_stay_and_vanish_until_the_work_is_done() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stay: usize = STAY.iter().map(|(count, ..)| count).sum();
        // When the twentieth has vanished, each of the others has had its turn.
        let all = stay + 20;
        let accept = move || -> Vec<_> { listener.incoming().take(all).flatten().collect() };
        let accepted = thread::spawn(accept);
        let (streams, opened) = during(address, || accepted.join().unwrap()).unwrap();
        assert!(opened >= all, "{opened}");
        let said = |mut stream: TcpStream| {
            let mut text = String::new();
            let _ = stream.read_to_string(&mut text);
            text
        };
        let said: Vec<String> = streams.into_iter().map(said).collect();
        assert!(said[..100].iter().all(String::is_empty));
        // Each went on, and ended when the work was done.
        assert!(said[100..150].iter().all(|text| text.starts_with(HEAD)));
        assert!(said[150..stay].iter().all(|text| text.starts_with(BODY)));
        let begun = HEAD.len() * 50 + BODY.len() * 50;
        let sent: usize = said[..stay].iter().map(String::len).sum();
        assert!(sent > begun, "{sent} bytes, none of them slowly");
    }

    #[test]
    fn who_was_closed_comes_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = Client {
            stream: None,
            beginning: HEAD,
            piece: b"a",
        };
        assert_eq!(client.act(address), 1);
        assert_eq!(client.act(address), 0);
        drop(listener.accept().unwrap());
        assert_eq!(client.act(address), 1);
    }
}
