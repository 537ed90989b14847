//! The figures of measured cases agree with sources that are independent of them: the system's view of
//! a bare program, the collector's own trace, valgrind, the memory profile.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Stdio},
};

use lab_workspace::{
    environment, optional_tools,
    toolchain::{Go, on_path},
};
use serde_json::Value;
use tests::{Pair, project};

/// The cases whose allocations are counted twice, with a size that valgrind does in seconds.
const COUNTED: [(&str, &str, &str); 3] = [
    ("reclaim", "window", "10000"),
    ("footprint", "grow_release", "10000"),
    ("cycles", "tree", "10000"),
];

/// Allocations of a process before and after the counted part.
const UNCOUNTED: RangeInclusive<i64> = 0..=500;

/// The figures of this name that `measure` printed, from the last object with it.
fn figure<'a>(lines: &'a [Value], group: &str, name: &str) -> &'a Value {
    let found = lines
        .iter()
        .rev()
        .find_map(|line| line.get(group)?.get(name));
    found.unwrap_or_else(|| panic!("no {group}.{name} in {lines:?}"))
}

/// The objects that `measure` printed.
pub fn lines(printed: &[u8]) -> Vec<Value> {
    let text = str::from_utf8(printed).expect("text");
    let parse = |line| serde_json::from_str(line).expect("an object a line");
    text.lines().map(parse).collect()
}

/// Builds a program of `tests/bare`. What bare programs of a folder share is `sample`.
pub(crate) fn bare(name: &str, folder: &Path) -> PathBuf {
    let source = project().root.join("tests/bare").join(name);
    let program = folder.join(name.replace(['/', '.'], "-"));
    let is_go = source.extension().is_some_and(|ending| ending == "go");
    let mut compiler = if is_go {
        let mut go = Go::find(project()).expect("a Go").command(project());
        go.args(["build", "-buildvcs=false"]);
        go
    } else {
        let mut rustc = environment::rustc();
        rustc.args(["--edition", "2024", "-O"]);
        rustc
    };
    compiler.arg("-o").arg(&program).arg(&source);
    let shared = source.with_file_name("sample.go");
    if is_go && shared.is_file() {
        compiler.arg(shared);
    }
    let built = compiler.status();
    assert!(built.expect("a compiler").success(), "{name}");
    program
}

/// A bare program that stops before and after its work.
struct Bare {
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Bare {
    fn start(program: &Path, count: usize) -> Self {
        let mut child = environment::program(program)
            .arg(count.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bare program starts");
        let says = BufReader::new(child.stdout.take().expect("a pipe"));
        Bare { child, says }
    }

    /// Waits until it prints this; returns its resident memory.
    fn resident_at(&mut self, expected: &str) -> u64 {
        let mut line = String::new();
        self.says.read_line(&mut line).expect("a line");
        assert_eq!(line.trim_end(), expected);
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = fs::read_to_string(path).expect("Linux tells");
        let row = text.lines().find_map(|line| line.strip_prefix("Rss:"));
        let kibibytes = row.and_then(|row| row.split_whitespace().next());
        kibibytes
            .expect("a row Rss")
            .parse::<u64>()
            .expect("a number")
            * 1024
    }

    fn go_on(&mut self) {
        let mut stdin = self.child.stdin.as_ref().expect("a pipe");
        stdin.write_all(b"\n").expect("it waits");
    }

    /// Resident bytes per node.
    fn bytes_per_node(program: &Path, count: usize) -> f64 {
        let mut bare = Bare::start(program, count);
        let empty = bare.resident_at("empty");
        bare.go_on();
        let grown = bare.resident_at("grown");
        bare.go_on();
        assert!(bare.child.wait().expect("it ends").success());
        (grown - empty) as f64 / count as f64
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_nodes_bytes_are_those_that_the_system_sees_in_a_bare_program() {
    // The system gives memory in pieces of up to 2 MiB: of `COUNT` nodes that is a hundredth at most.
    const COUNT: usize = 10_000_000;
    let scale = COUNT.to_string();
    let pair = Pair::of("footprint");
    let folder = tempfile::tempdir().expect("a folder");
    for (language, source) in [("Go", "list.go"), ("Rust", "list.rs")] {
        let program = bare(source, folder.path());
        let seen = Bare::bytes_per_node(&program, COUNT);
        let arguments = ["measure", "grown", "--samples", "1", "--scale", &scale];
        let mut command = match language {
            "Go" => pair.go(&arguments),
            _ => pair.rust(&arguments),
        };
        let printed = command.assert().success();
        let lines = lines(&printed.get_output().stdout);
        assert_eq!(lines[0]["scale"], COUNT);
        let reported = lines[1]["node_bytes"].as_f64().expect("a figure");
        println!("{language}: {reported:.2} bytes a node, {seen:.2} in a bare program");
        assert!(
            (reported / seen - 1.0).abs() <= 0.03,
            "{language}: {reported} against {seen}"
        );
    }
}

/// One collection as `GODEBUG=gctrace=1` tells it, in milliseconds: pauses by the clock; CPU time of
/// assists, of dedicated and of idle workers. Each is cut off behind its last digit, hence a least and
/// a most.
fn traced(line: &str) -> [[f64; 2]; 4] {
    let part = |end: &str| -> Vec<&str> {
        let (before, _) = line.split_once(end).unwrap_or_else(|| panic!("{line}"));
        let (_, figures) = before.rsplit_once([' ']).expect("figures");
        figures.split(['+', '/']).collect()
    };
    let bounds = |text: &str| {
        let least: f64 = text
            .parse()
            .unwrap_or_else(|_| panic!("{text:?} in {line}"));
        let digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
        let more = if text == "0" {
            0.0
        } else {
            0.1_f64.powi(digits as i32)
        };
        [least, least + more]
    };
    let (clock, cpu) = (part(" ms clock"), part(" ms cpu"));
    let [first, second] = [bounds(clock[0]), bounds(clock[2])];
    let pauses = [first[0] + second[0], first[1] + second[1]];
    [pauses, bounds(cpu[1]), bounds(cpu[2]), bounds(cpu[3])]
}

#[test]
fn the_collectors_figures_are_those_of_its_trace() {
    let pair = Pair::of("reclaim");
    let mut command = pair.go(&["measure", "window", "--samples", "3"]);
    let printed = command.env("GODEBUG", "gctrace=1").assert().success();
    let lines = lines(&printed.get_output().stdout);
    let runtime_figure = |name| figure(&lines, "runtime", name);
    let trace = String::from_utf8_lossy(&printed.get_output().stderr).into_owned();
    let trace: Vec<&str> = trace
        .lines()
        .filter(|line| line.starts_with("gc "))
        .collect();
    // Reading asks for a collection before and after what is measured.
    let is_forced = |line: &&str| line.ends_with("(forced)");
    let mut forced = (0..trace.len()).filter(|&place| is_forced(&trace[place]));
    let (before, after) = (forced.next().expect("one"), forced.next().expect("another"));
    let cycles: Vec<_> = trace[before + 1..after]
        .iter()
        .map(|line| traced(line))
        .collect();
    assert!(cycles.len() > 20, "{} collections", cycles.len());
    assert_eq!(runtime_figure("collections"), cycles.len());

    let pauses = runtime_figure("pauses_ns").as_array().expect("a list");
    let sum = |of: fn(f64, f64) -> f64| -> f64 {
        let each = pauses.iter().map(|pair| {
            of(
                pair[0].as_f64().expect("ns"),
                pair[1].as_f64().expect("a count"),
            )
        });
        each.sum()
    };
    // The last collection may have begun before the reading and ended after it.
    let count = sum(|_, count| count) as usize;
    assert!(
        (2 * cycles.len() - 2..=2 * cycles.len()).contains(&count),
        "{count} pauses"
    );
    let pauses = sum(|end, count| end * count) / 1e6;
    let cpu = |name| runtime_figure(name).as_f64().expect("a figure") / 1e6;
    let reported = [
        ("pauses", pauses),
        ("assists", cpu("gc_assist_cpu_ns")),
        ("dedicated", cpu("gc_dedicated_cpu_ns")),
        ("idle", cpu("gc_idle_cpu_ns")),
    ];
    for (place, (name, reported)) in reported.into_iter().enumerate() {
        let whole = &cycles[..cycles.len() - 1];
        let least: f64 = whole.iter().map(|cycle| cycle[place][0]).sum();
        let most: f64 = cycles.iter().map(|cycle| cycle[place][1]).sum();
        println!("{name}: {reported:.3} ms, {least:.3} to {most:.3} in the trace");
        // The runtime tells a pause as the upper end of its bucket, at most a quarter above it.
        let most = if place == 0 { most * 1.25 } else { most };
        // Times below a microsecond are not in the trace.
        let slack = cycles.len() as f64 * 1e-3;
        assert!((least - slack..=most + slack).contains(&reported), "{name}");
    }
}

#[test]
fn rusts_allocations_are_those_that_valgrind_counts() {
    let Some(valgrind) = on_path("valgrind") else {
        assert!(!optional_tools::required(), "valgrind is missing");
        println!("skipped: valgrind is missing");
        return;
    };
    for (topic, case, scale) in COUNTED {
        let rust = Pair::of(topic).rust(&[]);
        let done = environment::program(&valgrind)
            .arg(rust.get_program())
            .args(["measure", case, "--scale", scale, "--samples", "1"])
            .output()
            .expect("valgrind starts");
        assert!(done.status.success(), "{topic}/{case}");
        let says = String::from_utf8_lossy(&done.stderr).into_owned();
        let total = says
            .lines()
            .find_map(|line| line.split_once("total heap usage: "));
        let (_, total) = total.unwrap_or_else(|| panic!("{says}"));
        let (total, _) = total.split_once(" allocs").expect("a count");
        let seen: i64 = total.replace(',', "").parse().expect("a number");
        let reported = figure(&lines(&done.stdout), "runtime", "allocations")
            .as_i64()
            .expect("a count");
        println!("{topic}/{case}: {reported} allocations, {seen} by valgrind");
        assert!(reported > 5000, "{topic}/{case} allocates");
        assert!(
            UNCOUNTED.contains(&(seen - reported)),
            "{topic}/{case}: {reported} against {seen}"
        );
    }
}

#[test]
fn gos_allocations_are_those_of_the_memory_profile_at_rate_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let main = fs::read_to_string(
        project()
            .root
            .join("tests/tests/tools/agreement/memory_profile_main.go"),
    )
    .expect("a source");
    for (topic, case, scale) in COUNTED {
        // The compiler takes this file in place of the topic's own main.
        let (source, overlay) = (
            folder.path().join("main.go"),
            folder.path().join("overlay.json"),
        );
        fs::write(&source, main.replace("footprint", topic)).expect("a file");
        let own = project().root.join("go/cmd").join(topic).join("main.go");
        let replace = serde_json::json!({"Replace": {own.to_string_lossy(): source}});
        fs::write(&overlay, replace.to_string()).expect("a file");
        let program = folder.path().join("program");
        let mut compiler = Go::find(project()).expect("a Go").command(project());
        compiler
            .args(["build", "-buildvcs=false", "-overlay"])
            .arg(&overlay);
        let built = compiler
            .arg("-o")
            .arg(&program)
            .arg(format!("./cmd/{topic}"))
            .status();
        assert!(built.expect("go build starts").success(), "{topic}");
        let done = environment::program(&program)
            .args(["measure", case, "--scale", scale, "--samples", "1"])
            .output()
            .expect("it starts");
        let seen = String::from_utf8_lossy(&done.stderr).into_owned();
        let seen: i64 = seen.trim().parse().unwrap_or_else(|_| panic!("{seen}"));
        let reported = figure(&lines(&done.stdout), "runtime", "allocations")
            .as_i64()
            .expect("a count");
        println!("{topic}/{case}: {reported} allocations, {seen} in the profile");
        assert!(reported > 5000, "{topic}/{case} allocates");
        assert!(
            UNCOUNTED.contains(&(reported - seen)),
            "{topic}/{case}: {reported} against {seen}"
        );
    }
}
