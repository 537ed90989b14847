// Twin: go/pair/batch.go

use std::io::{BufRead, Read};

use crate::{Out, Stop, counted::outlive, quote, reason};

/// The longest script of a batch, in bytes.
pub const MAX_SCRIPT: u64 = 16 << 20;

/// Performs many scripts, each by itself: `perform` gets a script's text and where it prints.
///
/// In comes `script LENGTH` on a line and that many bytes, again and again; out goes
/// `result CODE STDOUT STDERR` on a line, then that many bytes of both. Whatever a script does, its
/// counted values are freed when it is over.
pub fn replay(
    reader: &mut dyn BufRead,
    out: &Out,
    perform: impl Fn(&[u8], &Out) -> Result<(), Stop>,
) -> Result<(), Stop> {
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
        let ended = perform(&text, &memory);
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
    use crate::{Counted, Tally};

    static KEPT: Mutex<Vec<Counted<()>>> = Mutex::new(Vec::new());

    fn batch(perform: impl Fn(&[u8])) -> (Result<(), Stop>, Vec<u8>) {
        let mut scripts = &b"script 5\nmake\nscript 0\n"[..];
        let out = Out::memory();
        let ended = replay(&mut scripts, &out, |text, _| {
            perform(text);
            Ok(())
        });
        (ended, out.take())
    }

    #[test]
    fn a_value_that_outlives_its_script_ends_the_batch() {
        let tally = Tally::new();
        let tidy = |text: &[u8]| {
            let lines = text.split(|&byte| byte == b'\n');
            drop(lines.map(|_| Counted::new(&tally, ())).collect::<Vec<_>>());
        };
        let said = b"result 0 0 0\nresult 0 0 0\n".to_vec();
        assert_eq!(batch(tidy), (Ok(()), said));

        let untidy = |_: &[u8]| {
            let mut kept = KEPT.lock().expect("no test panics");
            kept.push(Counted::new(&Tally::new(), ()));
        };
        let what = "batch: 1 values outlive their script".to_owned();
        assert_eq!(batch(untidy), (Err(Stop::Failed(what)), Vec::new()));
    }
}
