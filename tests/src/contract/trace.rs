//! Output of `replay --trace`.

use lab_verify::trace::{self, Counts, Line, Moment, State, Trace};

use super::scripts::{Replayed, batch, in_one, results};
use crate::{Pair, project};

/// Largest length of a script whose prefixes are replayed.
const MAX_LINES: usize = 40;

/// Largest number of values of a script whose prefixes are replayed.
const MAX_MADE: usize = 10_000;

/// Number of scripts that are traced twice, to compare two runs.
const FEW: usize = 6;

/// Traces scripts in Go and in Rust.
fn traced(pair: &Pair, scripts: &[Vec<u8>]) -> [Vec<Replayed>; 2] {
    let arguments = ["replay", "--batch", "--trace"];
    [pair.go(&arguments), pair.rust(&arguments)].map(|mut command| {
        let done = command.write_stdin(in_one(scripts)).assert();
        let done = done.success().stderr("");
        results(&done.get_output().stdout, scripts.len())
    })
}

/// The traces of scripts, side by side.
pub fn traces(pair: &Pair, scripts: &[Vec<u8>]) -> Vec<Trace> {
    let [go, rust] = traced(pair, scripts);
    let both = go.iter().zip(&rust);
    both.map(|(go, rust)| {
        Trace::read([&go.stdout, &go.stderr], [&rust.stdout, &rust.stderr])
            .unwrap_or_else(|error| panic!("{error:#}"))
    })
    .collect()
}

fn kept(pair: &Pair) -> Vec<Vec<u8>> {
    let read = |path| std::fs::read(path).expect("a script");
    pair.scripts().iter().map(read).collect()
}

/// Kept scripts: a trace says what a replay says, is the same each time, and agrees at each `settle`.
pub fn a_trace_tells_what_a_replay_prints(pair: &Pair) {
    let scripts = kept(pair);
    let said = batch(pair, &scripts);
    let first = traced(pair, &scripts);
    let few = scripts.iter().take(FEW).cloned().collect::<Vec<_>>();
    let again = traced(pair, &few);
    assert!(
        first
            .iter()
            .zip(&again)
            .all(|(first, again)| first.starts_with(again))
    );
    for (place, trace) in traces(pair, &scripts).iter().enumerate() {
        let shown = pair.scripts()[place].display().to_string();
        let lines = scripts[place]
            .split_inclusive(|&byte| byte == b'\n')
            .count();
        let said = &said[place];
        for replayed in [&first[0][place], &first[1][place]] {
            assert_eq!(replayed.code, said.code, "{shown}");
            assert_eq!(replayed.stderr, said.stderr, "{shown}");
        }
        if said.code == 0 {
            assert_eq!(trace.lines.len(), lines + 1, "{shown}");
        }
        for side in [
            |line: &Line| line.go.clone(),
            |line: &Line| line.rust.clone(),
        ] {
            let moments: Vec<Moment> = trace.lines.iter().map(side).collect();
            let printed = moments.iter().flat_map(|moment| &moment.output);
            let printed: String = printed.map(|line| line.clone() + "\n").collect();
            assert_eq!(printed.as_bytes(), said.stdout, "{shown}");
        }
        for line in &trace.lines {
            let (go, rust) = (&line.go, &line.rust);
            let (in_go, in_rust) = (
                go.counts.unwrap_or_default(),
                rust.counts.unwrap_or_default(),
            );
            let shown = format!("{shown}: {:?}", line.text);
            assert_eq!((in_rust.garbage, in_rust.leaked), (0, 0), "{shown}");
            assert_eq!(in_go.leaked, 0, "{shown}");
            if line.performs("settle") {
                assert_eq!((in_go, &go.objects), (in_rust, &rust.objects), "{shown}");
                assert_eq!(in_go.garbage, 0, "{shown}");
            }
        }
    }
}

/// Wrong calls of a trace, and a refused line.
pub fn a_trace_is_refused_as_a_replay_is(pair: &Pair) {
    for wrong in [
        &["replay", "--trace", "a", "b"][..],
        &["replay", "--trace", "--nonsense"],
        &["replay", "--trace=1"],
        &["replay", "--trace", "no/such/file"],
        &["replay", "--trace", "/"],
        &["demo", "--trace"],
    ] {
        pair.same(wrong).code(2).stdout("");
    }
    let script = "# nothing\nnonsense\n";
    let plain = pair.script(script).code(2);
    let refused = pair.same_with(&["replay", "--trace"], script).code(2);
    let (plain, refused) = (plain.get_output(), refused.get_output());
    assert_eq!(plain.stderr, refused.stderr);
    let text = String::from_utf8_lossy(&refused.stdout).into_owned();
    let texts = ["\"text\":\"# nothing\"", "\"text\":\"nonsense\""];
    assert_eq!(text.lines().count(), 2, "{text}");
    for (line, text) in text.lines().zip(texts) {
        assert!(line.contains(text), "{line}");
    }
}

/// Go's garbage behind a line is what a replay of the lines so far frees, if it settles then.
pub fn garbage_is_what_settle_would_free(pair: &Pair) {
    let words: Vec<String> = pair.operations().into_iter().map(|o| o.word).collect();
    if !["settle", "freed"]
        .iter()
        .all(|word| words.iter().any(|other| other == word))
    {
        return;
    }
    let mut scripts = kept(pair);
    scripts.retain(|script| script.split(|&byte| byte == b'\n').count() <= MAX_LINES);
    let traces = traces(pair, &scripts);
    let (mut prefixes, mut counts): (Vec<Vec<u8>>, Vec<[Counts; 2]>) = Default::default();
    for (script, trace) in scripts.iter().zip(&traces) {
        let lines: Vec<&[u8]> = script.split_inclusive(|&byte| byte == b'\n').collect();
        let refused = usize::from(trace.error.is_some());
        let reported = trace.lines.len() - 1;
        let counts_of = |line: &Line| line.go.counts.unwrap_or_default();
        if trace
            .lines
            .iter()
            .any(|line| counts_of(line).made() > MAX_MADE)
        {
            continue;
        }
        assert!(
            refused + reported >= lines.len().min(1),
            "nothing is reported"
        );
        for (place, line) in trace.lines[..reported].iter().enumerate() {
            prefixes.push([&lines[..=place].concat()[..], b"\nsettle\nfreed\n"].concat());
            counts.push([&line.go, &line.rust].map(|side| side.counts.expect("counted values")));
        }
    }
    let mut garbage = 0;
    for ((prefix, replayed), [go, rust]) in prefixes.iter().zip(batch(pair, &prefixes)).zip(counts)
    {
        let shown = prefix.escape_ascii();
        let expected = format!("{} freed", go.garbage + go.freed);
        let printed = String::from_utf8_lossy(&replayed.stdout).into_owned();
        assert_eq!(printed.lines().last(), Some(&*expected), "{shown}");
        assert_eq!(rust.freed, go.garbage + go.freed, "{shown}");
        garbage += go.garbage;
    }
    assert!(garbage > 0, "no kept script has garbage");
}

/// The scenes of a topic that lets values go: each has lines in which something becomes of a value in one
/// language and not in the other.
pub fn scenes_show_where_the_languages_part(pair: &Pair) {
    let topic = project()
        .topic(pair.topic())
        .expect("a topic of the project");
    for scene in trace::scenes(project(), topic).expect("scenes") {
        let shown = scene.path.display();
        let trace = scene.trace(project(), topic);
        let trace = trace.unwrap_or_else(|error| panic!("{shown}: {error:#}"));
        assert_eq!(trace.error, None, "{shown}");
        let last = trace.lines.iter().rfind(|line| line.text.is_some());
        let go = &last.expect("a line").go;
        let made = go.counts.map_or(0, Counts::made);
        assert_eq!(go.objects.len(), made, "{shown}: too many to draw");
        let parts = trace
            .lines
            .iter()
            .filter(|line| line.text.is_some() && line.differs());
        // A cycle with a finalizer leaks in both, and says why.
        assert!(
            scene.parts || parts.count() > 0,
            "{shown}: the languages never part"
        );
    }
}

/// Demands what becomes of the values of a scene: behind its lines that perform these operations, in Go and in
/// Rust, such as `1 2 alive, 3 freed`.
#[track_caller]
pub fn assert_scene(pair: &Pair, title: &str, expected: &[[&str; 3]]) {
    let topic = project()
        .topic(pair.topic())
        .expect("a topic of the project");
    let scenes = trace::scenes(project(), topic).expect("scenes");
    let scene = scenes.iter().find(|scene| scene.title == title);
    let scene = scene.unwrap_or_else(|| panic!("no scene is called {title:?}"));
    let trace = scene
        .trace(project(), topic)
        .unwrap_or_else(|error| panic!("{error:#}"));
    for [operation, go, rust] in expected {
        let line = trace.lines.iter().find(|line| line.performs(operation));
        let line = line.unwrap_or_else(|| panic!("{title}: no line performs {operation}"));
        let seen = [states(&line.go), states(&line.rust)];
        assert_eq!(seen, [*go, *rust], "{title}: {operation}");
    }
}

/// The ids of each state, in the order in which states begin.
fn states(moment: &Moment) -> String {
    let mut listed: Vec<(State, Vec<&str>)> = Vec::new();
    for object in &moment.objects {
        match listed.iter_mut().find(|(state, _)| *state == object.state) {
            Some((_, ids)) => ids.push(&object.id),
            None => listed.push((object.state, vec![&object.id])),
        }
    }
    let listed = listed.iter();
    let listed = listed.map(|(state, ids)| format!("{} {state}", ids.join(" ")));
    listed.collect::<Vec<_>>().join(", ")
}
