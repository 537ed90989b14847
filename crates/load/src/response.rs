//! Parses answers incrementally.

use httparse::{EMPTY_HEADER, Header, Status};

/// Largest head of an answer.
const MAX_HEAD: usize = 64 << 10;

/// The answer to one request.
#[derive(Debug, Default)]
pub(crate) struct Response {
    /// The bytes of an incomplete head.
    head: Vec<u8>,
    body: Body,
    whole: Whole,
}

/// A whole answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) status: u16,
    /// Whether another request may follow on the same connection.
    pub(crate) keep: bool,
}

/// An answer that is not HTTP, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bad(pub(crate) &'static str);

/// The expected rest of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Body {
    #[default]
    Head,
    /// This many bytes.
    Length(u64),
    Chunked(Chunk),
    /// Everything until the connection is closed.
    Rest,
}

/// What comes next in a chunked body.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Chunk {
    /// A digit of its size, after these.
    Size { size: u64, digits: u8 },
    /// The rest of the line of its size.
    Extension(u64),
    /// This many bytes of the chunk.
    Data(u64),
    /// The end of the line behind it.
    End,
    /// The lines behind the last chunk; how many characters this one has.
    Trailer(usize),
}

impl Response {
    /// Takes received bytes; returns the answer once it is complete.
    pub(crate) fn feed(&mut self, bytes: &[u8], head_only: bool) -> Result<Option<Whole>, Bad> {
        if self.body != Body::Head {
            return self.take(bytes);
        }
        self.head.extend_from_slice(bytes);
        // A head ends with a line: nothing to read before one has come.
        while self.body == Body::Head && bytes.contains(&b'\n') {
            match self.read_head(head_only)? {
                Some(end) => drop(self.head.drain(..end)),
                None => break,
            }
        }
        if self.body == Body::Head {
            let fits = self.head.len() <= MAX_HEAD;
            return if fits {
                Ok(None)
            } else {
                Err(Bad("its head is longer than 64 KiB"))
            };
        }
        let mut rest = std::mem::take(&mut self.head);
        let whole = self.take(&rest);
        rest.clear();
        self.head = rest;
        whole
    }

    /// Handles the end of the connection; returns the answer if a close completes it.
    pub(crate) fn close(&mut self) -> Option<Whole> {
        let ends_so = self.body == Body::Rest;
        self.body = Body::Head;
        ends_so.then_some(self.whole)
    }

    /// Parses the head if it is complete, and returns its length.
    fn read_head(&mut self, head_only: bool) -> Result<Option<usize>, Bad> {
        let mut fields = [EMPTY_HEADER; 128];
        let mut head = httparse::Response::new(&mut fields);
        let Status::Complete(end) = head.parse(&self.head).map_err(why)? else {
            return Ok(None);
        };
        let status = head.code.ok_or(Bad("it has no status"))?;
        // An interim answer, such as 100 Continue.
        if (100..200).contains(&status) {
            return if status == 101 {
                Err(Bad("it switches to another protocol, unasked"))
            } else {
                Ok(Some(end))
            };
        }
        let fields = &*head.headers;
        let is_old = head.version == Some(0);
        let kept = !says(fields, "connection", "close")
            && (!is_old || says(fields, "connection", "keep-alive"));
        let body = match length(fields)? {
            _ if head_only || status == 204 || status == 304 => Body::Length(0),
            _ if says(fields, "transfer-encoding", "chunked") => Body::Chunked(Chunk::FIRST),
            _ if field(fields, "transfer-encoding").next().is_some() => Body::Rest,
            Some(length) => Body::Length(length),
            None => Body::Rest,
        };
        self.whole = Whole {
            status,
            keep: kept && body != Body::Rest,
        };
        self.body = body;
        Ok(Some(end))
    }

    /// Takes bytes of the body.
    fn take(&mut self, bytes: &[u8]) -> Result<Option<Whole>, Bad> {
        let used = match &mut self.body {
            Body::Head | Body::Rest => None,
            Body::Length(left) => {
                let taken = (*left).min(bytes.len() as u64);
                *left -= taken;
                (*left == 0).then_some(taken as usize)
            }
            Body::Chunked(chunk) => chunk.take(bytes)?,
        };
        Ok(used.map(|used| {
            self.body = Body::Head;
            // More than was asked for: what follows belongs to no request.
            self.whole.keep &= used == bytes.len();
            self.whole
        }))
    }
}

impl Chunk {
    const FIRST: Self = Chunk::Size { size: 0, digits: 0 };

    /// Takes bytes; returns how many it used once the last chunk has ended.
    fn take(&mut self, bytes: &[u8]) -> Result<Option<usize>, Bad> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            *self = match *self {
                Chunk::Size { size, digits } => match (byte as char).to_digit(16) {
                    Some(digit) if digits < 15 => Chunk::Size {
                        size: size << 4 | u64::from(digit),
                        digits: digits + 1,
                    },
                    None if digits > 0 && byte == b'\n' => Chunk::sized(size),
                    None if digits > 0 && matches!(byte, b';' | b'\r' | b' ' | b'\t') => {
                        Chunk::Extension(size)
                    }
                    _ => return Err(Bad("a chunk has no size")),
                },
                Chunk::Extension(size) if byte == b'\n' => Chunk::sized(size),
                Chunk::Extension(size) => Chunk::Extension(size),
                Chunk::Data(left) => {
                    let taken = left.min((bytes.len() - at + 1) as u64);
                    at += taken as usize - 1;
                    match left - taken {
                        0 => Chunk::End,
                        left => Chunk::Data(left),
                    }
                }
                Chunk::End if byte == b'\n' => Chunk::FIRST,
                Chunk::End if byte == b'\r' => Chunk::End,
                Chunk::End => return Err(Bad("a chunk is longer than its size")),
                Chunk::Trailer(0) if byte == b'\n' => return Ok(Some(at)),
                Chunk::Trailer(_) if byte == b'\n' => Chunk::Trailer(0),
                Chunk::Trailer(length) => Chunk::Trailer(length + usize::from(byte != b'\r')),
            }
        }
        Ok(None)
    }

    /// The state after the line with the size; an empty chunk is the last.
    fn sized(size: u64) -> Self {
        match size {
            0 => Chunk::Trailer(0),
            size => Chunk::Data(size),
        }
    }
}

/// The values of the fields of this name.
fn field<'a>(fields: &'a [Header], name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = fields
        .iter()
        .filter(move |field| field.name.eq_ignore_ascii_case(name));
    named.map(|field| str::from_utf8(field.value).unwrap_or_default())
}

/// Whether a list of words in a field holds this one.
fn says(fields: &[Header], name: &str, word: &str) -> bool {
    field(fields, name)
        .flat_map(|value| value.split(','))
        .any(|said| said.trim().eq_ignore_ascii_case(word))
}

/// The content length; two different ones are an error.
fn length(fields: &[Header]) -> Result<Option<u64>, Bad> {
    let mut known = None;
    for value in field(fields, "content-length") {
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let length = value
            .parse()
            .ok()
            .filter(|_| digits)
            .ok_or(Bad("its length is no number"))?;
        if known.replace(length).is_some_and(|other| other != length) {
            return Err(Bad("it has two lengths"));
        }
    }
    Ok(known)
}

/// What is wrong with a head.
fn why(error: httparse::Error) -> Bad {
    Bad(match error {
        httparse::Error::TooManyHeaders => "it has more than 128 fields",
        httparse::Error::HeaderName => "the name of a field is wrong",
        httparse::Error::HeaderValue => "the value of a field is wrong",
        _ => "it does not begin with a status line of HTTP/1",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of an answer in pieces of this size, closed at its end.
    fn read(answer: &[u8], piece: usize) -> Result<Option<Whole>, ()> {
        let mut response = Response::default();
        for piece in answer.chunks(piece) {
            if let Some(whole) = response.feed(piece, false).map_err(drop)? {
                return Ok(Some(whole));
            }
        }
        Ok(response.close())
    }

    const fn whole<E>(status: u16, keep: bool) -> Result<Option<Whole>, E> {
        Ok(Some(Whole { status, keep }))
    }

    /// Demands that an answer is read so, in pieces of any size.
    #[track_caller]
    fn assert_read(answer: &str, read_as: Result<Option<Whole>, ()>) {
        for piece in 1..=answer.len() {
            let read = read(answer.as_bytes(), piece);
            assert_eq!(read, read_as, "{answer:?} by {piece}");
        }
    }

    #[test]
    fn answers_are_read_whole_in_pieces_of_any_size() {
        for (answer, read_as) in [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK",
                whole(200, true),
            ),
            (
                "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
                whole(200, true),
            ),
            ("HTTP/1.1 204 No\r\n\r\n", whole(204, true)),
            (
                "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 1\r\n\r\nx",
                whole(500, true),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nOK",
                whole(200, false),
            ),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK",
                whole(200, false),
            ),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\nOK",
                whole(200, true),
            ),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, close\r\n\r\nOK",
                whole(200, false),
            ),
            ("HTTP/1.1 200 OK\r\n\r\nuntil the end", whole(200, false)),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nuntil the end",
                whole(200, false),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n",
                whole(200, true),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0aB;x=y\r\n01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n",
                Ok(None),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n",
                whole(200, true),
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nOK", Ok(None)),
            ("HTTP/1.1 200 OK\r\nContent-Le", Ok(None)),
        ] {
            assert_read(answer, read_as);
        }
    }

    #[test]
    fn broken_answers_are_noticed_in_pieces_of_any_size() {
        for answer in [
            "HTTP/1.1 200 OK\r\ncontent-length: 2, \r\n\r\nOK",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1111111111111111\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nOK",
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nOK",
            "HTTP/1.1 101 Other\r\n\r\n",
            "SSH-2.0-OpenSSH\r\n",
        ] {
            assert_read(answer, Err(()));
        }
    }

    #[test]
    fn damaged_answers_are_read_alike_in_pieces_of_any_size() {
        let mut random = fastrand::Rng::with_seed(6);
        let whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n\
            3;a\r\nabc\r\n0\r\nA: b\r\n\r\n";
        for _ in 0..20_000 {
            let mut answer = whole.to_vec();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..answer.len());
                match random.u8(..3) {
                    0 => answer[at] = random.u8(..),
                    1 => drop(answer.drain(at..=(at + random.usize(..9)).min(answer.len() - 1))),
                    _ => answer.insert(at, *random.choice(b"\r\n 0:9f").unwrap()),
                }
                answer.push(b'\n');
            }
            // What comes behind a whole answer belongs to none: a reader in pieces does not see it.
            let read = |piece| read(&answer, piece).map(|whole| whole.map(|whole| whole.status));
            let piece = random.usize(1..20);
            assert_eq!(
                read(piece),
                read(answer.len()),
                "{} by {piece}",
                answer.escape_ascii()
            );
        }
    }

    #[test]
    fn an_answer_with_more_than_it_tells_ends_its_connection() {
        let mut response = Response::default();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOKmore";
        assert_eq!(response.feed(answer, false), whole(200, false));
    }

    #[test]
    fn a_head_that_does_not_end_is_refused() {
        let mut endless = Response::default();
        let mut line = b"HTTP/1.1 200 OK\r\nA: ".to_vec();
        line.resize(MAX_HEAD + 1, b'a');
        let bad = endless.feed(&line, false).unwrap_err();
        assert!(bad.0.contains("64 KiB"), "{bad:?}");
    }

    #[test]
    fn the_answer_to_head_has_no_body() {
        let mut response = Response::default();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
        assert_eq!(response.feed(answer, true), whole(200, true));
    }
}
