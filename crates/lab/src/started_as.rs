//! The command that started the lab, and the commands that continue from there.

use std::env;

/// The command of this process as a user would type it, without the options that the lab adds.
#[derive(Debug, Clone)]
pub struct StartedAs(String);

impl StartedAs {
    /// The one named by the command that started this process, or this process's own.
    pub fn find(started_as: Option<&str>) -> Self {
        if let Some(command) = started_as {
            return StartedAs(command.to_owned());
        }
        let words: Vec<String> = env::args().skip(1).collect();
        // Set by cargo-make, whose tasks pass their words on.
        let task = env::var("CARGO_MAKE_TASK").ok();
        StartedAs(describe(&words, task.as_deref()))
    }

    /// The command that continues a stopped run.
    pub fn resume(&self) -> String {
        format!("{} --resume", self.0)
    }

    /// The command that starts a new measurement.
    pub fn fresh(&self) -> String {
        format!("{} --fresh", self.0)
    }

    /// The command itself.
    pub fn command(&self) -> &str {
        &self.0
    }
}

fn describe(words: &[String], task: Option<&str>) -> String {
    let is_task = words.first().map(String::as_str) == task;
    let program = if is_task && task.is_some() {
        "make"
    } else {
        "lab"
    };
    let words = words.iter().map(String::as_str);
    let own = ["--resume", "--fresh"];
    format!(
        "cargo {program} {}",
        quote(words.filter(|word| !own.contains(word)))
    )
}

/// Quotes words for a shell.
pub fn quote<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.collect();
    shlex::try_join(words.iter().copied()).unwrap_or_else(|_| words.join(" "))
}

/// The words of a command, and the command as it was typed.
pub type Words = (Vec<String>, String);

/// Splits a command into words as a shell does.
pub fn split_words(text: &str) -> Result<Words, String> {
    let words = shlex::split(text).ok_or("a quote is not closed")?;
    let is_empty = words.first().is_none_or(String::is_empty);
    let words = (!is_empty).then(|| (words, text.to_owned()));
    words.ok_or("expected a command, such as 'sleep 1'".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(words: &[&str], task: Option<&str>) -> String {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        describe(&words, task)
    }

    #[test]
    fn a_command_is_suggested_as_it_was_typed() {
        let measure = ["measure", "--only", "cycles", "--resume"];
        assert_eq!(described(&measure, None), "cargo lab measure --only cycles");
        assert_eq!(
            described(&measure, Some("measure")),
            "cargo make measure --only cycles"
        );
        assert_eq!(
            described(&measure, Some("test")),
            "cargo lab measure --only cycles"
        );
        assert_eq!(
            described(&["all", "--smoke"], Some("all")),
            "cargo make all --smoke"
        );
        let spaced = ["sweep", "--results", "my results"];
        assert_eq!(
            described(&spaced, None),
            "cargo lab sweep --results 'my results'"
        );
    }

    #[test]
    fn the_command_that_started_it_goes_on() {
        let started_as = StartedAs::find(Some("cargo make all"));
        assert_eq!(started_as.resume(), "cargo make all --resume");
        assert_eq!(started_as.fresh(), "cargo make all --fresh");
    }
}
