// Twin: go/pair/batch.go

use std::io::{BufRead, Read};

use crate::{Out, Stop, Topic, command, counted::outlive, quote, reason};

/// The longest script of a batch, in bytes.
pub const MAX_SCRIPT: u64 = 16 << 20;

/// Performs many scripts, each by itself.
///
/// In comes `script LENGTH` on a line and that many bytes, again and again; out goes
/// `result CODE STDOUT STDERR` on a line, then that many bytes of both. Whatever a script does, its
/// counted values are freed when it is over.
pub fn replay(topic: &Topic, reader: &mut dyn BufRead, out: &Out) -> Result<(), Stop> {
    loop {
        let mut header = Vec::new();
        let fault = |error| Stop::Usage(format!("cannot read the batch: {}", reason(&error)));
        let mut limited = (&mut *reader).take(64);
        limited.read_until(b'\n', &mut header).map_err(fault)?;
        if header.is_empty() {
            return Ok(());
        }
        let length = length(&header).ok_or_else(|| {
            let shown = quote(header.trim_ascii_end());
            Stop::Usage(format!("batch: {shown} is not \"script LENGTH\""))
        })?;
        let mut text = Vec::new();
        let mut limited = (&mut *reader).take(length);
        limited.read_to_end(&mut text).map_err(fault)?;
        if (text.len() as u64) < length {
            return Err(Stop::Usage("batch: the last script is cut off".to_owned()));
        }
        let memory = Out::memory();
        let ended = command::perform(topic, &mut text.as_slice(), "the batch", &memory);
        let (code, message) = match &ended {
            Ok(()) => (0, String::new()),
            Err(stop) => (stop.code(), stop.message()),
        };
        let left = outlive();
        if left > 0 {
            let what = format!("batch: {left} values outlive their script");
            return Err(Stop::Failed(what));
        }
        let printed = memory.take();
        out.line(format_args!(
            "result {code} {} {}",
            printed.len(),
            message.len()
        ));
        out.write(&printed);
        out.write(message.as_bytes());
        out.check()?;
    }
}

fn length(header: &[u8]) -> Option<u64> {
    let text = str::from_utf8(header).ok()?;
    let digits = text.strip_suffix('\n')?.strip_prefix("script ")?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|&length| length <= MAX_SCRIPT)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{Counted, Operation, Part, Tally};

    static KEPT: Mutex<Vec<Counted<()>>> = Mutex::new(Vec::new());

    const OPERATIONS: &[Operation] = &[Operation {
        word: "make",
        operands: &[],
        part: Part::None,
        says: "makes a value",
    }];

    fn topic(replay: crate::Replay) -> Topic {
        Topic {
            name: "test",
            version: "0",
            says: "",
            demo: |_| Ok(()),
            operations: OPERATIONS,
            replay: Ok(replay),
            contrast: |_| Ok(()),
            cases: &[],
            commands: &[],
        }
    }

    #[test]
    fn a_value_that_outlives_its_script_ends_the_batch() {
        let batch = |replay| {
            let mut scripts = &b"script 5\nmake\nscript 0\n"[..];
            let out = Out::memory();
            let ended = super::replay(&topic(replay), &mut scripts, &out);
            (ended, out.take())
        };
        let tidy: crate::Replay = |script, _| {
            let tally = Tally::new();
            let mut values = Vec::new();
            while script.read_line()?.is_some() {
                values.push(Counted::new(&tally, ()));
            }
            Ok(())
        };
        let said = b"result 0 0 0\nresult 0 0 0\n".to_vec();
        assert_eq!(batch(tidy), (Ok(()), said));

        let untidy: crate::Replay = |script, _| {
            while script.read_line()?.is_some() {
                let mut kept = KEPT.lock().expect("no test panics");
                kept.push(Counted::new(&Tally::new(), ()));
            }
            Ok(())
        };
        let what = "batch: 1 values outlive their script".to_owned();
        assert_eq!(batch(untidy), (Err(Stop::Failed(what)), Vec::new()));
    }
}
