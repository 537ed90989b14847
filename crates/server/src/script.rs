// Twin: go/server/script.go

//! The demo and the operations of scripts, over real connections to a server of their own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process, thread,
    time::Duration,
};

use pair::{Line, Operation, Out, Part, Script, Stop, name, whole};
use server::{Limits, PAYLOAD};

use crate::{
    client::{self, Client, ask, head},
    serve::Running,
};

/// The longest body that a script sends, twice what the server takes.
const LONGEST: i64 = 2 * PAYLOAD as i64;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        word: "get",
        operands: &[name("PATH", 64)],
        part: Part::None,
        says: "asks for /PATH, index for / itself, and prints the answer",
    },
    Operation {
        word: "head",
        operands: &[name("PATH", 64)],
        part: Part::None,
        says: "asks for /PATH without the body",
    },
    Operation {
        word: "post",
        operands: &[name("PATH", 64), whole("BYTES", 0, LONGEST)],
        part: Part::None,
        says: "sends a body and its length to /PATH",
    },
    Operation {
        word: "chunked",
        operands: &[name("PATH", 64), whole("BYTES", 0, LONGEST)],
        part: Part::None,
        says: "sends a body in chunks, without its length, to /PATH",
    },
    Operation {
        word: "ask",
        operands: &[name("METHOD", 16), name("PATH", 64)],
        part: Part::None,
        says: "asks for /PATH by any method",
    },
    Operation {
        word: "reuse",
        operands: &[name("PATH", 64), whole("TIMES", 1, 200)],
        part: Part::None,
        says: "asks for /PATH again and again over one connection",
    },
    Operation {
        word: "together",
        operands: &[name("PATH", 64), whole("CLIENTS", 1, 50)],
        part: Part::None,
        says: "asks for /PATH over many connections at the same time",
    },
    Operation {
        word: "begin",
        operands: &[whole("BYTES", 1, PAYLOAD as i64)],
        part: Part::None,
        says: "sends the head of a request to / and waits until the server wants the body",
    },
    Operation {
        word: "finish",
        operands: &[],
        part: Part::None,
        says: "sends the body and prints the answer",
    },
    Operation {
        word: "requests",
        operands: &[],
        part: Part::None,
        says: "prints how many requests have touched their memory",
    },
    Operation {
        word: "stop",
        operands: &[],
        part: Part::None,
        says: "stops the server, which still answers what was begun",
    },
    Operation {
        word: "start",
        operands: &[],
        part: Part::None,
        says: "starts a new server on the same port",
    },
];

/// Loopback, on a port that the system chooses. On Linux the address is this process's own, so that nobody
/// takes a port between two servers of a script.
pub fn free() -> SocketAddr {
    let [_, high, middle, low] = process::id().to_be_bytes();
    let own = Ipv4Addr::new(127, high, middle, low);
    let all_loopback = cfg!(target_os = "linux");
    SocketAddr::from((
        if all_loopback {
            own
        } else {
            Ipv4Addr::LOCALHOST
        },
        0,
    ))
}

pub fn demo(out: &Out) -> Result<(), Stop> {
    let server = Running::start(free(), 4, Limits::usual())?;
    let show = |method: &str, path: &str, request: &[u8]| -> Result<(), Stop> {
        let answer = ask(server.address, method, request)?;
        out.line(format_args!("{method} {path}: {}", answer.text()));
        Ok(())
    };
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/health"),
        ("GET", "/stats"),
        ("GET", "/nowhere"),
        ("DELETE", "/"),
    ] {
        show(method, path, &head(method, path, ""))?;
    }
    show("POST", "/", &client::sized("/", PAYLOAD))?;
    show("POST", "/", &client::sized("/", PAYLOAD + 1))?;
    out.line(format_args!(
        "requests that touched their memory: {}",
        requests(server.address)?
    ));
    server.end()?;
    out.line("stopped");
    Ok(())
}

pub fn replay(script: &mut Script, out: &Out) -> Result<(), Stop> {
    let mut site = Play {
        server: None,
        address: free(),
        stopped: false,
        begun: None,
    };
    let played = site.play(script, out);
    // A refused line, too, leaves no server behind.
    played.and(site.end())
}

/// A server that is started when the first line needs it.
struct Play {
    server: Option<Running>,
    address: SocketAddr,
    stopped: bool,
    begun: Option<(Client, usize)>,
}

impl Play {
    fn play(&mut self, script: &mut Script, out: &Out) -> Result<(), Stop> {
        while let Some(line) = script.read_line()? {
            self.perform(script, &line, out)?;
            if script.is_traced() && !self.stopped && self.server.is_some() {
                let count = requests(self.address)?;
                script.figure("requests", count as usize);
            }
        }
        Ok(())
    }

    fn perform(
        &mut self,
        script: &Script,
        line: &Line,
        out: &Out,
    ) -> Result<(), Stop> {
        match line.word {
            "finish" => return self.finish(script, out),
            "start" => return self.start(script, out),
            _ => {}
        }
        let address = self.address(script)?;
        let show = |method: &str, request: &[u8]| -> Result<(), Stop> {
            out.line(ask(address, method, request)?.text());
            Ok(())
        };
        match line.word {
            "get" => show("GET", &head("GET", &path(line.name(0)), "")),
            "head" => show("HEAD", &head("HEAD", &path(line.name(0)), "")),
            "post" => {
                show("POST", &client::sized(&path(line.name(0)), line.whole(1)))
            }
            "chunked" => show(
                "POST",
                &client::chunked(&path(line.name(0)), line.whole(1)),
            ),
            "ask" => {
                let method = line.name(0);
                show(method, &head(method, &path(line.name(1)), ""))
            }
            "reuse" => reuse(address, &path(line.name(0)), line.whole(1), out),
            "together" => {
                together(address, &path(line.name(0)), line.whole(1), out)
            }
            "begin" => self.begin(script, line.whole(0), out),
            "requests" => {
                out.line(format_args!("requests {}", requests(address)?));
                Ok(())
            }
            "stop" => self.stop(out),
            other => Err(script.unknown(other)),
        }
    }

    /// Where the server listens; it is started if it never was.
    fn address(&mut self, script: &Script) -> Result<SocketAddr, Stop> {
        if self.stopped {
            return Err(script.refuse("the server is stopped"));
        }
        if self.server.is_none() {
            let server = Running::start(self.address, 2, Limits::usual())?;
            self.address = server.address;
            self.server = Some(server);
        }
        Ok(self.address)
    }

    fn begin(
        &mut self,
        script: &Script,
        bytes: usize,
        out: &Out,
    ) -> Result<(), Stop> {
        if self.begun.is_some() {
            return Err(script.refuse("a request is begun already"));
        }
        let fields =
            format!("Content-Length: {bytes}\r\nExpect: 100-continue\r\n");
        let mut client = Client::connect(self.address)?;
        client.send(&head("POST", "/", &fields));
        out.line(format_args!("begun {}", client.receive("POST")?.status));
        self.begun = Some((client, bytes));
        Ok(())
    }

    fn finish(&mut self, script: &Script, out: &Out) -> Result<(), Stop> {
        let begun = self.begun.take();
        let (mut client, bytes) =
            begun.ok_or_else(|| script.refuse("no request is begun"))?;
        client.send(&vec![b'x'; bytes]);
        out.line(client.receive("POST")?.text());
        client.close();
        Ok(())
    }

    fn stop(&mut self, out: &Out) -> Result<(), Stop> {
        self.stopped = true;
        if self.begun.is_none() {
            self.end()?;
            out.line("stopped");
        } else if let Some(server) = &mut self.server {
            server.stop();
            while Client::connect(self.address).is_ok() {
                thread::sleep(Duration::from_millis(1));
            }
            out.line("stopped, but for what was begun");
        }
        Ok(())
    }

    fn start(&mut self, script: &Script, out: &Out) -> Result<(), Stop> {
        if !self.stopped {
            return Err(script.refuse("the server is not stopped"));
        }
        if self.begun.is_some() {
            return Err(script.refuse("a request is begun already"));
        }
        self.end()?;
        self.stopped = false;
        self.address(script)?;
        out.line("started");
        Ok(())
    }

    /// Stops the server, if there is one, without the request that was begun.
    fn end(&mut self) -> Result<(), Stop> {
        self.begun = None;
        if let Some(server) = self.server.take() {
            server.end()?;
        }
        Ok(())
    }
}

fn path(name: &str) -> String {
    match name {
        "index" => "/".to_owned(),
        other => format!("/{other}"),
    }
}

fn requests(address: SocketAddr) -> Result<u64, Stop> {
    let figures = ask(address, "GET", &head("GET", "/stats", ""))?.json();
    Ok(figures["requests"].as_u64().unwrap_or(0))
}

fn reuse(
    address: SocketAddr,
    path: &str,
    times: usize,
    out: &Out,
) -> Result<(), Stop> {
    let mut client = Client::connect(address)?;
    let mut answers = Vec::new();
    for _ in 0..times {
        client.send(&head("GET", path, ""));
        answers.push(client.receive("GET")?.text());
    }
    client.close();
    summary(answers, out);
    Ok(())
}

fn together(
    address: SocketAddr,
    path: &str,
    clients: usize,
    out: &Out,
) -> Result<(), Stop> {
    let request = head("GET", path, "");
    let answers = thread::scope(|scope| {
        let asking: Vec<_> = (0..clients)
            .map(|_| scope.spawn(|| ask(address, "GET", &request)))
            .collect();
        let joined = asking.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .map(|answer| {
                answer.map_err(|_| Stop::Failed("a client panicked".to_owned()))
            })
            .map(|answer| Ok(answer??.text()))
            .collect::<Result<Vec<_>, Stop>>()
    })?;
    summary(answers, out);
    Ok(())
}

/// How often each answer came.
fn summary(mut answers: Vec<String>, out: &Out) {
    answers.sort_unstable();
    for alike in answers.chunk_by(|a, b| a == b) {
        out.line(format_args!("{} times {}", alike.len(), alike[0]));
    }
}
