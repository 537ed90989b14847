//! Compares the output of a tool or a run with the answer that the fixture's header gives.

use lab_workspace::run_limited::End;

use super::{Answer, Fixture, Ran, output::ToolOutput};

/// How an output differs from what the fixture's header says, if it does.
pub fn mismatch(fixture: &Fixture, answer: &Answer, output: &ToolOutput) -> Option<String> {
    let ToolOutput {
        command, messages, ..
    } = output;
    let found = || {
        let found = messages
            .iter()
            .map(|message| format!("{} on line {}", message.says, message.line));
        match found.collect::<Vec<_>>() {
            found if found.is_empty() => "nothing".to_owned(),
            found => found.join("; "),
        }
    };
    let expected = |what: &str, fits: &dyn Fn(&str) -> bool| {
        let line = fixture.line.unwrap_or_default();
        let is_found = messages
            .iter()
            .any(|message| message.line == line && fits(&message.says));
        (!is_found).then(|| {
            format!(
                "{command}: expected {what} on line {line}, heard {}",
                found()
            )
        })
    };
    match answer {
        Answer::Rustc(code) | Answer::Staticcheck(code) => expected(code, &|says| says == code),
        Answer::Clippy(lint) => {
            let name = format!("clippy::{}", lint.trim_start_matches("clippy::"));
            expected(&name, &|says| says == name)
        }
        Answer::Build(text) | Answer::Vet(text) => expected(text, &|says| says.contains(text)),
        Answer::Link(text) if output.text.contains(text) => None,
        Answer::Link(text) => Some(format!("{command}: expected {text}, heard {}", found())),
        Answer::Silent if messages.is_empty() && output.text.is_empty() => None,
        Answer::Silent => Some(format!(
            "{command}: expected nothing, heard {}",
            output.text.trim_end()
        )),
        Answer::Run(ran) => run_mismatch(ran, output),
    }
}

fn run_mismatch(ran: &Ran, output: &ToolOutput) -> Option<String> {
    let ToolOutput {
        command, text, end, ..
    } = output;
    let Some(end) = end else {
        return Some(format!(
            "{command}: cannot be built, so it does not run:\n{}",
            text.trim_end()
        ));
    };
    let fits = match ran {
        Ran::Exit(code) => *end == End::Exit(*code),
        Ran::Prints(what) => text.contains(what),
        Ran::Nothing => *end == End::Exit(0) && text == "(exit 0)\n",
        Ran::Hangs => matches!(end, End::TimeLimit(_)),
        Ran::Aborts => matches!(end, End::Signal(_)),
        Ran::Recorded => true,
    };
    (!fits).then(|| format!("{command}: expected {ran}, but:\n{}", text.trim_end()))
}
