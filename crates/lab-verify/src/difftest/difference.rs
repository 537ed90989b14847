//! What both programs and the model say to one script, and where they part.

use super::{
    both::Answer,
    invariant,
    model::{self, Opinion},
    table::Operation,
    traced,
};
use crate::compare;

/// A kept script says no more than this about what differed.
const MAX_COMMENT: usize = 200;

/// What is said to a script.
#[derive(Debug)]
pub struct Said {
    /// By the Rust program.
    pub rust: Answer,
    /// By the Go program.
    pub go: Answer,
    /// By the model.
    pub model: Opinion,
    /// What always has to be so, and is not so in what the programs print.
    pub broken: Option<String>,
    /// What is wrong in the traces, if they were compared.
    pub traced: Option<String>,
}

/// A script on which the programs differ, or the model from both, or what they print from itself.
#[derive(Debug)]
pub struct Difference {
    /// The smallest such script.
    pub script: Vec<u8>,
    /// What is said to it.
    pub said: Said,
}

impl Said {
    /// Adds what the model says, and looks for what always has to be so.
    pub fn of(topic: &str, table: &[Operation], script: &[u8], rust: Answer, go: Answer) -> Self {
        Said {
            model: model::answer(topic, table, script),
            broken: invariant::broken(topic, table, script, &rust),
            rust,
            go,
            traced: None,
        }
    }

    /// Looks for what is wrong in the traces of the script, by Rust and by Go.
    pub fn compare_traces(
        &mut self,
        topic: &str,
        table: &[Operation],
        script: &[u8],
        rust: &Answer,
        go: &Answer,
    ) {
        self.traced = traced::fault(topic, table, script, &self.rust, [rust, go]);
    }

    /// Where they part, in lines for a person; `None` if all say the same. A program that breaks
    /// differs, even if the other breaks too.
    pub fn parted(&self) -> Option<String> {
        if let Some(parted) = parted(("Rust", &self.rust), ("Go", &self.go)) {
            return Some(parted);
        }
        if let Answer::Broke(how) = &self.rust {
            let how = how.lines().next().unwrap_or_default();
            return Some(format!("both programs break: {how}"));
        }
        if let Opinion::Says(model) = &self.model
            && let Some(parted) = parted(("both programs", &self.rust), ("the model", model))
        {
            return Some(parted);
        }
        if let Some(broken) = &self.broken {
            return Some(format!("both programs print what cannot be: {broken}"));
        }
        let traced = self.traced.as_ref()?;
        Some(format!("the trace differs on this: {traced}"))
    }
}

impl Difference {
    /// The script, under a comment that says what differed.
    pub fn commented(&self) -> Vec<u8> {
        let parted = self.said.parted().unwrap_or_default();
        let words: Vec<&str> = parted.split_whitespace().collect();
        let says: String = words.join(" ").chars().take(MAX_COMMENT).collect();
        [format!("# {says}\n").as_bytes(), &self.script].concat()
    }
}

/// The first line in which two answers part.
fn parted((one, first): (&str, &Answer), (two, second): (&str, &Answer)) -> Option<String> {
    if first == second {
        return None;
    }
    let told = |answer: &Answer| match answer {
        Answer::Broke(how) => format!("broke: {}", how.lines().next().unwrap_or_default()),
        Answer::Said { code, .. } => format!("ended with exit code {code}"),
    };
    let lines = |what: &str, part: fn(&Answer) -> &[u8]| {
        let differs = compare::lines(what, part(first), part(second))?;
        let (place, first, second) = (differs.place, differs.rust, differs.go);
        Some(format!(
            "{place} differs:\n  {one}: {first}\n  {two}: {second}"
        ))
    };
    let whole = matches!((first, second), (Answer::Said { .. }, Answer::Said { .. }));
    let outputs = || {
        lines("standard output", Answer::stdout).or_else(|| lines("standard error", Answer::stderr))
    };
    Some(whole.then(outputs).flatten().unwrap_or_else(|| {
        let (first, second) = (told(first), told(second));
        format!("the end differs:\n  {one}: {first}\n  {two}: {second}")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(code: i32, stdout: &str, stderr: &str) -> Answer {
        Answer::Said {
            code,
            stdout: stdout.into(),
            stderr: stderr.into(),
        }
    }

    fn said(rust: Answer, go: Answer) -> Difference {
        Difference {
            script: b"node\n".to_vec(),
            said: Said {
                rust,
                go,
                model: Opinion::None,
                broken: None,
                traced: None,
            },
        }
    }

    #[test]
    fn a_kept_script_says_what_differed() {
        let twice = said(says(0, "a\nb\n", ""), says(0, "a\nc\n", ""));
        let text = String::from_utf8(twice.commented()).unwrap();
        let expected = "# line 2 of standard output differs: Rust: b Go: c\nnode\n";
        assert_eq!(text, expected);
        let ends = said(says(0, "a\n", ""), says(1, "a\n", ""));
        let text = String::from_utf8(ends.commented()).unwrap();
        assert!(
            text.contains("exit code 0 Go: ended with exit code 1"),
            "{text}"
        );
        let broke = said(says(0, "", ""), Answer::Broke("signal 9\nä".repeat(300)));
        let text = String::from_utf8(broke.commented()).unwrap();
        assert!(text.starts_with("# the end differs: Rust:"), "{text}");
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn what_the_model_or_the_numbers_say_is_a_difference_too() {
        let mut one = said(says(0, "1\n", ""), says(0, "1\n", ""));
        assert_eq!(one.said.parted(), None);
        one.said.model = Opinion::Says(says(0, "2\n", ""));
        let parted = one.said.parted().unwrap();
        assert!(
            parted.ends_with("both programs: 1\n  the model: 2"),
            "{parted}"
        );
        one.said.model = Opinion::None;
        one.said.broken = Some("1 and 2 do not add up".to_owned());
        assert!(one.said.parted().unwrap().ends_with("do not add up"));
        let broke = || Answer::Broke("hangs".to_owned());
        assert!(said(broke(), broke()).said.parted().is_some());
    }
}
