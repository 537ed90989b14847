//! Memcheck watches the Rust programs with the system's allocator: no error, and no leak but those that
//! are there to be seen. Takes minutes: `cargo make deep` runs it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use lab::{programs, settings::Build, toolchain::on_path, tools, verify};
use tests::project;

/// Scripts that hold no number as large as this are quick enough.
const LARGE: u64 = 5_000;

/// How many scripts of a topic are watched.
const SAMPLE: usize = 4;

/// What loses memory on purpose, with the bytes: two knots of two nodes and what they hold; a value
/// whose address only bytes know.
const KNOTS: u64 = 208;
const HIDDEN: u64 = 48;

/// `Box::leak`, and besides it a cycle and a channel, of which the library decides the size.
const LEAKED: u64 = 1024;
const BESIDE: std::ops::RangeInclusive<u64> = 200..=4096;

/// What memcheck found: errors of access, and bytes that nobody refers to any more.
struct Found {
    errors: bool,
    lost: u64,
    says: String,
}

/// Runs a program under memcheck; none where there is no valgrind and none is required.
fn watch(topic: &str, arguments: &[&str]) -> Option<Found> {
    let Some(valgrind) = on_path("valgrind") else {
        assert!(!tools::required(), "valgrind is missing");
        println!("skipped: valgrind is missing");
        return None;
    };
    let project = project();
    if let Err(error) = programs::build_timed(project, Build::System) {
        panic!("{error:#}");
    }
    let program = programs::timed(project).join("system").join(topic);
    let watched = Command::new(valgrind)
        // Leaks are counted below; only other errors make it fail.
        .args(["--leak-check=full", "--error-exitcode=99"])
        .args(["--errors-for-leak-kinds=none", "--track-fds=no"])
        .arg(&program)
        .args(arguments)
        .current_dir(&project.root)
        .output()
        .expect("valgrind starts");
    let alone = Command::new(&program)
        .args(arguments)
        .current_dir(&project.root)
        .output()
        .expect("the program starts");
    let says = String::from_utf8_lossy(&watched.stderr).into_owned();
    assert_eq!(
        watched.stdout, alone.stdout,
        "{topic} {arguments:?}\n{says}"
    );
    Some(Found {
        errors: watched.status.code() != alone.status.code(),
        lost: lost(&watched),
        says,
    })
}

/// What is definitely or indirectly lost; what a pointer leads into the middle of is not lost.
fn lost(watched: &Output) -> u64 {
    let says = String::from_utf8_lossy(&watched.stderr);
    let bytes = |kind: &str| {
        let (_, rest) = says.split_once(kind)?;
        let (bytes, _) = rest.trim_start().split_once(" bytes")?;
        bytes.replace(',', "").parse::<u64>().ok()
    };
    // Nothing is listed where every block was freed.
    bytes("definitely lost:").unwrap_or(0) + bytes("indirectly lost:").unwrap_or(0)
}

fn is_quick(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut words = text.split_whitespace();
    !text.is_empty()
        && words
            .all(|word| word.parse().is_ok_and(|n: u64| n < LARGE) || word.parse::<u64>().is_err())
}

#[test]
#[ignore = "takes minutes: cargo make deep"]
fn no_demo_touches_or_loses_memory_that_it_should_not() {
    for topic in &project().topics {
        let Some(found) = watch(&topic.name, &["demo"]) else {
            return;
        };
        assert!(
            !found.errors && found.lost == 0,
            "{}\n{}",
            topic.name,
            found.says
        );
    }
}

#[test]
#[ignore = "takes minutes: cargo make deep"]
fn no_script_touches_or_loses_memory_that_it_should_not() {
    let project = project();
    for topic in &project.topics {
        let scripts = verify::scripts(project, topic).expect("the folder can be read");
        let quick = scripts
            .iter()
            .filter(|path| is_quick(&project.root.join(path)));
        for script in quick.take(SAMPLE) {
            let script = script.to_string_lossy();
            let Some(found) = watch(&topic.name, &["replay", &script]) else {
                return;
            };
            assert!(!found.errors && found.lost == 0, "{script}\n{}", found.says);
        }
    }
}

#[test]
#[ignore = "takes minutes: cargo make deep"]
fn what_is_lost_on_purpose_is_lost_and_nothing_else() {
    let lost = |topic| {
        let found = watch(topic, &["contrast"])?;
        assert!(!found.errors, "{}", found.says);
        Some(found.lost)
    };
    let (Some(cycles), Some(allocator), Some(leaks)) =
        (lost("cycles"), lost("allocator"), lost("leaks"))
    else {
        return;
    };
    assert_eq!(cycles, KNOTS, "bytes of two nodes that hold each other");
    assert_eq!(
        allocator, HIDDEN,
        "bytes of a value whose address is hidden"
    );
    assert!(BESIDE.contains(&(leaks - LEAKED)), "{leaks} bytes of leaks");
    for topic in [
        "reclaim",
        "pauses",
        "sharing",
        "footprint",
        "destruction",
        "deadline",
    ] {
        assert_eq!(lost(topic), Some(0), "{topic}");
    }
}
