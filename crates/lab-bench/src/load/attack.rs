//! Bad clients during a load: their effect on the other clients is measured, not their success.
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

/// Duration of a step, in which one staying client acts. All of them act within a tenth of a second.
const STEP: Duration = Duration::from_micros(500);

/// Steps from one client that comes and vanishes to the next.
const STEPS_TO_VANISH: usize = 10;

/// Time limit of a bad client's connection: where too many connect at once, the system tries again after a second.
const CONNECT_LIMIT: Duration = Duration::from_secs(4);

const HEAD: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n";
const BODY: &str = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";

/// The staying clients: their number, how they begin, and the bytes that follow one by one.
const STAY: [(usize, &str, &[u8]); 3] = [(100, "", b""), (50, HEAD, b"a"), (50, BODY, b"x")];

/// A client that stays; the server may end its connection.
struct Client {
    stream: Option<TcpStream>,
    beginning: &'static str,
    piece: &'static [u8],
}

impl Client {
    /// Sends its next byte, over a new connection if the server has closed the last one.
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
    let mut stream = TcpStream::connect_timeout(&address, CONNECT_LIMIT)?;
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    stream.write_all(beginning)?;
    Ok(stream)
}

/// Sends a piece, unless the server has answered or closed: then this connection is over.
fn goes_on(mut stream: &TcpStream, piece: &[u8]) -> bool {
    let waits = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
    stream.peek(&mut [0]).is_err_and(|error| waits(&error))
        && stream.write_all(piece).as_ref().err().is_none_or(waits)
}

/// Does some work while a server is attacked; also returns the number of bad connections.
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
                if step % STEPS_TO_VANISH == 0 {
                    // By turns in its head, in its body, and with a whole request.
                    let beginning = [HEAD, BODY, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"];
                    let beginning = beginning[step / STEPS_TO_VANISH % 3];
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
    fn a_closed_client_comes_again() {
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
