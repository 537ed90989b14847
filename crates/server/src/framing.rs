// Twin: go/server/framing.go

//! Where the head of a request ends, and where its body. Lines of fields and of chunks are handed on
//! whole, so that what stands in them can still be changed.

use memchr::memchr;

/// The longest line of a field that is held back, about as much as Actix takes of a whole head.
const FIELD: usize = 128 << 10;
/// The longest line with the size of a chunk, and the longest trailer: as in net/http.
const LINE: usize = 4096;
/// How many bytes of a chunk's line are free, and how many more there may be in a body: as in net/http.
const FREE: u64 = 16;
const EXCESS: u64 = 16 << 10;

/// Follows a connection's bytes from request to request.
pub(crate) struct Framing {
    part: Part,
    length: u64,
    chunked: bool,
    /// Bytes of chunks' lines that no data makes up for.
    excess: u64,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A request, perhaps behind empty lines.
    Blank,
    /// The rest of a line of which a piece is handed on already.
    Line,
    /// A line of the head, not its first.
    Field,
    /// This many bytes of a body.
    Body(u64),
    /// The line with a chunk's size.
    Size,
    /// This many bytes of a chunk.
    Chunk(u64),
    /// The end of a chunk's line.
    ChunkEnd,
    /// A trailer, of which this many bytes have come.
    Trailer(usize),
    /// Nothing: the request is whole.
    Whole,
    /// Nothing that one may read.
    Broken,
}

impl Framing {
    pub(crate) fn new() -> Self {
        Framing {
            part: Part::Blank,
            length: 0,
            chunked: false,
            excess: 0,
        }
    }

    pub(crate) fn part(&self) -> Part {
        self.part
    }

    /// Goes on to the next request.
    pub(crate) fn next(&mut self) {
        *self = Framing::new();
    }

    /// Reads no further.
    pub(crate) fn break_off(&mut self) {
        self.part = Part::Broken;
    }

    /// Whether the head is not whole yet.
    pub(crate) fn in_head(&self) -> bool {
        matches!(self.part, Part::Blank | Part::Line | Part::Field)
    }

    /// Whether something of a head has come.
    pub(crate) fn has_begun(&self) -> bool {
        matches!(self.part, Part::Line | Part::Field)
    }

    /// Whether something of a body has to come.
    pub(crate) fn in_body(&self) -> bool {
        !self.in_head() && self.part != Part::Whole
    }

    /// How many of these bytes can be handed on now: none beyond the end of the request.
    pub(crate) fn take(&mut self, held: &mut [u8]) -> usize {
        let mut taken = 0;
        while taken < held.len() {
            match self.step(&mut held[taken..]) {
                0 => break,
                bytes => taken += bytes,
            }
        }
        taken
    }

    fn step(&mut self, held: &mut [u8]) -> usize {
        let end = held.len();
        match self.part {
            Part::Blank => {
                match held.iter().position(|byte| !b"\r\n".contains(byte)) {
                    Some(0) => {
                        self.part = Part::Line;
                        self.step(held)
                    }
                    blank => blank.unwrap_or(end),
                }
            }
            // Whether that is a request the parser says as soon as it can.
            Part::Line => match memchr(b'\n', held) {
                Some(newline) => {
                    self.part = Part::Field;
                    newline + 1
                }
                None => end,
            },
            Part::Field => match memchr(b'\n', held) {
                Some(newline) => self.field(&mut held[..=newline]),
                None if end > FIELD => {
                    self.part = Part::Line;
                    end
                }
                None => 0,
            },
            Part::Body(rest) => {
                self.content(end, rest, Part::Body, Part::Whole)
            }
            Part::Size => self.line(held, LINE, Framing::size),
            Part::Chunk(rest) => {
                self.content(end, rest, Part::Chunk, Part::ChunkEnd)
            }
            Part::ChunkEnd => self.line(held, 2, |framing, line| {
                framing.part = if line.is_empty() {
                    Part::Size
                } else {
                    Part::Broken
                };
            }),
            Part::Trailer(before) => {
                self.line(held, LINE.saturating_sub(before), |framing, line| {
                    framing.part = match line.len() {
                        0 => Part::Whole,
                        bytes => Part::Trailer(before + bytes + 2),
                    };
                })
            }
            Part::Whole | Part::Broken => 0,
        }
    }

    /// Passes over content of which `rest` bytes are missing; `next` comes behind it.
    fn content(
        &mut self,
        held: usize,
        rest: u64,
        more: fn(u64) -> Part,
        next: Part,
    ) -> usize {
        let bytes = rest.min(held as u64);
        self.part = if rest > bytes {
            more(rest - bytes)
        } else {
            next
        };
        bytes as usize
    }

    /// Looks at a line of the head.
    fn field(&mut self, line: &mut [u8]) -> usize {
        // By the first letter, and then by length: most fields are none of these.
        match line[0] | 0x20 {
            b'c' | b't' | b'u' => self.named(line),
            _ if matches!(&*line, b"\r\n" | b"\n") => self.head_ends(),
            _ => {}
        }
        line.len()
    }

    /// Looks at a field.
    fn named(&mut self, line: &mut [u8]) {
        let Some(colon) = memchr(b':', line) else {
            return;
        };
        let (name, value) = line.split_at_mut(colon);
        match name.len() {
            7 if name.eq_ignore_ascii_case(b"upgrade") => {
                name.copy_from_slice(IGNORED);
            }
            10 if name.eq_ignore_ascii_case(b"connection") => {
                ignore_upgrade(value);
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                self.length = number(value[1..].trim_ascii());
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.chunked = true;
            }
            _ => {}
        }
    }

    fn head_ends(&mut self) {
        self.part = match (self.chunked, self.length) {
            (true, _) => Part::Size,
            (false, 0) => Part::Whole,
            (false, length) => Part::Body(length),
        };
    }

    /// Lets this look at the next line, without its end; one that is too long breaks it off.
    fn line(
        &mut self,
        held: &[u8],
        limit: usize,
        look: impl FnOnce(&mut Self, &[u8]),
    ) -> usize {
        let Some(newline) = memchr(b'\n', held) else {
            if held.len() > limit {
                self.part = Part::Broken;
            }
            return 0;
        };
        match held[..newline].strip_suffix(b"\r") {
            Some(line) if newline < limit && memchr(b'\r', line).is_none() => {
                look(self, line);
            }
            _ => self.part = Part::Broken,
        }
        if self.part == Part::Broken {
            0
        } else {
            newline + 1
        }
    }

    fn size(&mut self, line: &[u8]) {
        let digits = line
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let (size, rest) = line.split_at(digits);
        let size = str::from_utf8(size).ok().filter(|_| digits <= 16);
        let size = size.and_then(|size| u64::from_str_radix(size, 16).ok());
        let rest = rest.trim_ascii_start();
        let fits = rest.first().is_none_or(|&byte| byte == b';');
        let strange = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
        let Some(size) = size.filter(|_| fits && !rest.iter().any(strange))
        else {
            self.part = Part::Broken;
            return;
        };
        self.excess += line.len() as u64 + 2;
        self.excess = self
            .excess
            .saturating_sub(size.saturating_mul(2).saturating_add(FREE));
        self.part = match size {
            _ if self.excess > EXCESS => Part::Broken,
            0 => Part::Trailer(0),
            size => Part::Chunk(size),
        };
    }
}

/// What Actix takes for the wish to leave HTTP/1.1, which nobody here fulfils; what it does not know it
/// ignores.
const UPGRADE: &[u8; 7] = b"upgrade";
const IGNORED: &[u8; 7] = b"ignored";

fn ignore_upgrade(value: &mut [u8]) {
    for start in 0..value.len().saturating_sub(UPGRADE.len()) {
        let word = &mut value[start..start + UPGRADE.len()];
        if word.eq_ignore_ascii_case(UPGRADE) {
            word.copy_from_slice(IGNORED);
        }
    }
}

/// A length; what is none, is none for the parser, too, which refuses it.
fn number(digits: &[u8]) -> u64 {
    let digits = str::from_utf8(digits).ok();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each request ends, when the bytes come in these pieces; then whether all were taken.
    fn ends(pieces: &[&[u8]]) -> (Vec<usize>, bool) {
        let (mut framing, mut held) = (Framing::new(), Vec::new());
        let (mut taken, mut ends) = (0, Vec::new());
        for piece in pieces {
            held.extend_from_slice(piece);
            loop {
                let bytes = framing.take(&mut held);
                held.drain(..bytes);
                taken += bytes;
                if framing.part() != Part::Whole {
                    break;
                }
                ends.push(taken);
                framing.next();
            }
        }
        (ends, held.is_empty() && framing.part() != Part::Broken)
    }

    #[test]
    fn a_request_ends_at_the_same_byte_however_it_comes() {
        let head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let sized = "POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\n\n\r\n\r\n";
        let chunks = "5;a=b\r\n\r\n\r\n0\r\n0 ;c\r\nD: e\r\nF: g\r\n\r\n";
        let chunked =
            format!("POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n{chunks}");
        let parts =
            ["\r\n\n", head, sized, &chunked, head, &chunked, sized, head];
        let all = parts.concat();
        let mut end = 3;
        let expected: Vec<_> = parts[1..]
            .iter()
            .map(|part| {
                end += part.len();
                end
            })
            .collect();
        for cut in 0..=all.len() {
            let (one, two) = all.as_bytes().split_at(cut);
            assert_eq!(
                ends(&[one, two]),
                (expected.clone(), true),
                "cut at {cut}"
            );
        }
        let bytes: Vec<_> = all.as_bytes().chunks(1).collect();
        assert_eq!(ends(&bytes), (expected, true));
    }

    #[test]
    fn chunks_have_limits() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let taken = |body: &str| ends(&[(head.to_owned() + body).as_bytes()]).1;
        let line = |bytes: usize| {
            format!("1;{}\r\nx\r\n0\r\n\r\n", "a".repeat(bytes - 4))
        };
        assert!(taken(&line(4096)) && !taken(&line(4097)));
        let trailer =
            |bytes: usize| format!("0\r\n{}\r\n\r\n", "a".repeat(bytes - 4));
        assert!(taken(&trailer(4096)) && !taken(&trailer(4097)));
        // Each line of 104 bytes and the end of its data, less 16 and twice the data.
        let many =
            |chunks| format!("1;{}\r\nx\r\n", "a".repeat(100)).repeat(chunks);
        assert!(taken(&many(190)) && !taken(&many(200)));
        for bad in [
            "g\r\n",
            "\r\n",
            "1\n",
            "1 2\r\n",
            "1\r\nxy\r\n",
            "1;\x01\r\n",
            "1;a\rb\r\n",
        ] {
            assert!(!taken(bad), "{bad:?}");
        }
        assert!(
            !taken("00000000000000001\r\nx\r\n")
                && taken("0000000000000001\r\nx\r\n")
        );
    }

    #[test]
    fn an_upgrade_is_renamed() {
        let mut head =
            b"GET / HTTP/1.1\r\nuPGRADE: h2c\r\nConnection: close, Upgrade\r\n\r\n".to_vec();
        let bytes = Framing::new().take(&mut head);
        assert_eq!(bytes, head.len());
        let expected = "GET / HTTP/1.1\r\nignored: h2c\r\nConnection: close, ignored\r\n\r\n";
        assert_eq!(String::from_utf8_lossy(&head), expected);
    }
}
