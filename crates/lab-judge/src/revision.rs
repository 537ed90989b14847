//! When a bound or a test was fixed, and when and why it changed.

use std::{
    fmt,
    time::{Duration, UNIX_EPOCH},
};

use anyhow::Context as _;
use lab_results::store::LAST_SECOND;
use serde::{Deserialize, Serialize};

/// A moment, written as a day (which means its beginning, in UTC) or as a day with a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct When {
    seconds: u64,
    text: String,
}

/// A change of a bound or a test after a first figure was known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// When; only blocks begun from then on are judged by the new rule.
    pub on: When,
    /// What changed, and why.
    pub why: String,
}

impl When {
    /// Seconds since 1970, in UTC.
    pub fn seconds(&self) -> u64 {
        self.seconds
    }

    /// Its day, as `2026-11-29`.
    pub fn day(&self) -> &str {
        &self.text[..10]
    }
}

impl TryFrom<String> for When {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        let whole = match text.len() {
            10 => format!("{text}T00:00:00Z"),
            _ => text.clone(),
        };
        let time = humantime::parse_rfc3339(&whole)
            .with_context(|| format!("{text:?} is no day such as 2026-11-29"))?;
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(When {
            seconds: since.as_secs(),
            text,
        })
    }
}

impl From<When> for String {
    fn from(when: When) -> Self {
        when.text
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The day of a number of seconds since 1970, as `2026-11-29`; for a time that no clock shows it is the last one.
pub fn day(seconds: u64) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(seconds.min(LAST_SECOND));
    let mut day = humantime::format_rfc3339_seconds(time).to_string();
    day.truncate(10);
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_and_may_have_a_time() {
        let when = |text: &str| When::try_from(text.to_owned());
        let [day, later] = ["2026-11-29", "2026-11-29T12:00:00Z"].map(|text| when(text).unwrap());
        assert_eq!(later.seconds() - day.seconds(), 12 * 3600);
        assert_eq!((day.day(), later.day()), ("2026-11-29", "2026-11-29"));
        assert_eq!(super::day(day.seconds()), "2026-11-29");
        assert_eq!(super::day(u64::MAX), "9999-12-31");
        assert!(when("yesterday").is_err());
        assert!(when("2026-13-01").is_err());
    }
}
