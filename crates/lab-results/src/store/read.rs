//! Reads a result file, and tells why it cannot be read or used.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use anyhow::{Context as _, Result, anyhow, bail};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use super::name::LAST_SECOND;
use crate::result::{ResultFile, SCHEMA};

/// Why a result cannot be read, without its path, which stands first in the error.
pub fn reason(error: &anyhow::Error) -> String {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    chain[usize::from(chain.len() > 1)..].join(": ")
}

/// Reads a result file, compressed or not.
pub fn read(path: &Path) -> Result<ResultFile> {
    let shown = path.display();
    let text = || -> io::Result<String> {
        let file = File::open(path)?;
        let mut text = String::new();
        if is_compressed(path) {
            MultiGzDecoder::new(file).read_to_string(&mut text)?;
        } else {
            (&file).read_to_string(&mut text)?;
        }
        Ok(text)
    };
    let text = text().with_context(|| format!("cannot read {shown}"))?;
    parse(&text).with_context(|| shown.to_string())
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "gz")
}

/// Parses the text of a result file.
pub fn parse(text: &str) -> Result<ResultFile> {
    let file = match serde_json::from_str::<ResultFile>(text) {
        Ok(file) if file.schema == SCHEMA => file,
        read => return Err(refusal(text, read.err())),
    };
    if file.began > LAST_SECOND {
        bail!("this is not a result, or a damaged one: it began after the year 9999");
    }
    Ok(file)
}

/// Why a text is no result of this schema, and what to do.
fn refusal(text: &str, error: Option<serde_json::Error>) -> anyhow::Error {
    #[derive(Deserialize)]
    struct Made {
        schema: u32,
        #[serde(default)]
        command: String,
    }
    let Made { schema, command } = match serde_json::from_str(text) {
        Ok(made) => made,
        Err(error) if error.is_eof() => return anyhow!("this file is torn: it ends too early"),
        Err(error) => return anyhow!("this is not a result: {error}"),
    };
    let todo = match (schema.cmp(&SCHEMA), command.as_str()) {
        (Ordering::Greater, _) => "a newer lab wrote it".to_owned(),
        (Ordering::Less, "") => "measure again with \"cargo lab measure\"".to_owned(),
        (Ordering::Less, command) => format!("measure again with \"{command}\""),
        (Ordering::Equal, _) => {
            let error = error.map_or(String::new(), |error| format!(": {error}"));
            return anyhow!("this is not a result, or a damaged one{error}");
        }
    };
    anyhow!("this is a result of schema {schema}, and this lab reads {SCHEMA}: {todo}")
}

/// Why two results cannot be used together, if they cannot: another machine, or other programs.
pub(super) fn mismatch(one: &ResultFile, other: &ResultFile) -> Option<String> {
    if let Some(differs) = one.machine.differences(&other.machine).first() {
        return Some(format!("their machines differ: {differs}"));
    }
    let differs = |(name, hash): &(&String, &String)| {
        other.hashes.get(*name).is_some_and(|other| other != *hash)
    };
    let (name, _) = one.hashes.iter().find(differs)?;
    Some(format!("{name} is not the same in both"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::result;

    #[test]
    fn a_result_of_a_time_that_no_clock_shows_is_refused() {
        let read = |began| {
            let mut file = result(&[]);
            file.began = began;
            parse(&serde_json::to_string(&file).unwrap())
        };
        assert_eq!(read(LAST_SECOND).unwrap().began, LAST_SECOND);
        for began in [LAST_SECOND + 1, u64::MAX] {
            let error = read(began).unwrap_err().to_string();
            assert!(error.ends_with("it began after the year 9999"), "{error}");
        }
    }
}
