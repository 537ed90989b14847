//! What both programs and the model answer to one script, and where they differ.

use super::{
    invariant,
    model_run::{self, Opinion},
    programs::Answer,
    table::Operation,
    trace_check,
};
use crate::compare_outputs;

/// A kept script says no more than this about what differed.
const MAX_COMMENT: usize = 200;

/// Answers to a script.
#[derive(Debug)]
pub struct ScriptAnswers {
    /// By the Rust program.
    pub rust: Answer,
    /// By the Go program.
    pub go: Answer,
    /// By the model.
    pub model: Opinion,
    /// The invariant that the programs' output breaks, if any.
    pub broken: Option<String>,
    /// The first problem in the traces, if they were compared and have one.
    pub traced: Option<String>,
}

/// A script on which the programs differ, or differ from the model, or break an invariant.
#[derive(Debug)]
pub struct Difference {
    /// The smallest such script.
    pub script: Vec<u8>,
    /// The answers to it.
    pub answers: ScriptAnswers,
}

impl ScriptAnswers {
    /// Asks the model too, and checks the invariants.
    pub fn new(topic: &str, table: &[Operation], script: &[u8], rust: Answer, go: Answer) -> Self {
        ScriptAnswers {
            model: model_run::answer(topic, table, script),
            broken: invariant::broken(topic, table, script, &rust),
            rust,
            go,
            traced: None,
        }
    }

    /// Checks the traces of the script, by Rust and by Go.
    pub fn compare_traces(
        &mut self,
        topic: &str,
        table: &[Operation],
        script: &[u8],
        rust: &Answer,
        go: &Answer,
    ) {
        self.traced = trace_check::problem(topic, table, script, &self.rust, [rust, go]);
    }

    /// Describes the first difference, in lines for a person; `None` if all answers are the same. A program
    /// that breaks differs, even if the other breaks too.
    pub fn difference(&self) -> Option<String> {
        if let Some(differs) = first_difference(("Rust", &self.rust), ("Go", &self.go)) {
            return Some(differs);
        }
        if let Answer::Broke(how) = &self.rust {
            let how = how.lines().next().unwrap_or_default();
            return Some(format!("both programs break: {how}"));
        }
        if let Opinion::Says(model) = &self.model
            && let Some(differs) =
                first_difference(("both programs", &self.rust), ("the model", model))
        {
            return Some(differs);
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
        let differs = self.answers.difference().unwrap_or_default();
        let words: Vec<&str> = differs.split_whitespace().collect();
        let says: String = words.join(" ").chars().take(MAX_COMMENT).collect();
        [format!("# {says}\n").as_bytes(), &self.script].concat()
    }
}

/// The first line in which two answers differ.
fn first_difference(
    (one, first): (&str, &Answer),
    (two, second): (&str, &Answer),
) -> Option<String> {
    if first == second {
        return None;
    }
    let end = |answer: &Answer| match answer {
        Answer::Broke(how) => format!("broke: {}", how.lines().next().unwrap_or_default()),
        Answer::Said { code, .. } => format!("ended with exit code {code}"),
    };
    let lines = |what: &str, part: fn(&Answer) -> &[u8]| {
        let differs = compare_outputs::lines(what, part(first), part(second))?;
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
        let (first, second) = (end(first), end(second));
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

    fn difference(rust: Answer, go: Answer) -> Difference {
        Difference {
            script: b"node\n".to_vec(),
            answers: ScriptAnswers {
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
        let twice = difference(says(0, "a\nb\n", ""), says(0, "a\nc\n", ""));
        let text = String::from_utf8(twice.commented()).unwrap();
        let expected = "# line 2 of standard output differs: Rust: b Go: c\nnode\n";
        assert_eq!(text, expected);
        let ends = difference(says(0, "a\n", ""), says(1, "a\n", ""));
        let text = String::from_utf8(ends.commented()).unwrap();
        assert!(
            text.contains("exit code 0 Go: ended with exit code 1"),
            "{text}"
        );
        let broke = difference(says(0, "", ""), Answer::Broke("signal 9\nä".repeat(300)));
        let text = String::from_utf8(broke.commented()).unwrap();
        assert!(text.starts_with("# the end differs: Rust:"), "{text}");
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    #[test]
    fn what_the_model_or_the_numbers_say_is_a_difference_too() {
        let mut one = difference(says(0, "1\n", ""), says(0, "1\n", ""));
        assert_eq!(one.answers.difference(), None);
        one.answers.model = Opinion::Says(says(0, "2\n", ""));
        let differs = one.answers.difference().unwrap();
        assert!(
            differs.ends_with("both programs: 1\n  the model: 2"),
            "{differs}"
        );
        one.answers.model = Opinion::None;
        one.answers.broken = Some("1 and 2 do not add up".to_owned());
        assert!(one.answers.difference().unwrap().ends_with("do not add up"));
        let broke = || Answer::Broke("hangs".to_owned());
        assert!(difference(broke(), broke()).answers.difference().is_some());
    }
}
