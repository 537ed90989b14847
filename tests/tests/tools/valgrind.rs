//! Memcheck watches the Rust programs: no error, and no leak but those that
//! are there to be seen. One pair is watched in every run; all of them take minutes: `cargo make deep`.

use std::{fs, io::Write as _, ops::RangeInclusive, path::PathBuf, process::Output};

use lab_verify::{difftest, verify};
use lab_workspace::{environment, optional_tools, programs, toolchain::on_path};
use tests::project;

/// Scripts with a larger number are too slow.
const LARGE: u64 = 5_000;

/// How many kept scripts of a topic are watched, and how many are generated, from which seed.
const KEPT: usize = 4;
const GENERATED: usize = 60;
const SEED: u64 = 1;

/// Blocks that the facts of a topic lose on purpose. `cycles`: three knots of a thousand nodes, each with
/// the list of its links, and a tally. `allocator`: ten values whose addresses only bytes know, and their
/// tally. `destruction`: the list of files that are forgotten. `leaks`: a ring of a thousand values and its
/// tally; besides, a channel with its letters, in as many blocks as the library likes.
const LOST: [(&str, RangeInclusive<usize>); 4] = [
    ("cycles", 6_003..=6_003),
    ("allocator", 11..=11),
    ("destruction", 1..=1),
    ("leaks", 1_003..=1_100),
];

/// Findings of memcheck: errors of access, and the sizes of lost blocks.
struct Found {
    errors: bool,
    lost: Vec<u64>,
    says: String,
}

/// A topic's ordinary program, which counts its allocations.
fn program(topic: &str) -> PathBuf {
    let built = programs::build(project(), &[topic]);
    let built = built.unwrap_or_else(|error| panic!("{error:#}"));
    built.rust.join(topic)
}

/// Runs a program under memcheck; `None` if valgrind is missing and not required.
fn watch(topic: &str, arguments: &[&str]) -> Option<Found> {
    let Some(valgrind) = on_path("valgrind") else {
        assert!(!optional_tools::required(), "valgrind is missing");
        println!("skipped: valgrind is missing");
        return None;
    };
    let (root, program) = (&project().root, program(topic));
    let watched = environment::program(valgrind)
        // Leaks are counted below; only other errors make it fail.
        .args(["--leak-check=full", "--error-exitcode=99"])
        .arg("--show-leak-kinds=definite,indirect,possible")
        .args(["--errors-for-leak-kinds=none", "--track-fds=no"])
        .arg(&program)
        .args(arguments)
        .current_dir(root)
        .output()
        .expect("valgrind starts");
    let alone = environment::program(&program)
        .args(arguments)
        .current_dir(root)
        .output()
        .expect("the program starts");
    let says = String::from_utf8_lossy(&watched.stderr).into_owned();
    assert_eq!(
        watched.stdout, alone.stdout,
        "{topic} {arguments:?}\n{says}"
    );
    assert!(
        alone.status.success() || !alone.stdout.is_empty(),
        "{topic} {arguments:?} does nothing: {}",
        String::from_utf8_lossy(&alone.stderr)
    );
    Some(Found {
        errors: watched.status.code() != alone.status.code(),
        lost: lost(&watched),
        says,
    })
}

/// The sizes of all blocks that are lost, from the records of losses.
fn lost(watched: &Output) -> Vec<u64> {
    let says = String::from_utf8_lossy(&watched.stderr);
    let lines: Vec<&str> = says
        .lines()
        .map(|line| line.rsplit("==").next().unwrap_or_default().trim())
        .collect();
    let records = lines.split(|line| line.is_empty());
    records.flat_map(blocks).collect()
}

/// The blocks of a record, and nothing for what is no record of a loss. A thread that still runs keeps
/// pointers into the middle of its handle and of its own storage, which only look lost.
fn blocks(record: &[&str]) -> Vec<u64> {
    let Some((summary, _)) = record
        .first()
        .and_then(|l| l.split_once(" lost in loss record"))
    else {
        return Vec::new();
    };
    let of_thread = |line: &&str| {
        line.contains("std::thread::thread::Thread>::new") || line.contains("pthread_create")
    };
    if summary.ends_with("possibly") && record.iter().any(of_thread) {
        return Vec::new();
    }
    let numbers: Vec<u64> = summary
        .replace(',', "")
        .split([' ', '('])
        .filter_map(|word| word.parse().ok())
        .collect();
    // "N bytes in M blocks", or "N (K direct, I indirect) bytes in M blocks": the others have their own.
    let ([bytes, count] | [_, bytes, _, count]) = numbers[..] else {
        panic!("not a record of a loss: {summary}");
    };
    vec![bytes / count; count as usize]
}

fn is_quick(script: &[u8]) -> bool {
    let text = String::from_utf8_lossy(script);
    let mut words = text.split_whitespace();
    !text.is_empty()
        && words
            .all(|word| word.parse().is_ok_and(|n: u64| n < LARGE) || word.parse::<u64>().is_err())
}

/// Watches a topic and demands no error, and nothing lost; false where there is no valgrind.
fn sound(topic: &str, arguments: &[&str]) -> bool {
    let Some(found) = watch(topic, arguments) else {
        return false;
    };
    let sound = !found.errors && found.lost.is_empty();
    assert!(sound, "{topic} {arguments:?}\n{}", found.says);
    true
}

#[test]
fn a_pair_loses_what_it_loses_on_purpose_and_nothing_else() {
    if sound("cycles", &["demo"]) {
        loses_on_purpose("cycles");
    }
}

/// Demands that a topic's facts lose what they are about; false where there is no valgrind.
fn loses_on_purpose(topic: &str) -> bool {
    let Some(found) = watch(topic, &["contrast"]) else {
        return false;
    };
    let expected = LOST.iter().find(|(of, _)| *of == topic);
    let expected = expected.map_or(0..=0, |(_, blocks)| blocks.clone());
    let count = found.lost.len();
    assert!(!found.errors, "{topic}\n{}", found.says);
    assert!(
        expected.contains(&count),
        "{topic} loses {count} blocks, not {expected:?}\n{}",
        found.says
    );
    true
}

#[test]
fn every_kind_of_loss_is_read() {
    let block = |summary: &str, stack: &str| {
        blocks(&[&format!("{summary} lost in loss record 1 of 8"), stack])
    };
    assert_eq!(block("1,024 bytes in 1 blocks are definitely", "f"), [1024]);
    assert_eq!(block("64 bytes in 2 blocks are indirectly", "f"), [32, 32]);
    let both = "1,656 (512 direct, 1,144 indirect) bytes in 1 blocks are definitely";
    assert_eq!(block(both, "f"), [512]);
    let possibly = "48 bytes in 1 blocks are possibly";
    assert_eq!(block(possibly, "f"), [48]);
    assert!(block(possibly, "<std::thread::thread::Thread>::new").is_empty());
    assert!(blocks(&["definitely lost: 16 bytes in 1 blocks"]).is_empty());
}

#[test]
#[ignore = "takes minutes: cargo make deep"]
fn no_demo_touches_or_loses_memory_that_it_should_not() {
    for topic in &project().topics {
        if !sound(&topic.name, &["demo"]) {
            return;
        }
    }
}

#[test]
#[ignore = "takes minutes: cargo make deep"]
fn no_script_touches_or_loses_memory_that_it_should_not() {
    let project = project();
    for topic in &project.topics {
        let scripts = verify::scripts(project, topic).expect("the folder can be read");
        let quick = scripts.iter().filter(|path| {
            let text = fs::read(project.root.join(path)).expect("a script");
            !text.is_empty() && is_quick(&text)
        });
        for script in quick.take(KEPT) {
            if !sound(&topic.name, &["replay", &script.to_string_lossy()]) {
                return;
            }
        }
    }
}

#[test]
#[ignore = "takes minutes: cargo make deep"]
fn no_generated_script_touches_or_loses_memory_that_it_should_not() {
    for topic in &project().topics {
        let output = environment::program(program(&topic.name))
            .arg("operations")
            .output();
        let table = String::from_utf8(output.expect("the program starts").stdout).expect("text");
        let scripts = difftest::sample(&topic.name, &table, SEED, GENERATED).expect("a table");
        let mut batch = tempfile::NamedTempFile::new().expect("a file");
        let mut count = 0;
        for script in scripts.iter().filter(|script| is_quick(script)) {
            let text = [format!("script {}\n", script.len()).as_bytes(), script].concat();
            batch.write_all(&text).expect("the file can be written");
            count += 1;
        }
        assert!(count >= GENERATED / 4, "{}: {count} are quick", topic.name);
        println!("{}: {count} generated scripts", topic.name);
        let path = batch.path().to_string_lossy();
        if !sound(&topic.name, &["replay", "--batch", &path]) {
            return;
        }
    }
}

#[test]
#[ignore = "takes minutes: cargo make deep"]
fn what_is_lost_on_purpose_is_lost_and_nothing_else() {
    for topic in &project().topics {
        if !loses_on_purpose(&topic.name) {
            return;
        }
    }
}
