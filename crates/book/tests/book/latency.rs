//! How long the playground takes to answer. It needs a quiet machine and an optimized build:
//! `cargo make deep playground`.

use std::{fs, time::Instant};

use lab_verify::verify;
use lab_workspace::project::Project;

use super::{book_server::BookServer, measuring::thousand_lines, root};

/// Most milliseconds from a request to its answer.
const MAX_MILLISECONDS: f64 = 100.0;

/// Runs of the script of a thousand lines.
const RUNS: usize = 40;

/// Runs of each kept script.
const KEPT_RUNS: usize = 5;

/// Kept scripts that are printed: those that take longest.
const SLOWEST: usize = 12;

/// Clock ticks in a second of CPU time.
const TICKS: f64 = 100.0;

/// Median times of runs of one script, in milliseconds.
struct Times {
    answer: f64,
    go: f64,
    rust: f64,
    /// User and system time of the server and its programs, the mean.
    cpu: f64,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// User and system time of a server and of the programs that it has waited for, in milliseconds.
fn cpu(server: &BookServer) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.child.id())).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let times = fields.split_whitespace().skip(11).take(4);
    times
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / TICKS
        * 1e3
}

fn measure(server: &BookServer, topic: &str, script: &str, runs: usize) -> Times {
    let before = cpu(server);
    let (mut answers, mut go, mut rust) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let begun = Instant::now();
        let reply = server.replay(topic, script);
        answers.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_ne!(reply["comparison"], "differs", "{topic}: {script}");
        go.push(reply["go"]["milliseconds"].as_f64().unwrap());
        rust.push(reply["rust"]["milliseconds"].as_f64().unwrap());
    }
    Times {
        answer: median(answers),
        go: median(go),
        rust: median(rust),
        cpu: (cpu(server) - before) / runs as f64,
    }
}

fn show(name: &str, times: &Times) {
    let Times {
        answer,
        go,
        rust,
        cpu,
    } = times;
    println!("{name}: answer {answer:.1} ms (Go {go:.1} ms, Rust {rust:.1} ms), CPU {cpu:.1} ms");
}

#[test]
#[ignore = "it measures: the machine has to be quiet"]
fn an_answer_comes_within_a_tenth_of_a_second() {
    let server = BookServer::start();
    let project = Project::at(&root()).unwrap();
    for topic in &project.topics {
        let opened = server.get(&format!("/playground/{}", topic.name));
        assert_eq!(opened.status, 200, "{}", opened.body);
    }
    let long = measure(&server, "cycles", &thousand_lines(), RUNS);
    show("cycles, 1,000 lines with 20 settles", &long);
    let mut kept = Vec::new();
    for topic in &project.topics {
        for path in verify::scripts(&project, topic).unwrap() {
            let Ok(script) = fs::read_to_string(root().join(&path)) else {
                continue;
            };
            let times = measure(&server, &topic.name, &script, KEPT_RUNS);
            kept.push((path.display().to_string(), times));
        }
    }
    kept.sort_by(|(_, one), (_, other)| other.answer.total_cmp(&one.answer));
    for (name, times) in kept.iter().take(SLOWEST) {
        show(name, times);
    }
    let middle = median(kept.iter().map(|(_, times)| times.answer).collect());
    println!("{} kept scripts: median answer {middle:.1} ms", kept.len());
    assert!(long.answer < MAX_MILLISECONDS, "{:.1} ms", long.answer);
    assert!(middle < MAX_MILLISECONDS, "{middle:.1} ms");
}
