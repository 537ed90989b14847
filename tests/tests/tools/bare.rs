//! The timed cases beside bare programs that do the same and use nothing of this project: what a case takes must not
//! come from how the lab is built. `cargo make deep bare` runs this.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use lab_results::{cases::arguments, stats};
use lab_workspace::{
    build_variant::BuildVariant,
    environment,
    language::Language,
    programs::{self, Folders},
};
use tests::{project, server::Server};

use crate::agreement::{bare, lines};

/// Blocks: in each both programs run once, in turns the one and the other first.
const BLOCKS: usize = 10;

/// Samples of a process. The first one meets fresh memory and does not count, as in the lab.
const SAMPLES: u64 = 5;

/// Largest ratio that needs no interval around 1.
const MAX_RATIO: f64 = 1.1;

/// A bare program and the case that does the same.
struct Row {
    /// The program: `tests/bare/timed/NAME` with an ending for each language in which it says something.
    name: &'static str,
    /// What it takes besides scale and samples.
    more: &'static [&'static str],
    case: [&'static str; 2],
    scale: u64,
}

const fn row(name: &'static str, case: [&'static str; 2], scale: u64) -> Row {
    Row {
        name,
        more: &[],
        case,
        scale,
    }
}

/// What is compared. A case under another allocator and the start of a program are not among it: a bare program has
/// no other allocator, and the smallest program is bare.
const ROWS: [Row; 11] = [
    row("list", ["footprint", "grow_release"], 10_000_000),
    row("tree", ["cycles", "binary_trees"], 262_143),
    row("map", ["leaks", "grow"], 1_000_000),
    row("observed", ["allocation", "observed"], 10_000_000),
    row("escaping", ["allocation", "escaping"], 10_000_000),
    row("large", ["reclaim", "one_large"], 104_857_600),
    row("boxes", ["footprint", "boxes"], 4_000_000),
    row("churn", ["leaks", "churn"], 1_600_000),
    row("request", ["server", "request"], 2_000),
    Row {
        more: &["1"],
        ..row("arc", ["sharing", "clone_drop_alone"], 10_000_000)
    },
    Row {
        more: &["0"],
        ..row("arc", ["sharing", "clone_drop_shared"], 3_000_000)
    },
];

/// The median of a process's samples in nanoseconds, and its answer.
type Run = (f64, String);

fn run(times: impl Iterator<Item = f64>, answer: &str) -> Run {
    let mut times: Vec<f64> = times.skip(1).collect();
    times.sort_by(f64::total_cmp);
    (stats::median(&times), answer.to_owned())
}

fn printed(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

impl Row {
    fn bare(&self, program: &Path) -> Run {
        let mut command = environment::program(program);
        command.args([self.scale, SAMPLES].map(|number| number.to_string()));
        let text = printed(command.args(self.more));
        let samples = text
            .lines()
            .map(|line| line.split_once(' ').expect("two words"));
        let times = samples
            .clone()
            .map(|(time, _)| time.parse().expect("a number"));
        let (_, answer) = samples.clone().next().expect("a sample");
        run(times, answer)
    }

    fn case(&self, program: &Path) -> Run {
        let mut command = environment::program(program);
        let [_, name] = self.case;
        command.args(arguments(name, Some(self.scale), SAMPLES));
        let lines = lines(printed(&mut command).as_bytes());
        let answer = lines.iter().find_map(|line| line.get("answer")?.as_str());
        let times = lines
            .iter()
            .filter_map(|line| line.get("wall_ns")?.as_f64());
        run(times, answer.expect("an answer"))
    }

    /// The time of the bare program over that of the case, with its interval, as a line; and whether they agree.
    fn compare(&self, language: Language, [ours, theirs]: [&PathBuf; 2]) -> (String, bool) {
        let mut pairs = Vec::new();
        for block in 0..BLOCKS {
            let (bare, case) = if block % 2 == 0 {
                let bare = self.bare(theirs);
                (bare, self.case(ours))
            } else {
                let case = self.case(ours);
                (self.bare(theirs), case)
            };
            assert_eq!(bare.1, case.1, "{}: the answers", self.name);
            pairs.push((bare.0, case.0));
        }
        let found = stats::ratio(&pairs).expect("enough blocks");
        let agrees = !found.outside(1.0, 1.0) || found.inside(1.0 / MAX_RATIO, MAX_RATIO);
        let mut line = String::new();
        let name = format!("{} {}", self.name, self.more.join(" "));
        let _ = write!(
            line,
            "{:<5} {name:<10} {:.3} [{:.3}, {:.3}]{}",
            language.name(),
            found.value,
            found.low,
            found.high,
            if agrees { "" } else { "  APART" }
        );
        (line, agrees)
    }
}

#[test]
#[ignore = "times for a quarter of an hour, on a machine that does nothing else; cargo make deep bare runs it"]
fn cases_take_as_long_as_bare_programs() {
    let builds = [
        (Language::Go, BuildVariant::Go, "go"),
        (Language::Rust, BuildVariant::System, "rs"),
    ];
    programs::build_go_timed(project(), BuildVariant::Go).expect("the Go programs");
    programs::build_timed(project(), BuildVariant::System).expect("the Rust programs");
    let folder = tempfile::tempdir().expect("a folder");
    let mut apart = Vec::new();
    println!("bare ÷ case, 95 % interval");
    for row in &ROWS {
        for (language, build, ending) in builds {
            let source = format!("timed/{}.{ending}", row.name);
            if !project().root.join("tests/bare").join(&source).is_file() {
                continue;
            }
            let ours = Folders::locate(project()).program(Some(build), row.case[0]);
            let (line, agrees) = row.compare(language, [&ours, &bare(&source, folder.path())]);
            println!("{line}");
            if !agrees {
                apart.push(line);
            }
        }
    }
    assert!(apart.is_empty(), "{apart:#?}");
}

#[test]
#[ignore = "builds the timed programs; cargo make deep bare runs it"]
fn a_ring_of_a_timed_server_has_its_memory_before_the_first_request() {
    programs::build_go_timed(project(), BuildVariant::Go).expect("the Go programs");
    programs::build_timed(project(), BuildVariant::System).expect("the Rust programs");
    for (language, build) in [("Go", BuildVariant::Go), ("Rust", BuildVariant::System)] {
        let program = Folders::locate(project()).program(Some(build), "server");
        let peak =
            |ring: &str| Server::start_program(language, &program, &["--mixed", ring]).peak();
        let more = peak("1000000").saturating_sub(peak("1"));
        assert!(more > 15_000_000, "{language}: {more} bytes for 16 MB");
    }
}
