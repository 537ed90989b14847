use super::{End, Line, Model, World, refused, some};

const PAYLOAD: u64 = 1 << 20;
const FIGURES: &str = "allocated_bytes collections freed_bytes paused_nanoseconds requests threads";

/// No server at all: what it would answer, how many requests it would have counted, whether it runs.
#[derive(Clone, Default)]
pub struct Site {
    requests: u64,
    stopped: bool,
    begun: bool,
}

impl Site {
    /// The answer to a request with a body of this size.
    fn answer(&mut self, method: &str, name: &str, bytes: u64) -> Result<String, End> {
        let reads = matches!(method, "GET" | "HEAD");
        let allowed = match name {
            "index" => "GET, HEAD, POST",
            "health" | "stats" => "GET, HEAD",
            _ => "",
        };
        if method == "CONNECT" {
            // It asks for a connection, not for a path.
            return Err(End::Beyond);
        }
        let (head, body, rest) = if allowed.is_empty() {
            (
                "404 text/plain; charset=utf-8",
                "404 page not found\\x0a",
                String::new(),
            )
        } else if !reads && (method != "POST" || name != "index") {
            let allow = format!(" allow: {allowed}");
            (
                "405 text/plain; charset=utf-8",
                "Method Not Allowed\\x0a",
                allow,
            )
        } else if bytes > PAYLOAD {
            (
                "413 text/plain; charset=utf-8",
                "Payload Too Large\\x0a",
                String::new(),
            )
        } else if name == "stats" {
            if method == "GET" {
                return Ok(format!("200 application/json {FIGURES}"));
            }
            ("200 application/json", "", String::new())
        } else {
            self.requests += u64::from(name == "index");
            ("200 text/plain; charset=utf-8", "OK", String::new())
        };
        let body = if method == "HEAD" { "" } else { body };
        Ok(format!("{head} \"{body}\"{rest}"))
    }
}

impl Model for Site {
    fn perform(&mut self, line: &Line, world: &mut World) -> Result<(), End> {
        let name = line.names.first().copied().unwrap_or_default();
        match line.word {
            "finish" if !self.begun => return refused("no request is begun"),
            "finish" => {
                self.begun = false;
                world.say(self.answer("POST", "index", 1)?);
                return Ok(());
            }
            "start" if !self.stopped => return refused("the server is not stopped"),
            "start" if self.begun => return refused("a request is begun already"),
            "start" => {
                (self.stopped, self.requests) = (false, 0);
                world.say("started");
                return Ok(());
            }
            _ if self.stopped => return refused("the server is stopped"),
            _ => {}
        }
        match line.word {
            "get" => world.say(self.answer("GET", name, 0)?),
            "head" => world.say(self.answer("HEAD", name, 0)?),
            "post" | "chunked" => world.say(self.answer("POST", name, line.whole(0))?),
            "ask" => world.say(self.answer(name, line.names[1], 0)?),
            "reuse" | "together" => {
                let answers: Result<Vec<_>, End> = (0..line.numbers[0])
                    .map(|_| self.answer("GET", name, 0))
                    .collect();
                let answers = answers?;
                world.say(format!("{} times {}", answers.len(), answers[0]));
            }
            "begin" if self.begun => return refused("a request is begun already"),
            "begin" => {
                self.begun = true;
                world.say("begun 100");
            }
            "requests" => world.say(format!("requests {}", self.requests)),
            "stop" => {
                self.stopped = true;
                let rest = if self.begun {
                    ", but for what was begun"
                } else {
                    ""
                };
                world.say(format!("stopped{rest}"));
            }
            _ => return Err(End::Unknown),
        }
        Ok(())
    }

    fn sensible(&self, word: &str, place: usize) -> Vec<String> {
        let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get"];
        match (word, place) {
            ("ask", 0) => some(methods.iter()),
            ("get" | "head" | "post" | "chunked" | "reuse" | "together", 0) | ("ask", 1) => {
                some(["index", "health", "stats", "a"].iter())
            }
            ("reuse" | "together", 1) => some(1..4),
            _ => Vec::new(),
        }
    }
}
