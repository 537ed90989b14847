//! The playground on this machine: facts, a measured case, verdicts, limits, and what a browser leaves behind.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use book::browser::Browser;
use serde_json::{Value, json};
use tests::process::{signal, wait_until};

use super::{
    attack::slow,
    book_server::{BookServer, LIMIT, is_running},
    editor::{SHOWN, playing, select, text, write},
    root,
};

/// Opens the part of the playground that asks and measures.
const OPEN_HERE: &str = "document.querySelector('#playground .here').open = true";

/// Clicks the button of that part whose label begins so.
fn click(browser: &mut Browser, label: &str) {
    let click = format!(
        "[...document.querySelectorAll('#playground .here button')].find(button => button.textContent.startsWith('{label}')).click()"
    );
    browser.eval(&click).unwrap();
}

/// The rows of the table with this label, a text a cell.
fn rows(browser: &mut Browser, label: &str) -> Value {
    let all = format!(
        "[...document.querySelectorAll('#playground [aria-label=\"{label}\"] tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
    );
    let some = format!("{all}.length > 0");
    browser.wait(&some).unwrap();
    browser.eval(&all).unwrap()
}

#[test]
fn both_programs_are_asked_for_the_facts_that_differ() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    browser.eval(OPEN_HERE).unwrap();
    click(&mut browser, "Ask both programs");
    let shown = rows(&mut browser, "What differs here");
    let request = server.posting("/playground/cycles/contrast", &[], "{}");
    let facts = server.send(&request).json();
    assert!(facts.as_array().unwrap().len() > 3, "{facts}");
    assert_eq!(shown, facts);
}

#[test]
fn the_claims_of_a_chapter_are_judged_by_own_results() {
    // Its folder of results holds a run of reclaim/window.
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "reclaim", "") else {
        return;
    };
    browser.eval(OPEN_HERE).unwrap();
    click(&mut browser, "Judge the claims");
    let verdicts = rows(&mut browser, "The claims by your own results");
    let mut own = 0;
    for row in verdicts.as_array().unwrap() {
        let id = row[0].as_str().unwrap().to_lowercase();
        let is_there = format!("!!document.getElementById('claim-{id}')");
        assert_eq!(browser.eval(&is_there).unwrap(), json!(true), "{row}");
        let measured = row[4].as_str().unwrap();
        own += usize::from(measured.contains("2033-05-18: cargo lab measure"));
    }
    // A case that was measured from a page of this project's own book is newer.
    assert!(own > 0, "{verdicts}");
}

#[test]
fn a_limit_is_told_as_a_limit() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    write(&mut browser, &slow());
    let says = text(&mut browser, ".compared.limit");
    assert_eq!(
        says,
        "Limit. Go: stopped at the playground's limit of 2 s. The output before it is the same."
    );
    browser
        .wait("!document.querySelector('.memory').hidden")
        .unwrap();
    let says = text(&mut browser, ".memory");
    assert!(
        says.starts_with("This script has no trace: Go stopped"),
        "{says}"
    );
    // So is a script that is too long, of which a character takes two bytes.
    select(&mut browser);
    browser
        .type_in(&format!("# {}", "\u{e4}".repeat(40_000)))
        .unwrap();
    let too_long = "document.querySelector('.compared').textContent.startsWith('A script has at most 64 KiB.')";
    browser.wait(too_long).unwrap();
}

#[test]
fn a_killed_browser_leaves_no_program() {
    let server = BookServer::start();
    let Some(mut browser) = playing(&server, "server", "") else {
        return;
    };
    browser.eval(OPEN_HERE).unwrap();
    let programs = server.stop_programs(|| click(&mut browser, "Ask both programs"));
    let begun = Instant::now();
    drop(browser);
    wait_until(LIMIT, "the run ends", || {
        !programs.iter().any(|pid| is_running(*pid))
    });
    // By itself it would end at the limit of half a minute.
    assert!(begun.elapsed() < Duration::from_secs(25));
    let reply = server.performed("cycles", "node\nalive\n");
    assert_eq!(reply["comparison"], "same");
}

/// One measurement at a time writes to the folder of results. Were these two tests, the second would wait for
/// all that the first has to build, and no other test would run meanwhile.
#[test]
fn a_case_is_measured_and_a_measurement_is_stopped() {
    a_case_is_measured_with_figure_interval_and_control();
    a_measurement_ends_with_the_button_and_with_the_server();
}

fn a_case_is_measured_with_figure_interval_and_control() {
    let server = BookServer::start();
    let Some(mut browser) = playing(&server, "cycles", "") else {
        return;
    };
    browser.eval(OPEN_HERE).unwrap();
    let chosen = "document.getElementById('script-case').value = 'tree'";
    browser.eval(chosen).unwrap();
    click(&mut browser, "Measure here");
    let is_over = "/Go took|not measured/.test(document.querySelector('.measured').textContent)";
    let (mut has_bar, mut says) = (false, String::new());
    // The lab and the programs may have to be built first.
    let deadline = Instant::now() + Duration::from_mins(16);
    while browser.eval(is_over).unwrap() != json!(true) {
        says = text(&mut browser, ".measured");
        assert!(Instant::now() < deadline, "{says}");
        let bar = "document.querySelector('#playground progress').checkVisibility()";
        has_bar |= browser.eval(bar).unwrap() == json!(true);
        // Beside a measurement nothing runs.
        let beside = server.replaying("cycles", "node\n");
        if says.contains("block ") && server.send(&beside).status != 429 {
            let job = server.get("/playground/measured").json();
            assert_eq!(job["state"], "done");
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert!(has_bar, "{says}");
    let says = text(&mut browser, ".measured");
    for part in [
        "cycles/tree: Go took ",
        "× as long as Rust, 95 % interval [",
        "control: a program took ",
    ] {
        assert!(says.contains(part), "{says}");
    }
    // Now this machine says how long it takes.
    let label = "[...document.querySelectorAll('#playground .here button')].some(button => /^Measure here: about \\d+ s$/.test(button.textContent))";
    browser.wait(label).unwrap();
}

fn a_measurement_ends_with_the_button_and_with_the_server() {
    let mut server = BookServer::start();
    let begin = server.posting("/playground/cycles/measure", &[], r#"{"case":"tree"}"#);
    let stop = server.posting("/playground/stop", &[], "{}");
    let state = |server: &BookServer| server.get("/playground/measured").json()["state"].clone();
    assert_eq!(state(&server), "none");
    let unknown = server.posting("/playground/cycles/measure", &[], r#"{"case":"x"}"#);
    assert_eq!(server.send(&unknown).status, 404);
    assert_eq!(server.send(&begin).status, 202);
    assert_eq!(server.send(&begin).status, 409, "one at a time");
    let beside = server.replaying("cycles", "node\n");
    assert_eq!(server.send(&beside).status, 429);
    assert_eq!(server.send(&stop).status, 204);
    wait_until(LIMIT, "it fails", || state(&server) == "failed");
    let answer = server.get("/playground/measured").json();
    assert_eq!(answer["why"], "it was stopped");
    wait_until(LIMIT, "nothing runs", || server.children().is_empty());
    // The lab ends with a server that is killed and can end nothing.
    assert_eq!(server.send(&begin).status, 202);
    wait_until(LIMIT, "the lab runs", || !server.children().is_empty());
    let children = server.children();
    signal("KILL", server.child.id().into());
    server.child.wait().unwrap();
    wait_until(LIMIT, "the lab ends with the server", || {
        !children.iter().any(|pid| is_running(*pid))
    });
}

/// A script of a thousand lines, of which twenty settle.
pub fn thousand_lines() -> String {
    let line = "node\nchildren 1\n".repeat(24);
    format!("{line}settle\nalive\n").repeat(20)
}

#[test]
fn a_script_of_a_thousand_lines_is_performed() {
    let server = BookServer::shared();
    let script = thousand_lines();
    assert_eq!(script.lines().count(), 1_000);
    assert_eq!(script.matches("settle").count(), 20);
    // A machine that is busy may reach the limit of 2 s once.
    let is_performed = |_| {
        let reply = server.replay("cycles", &script);
        assert_ne!(reply["comparison"], "differs");
        reply["comparison"] == "same"
    };
    assert!((0..10).any(is_performed), "no run ends in time");
}

#[test]
fn axe_finds_no_violation_in_the_editor() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let axe = fs::read_to_string(root().join("tests/axe/axe.min.js")).unwrap();
    browser.eval(OPEN_HERE).unwrap();
    click(&mut browser, "Ask both programs");
    rows(&mut browser, "What differs here");
    write(&mut browser, "node\nfoo\n");
    browser.type_in("n").unwrap();
    browser.wait(SHOWN).unwrap();
    browser.eval(&format!("{axe};0")).unwrap();
    for theme in ["light", "dark"] {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        browser.call("Emulation.setEmulatedMedia", &media).unwrap();
        let found = browser.eval(
            "axe.run('#playground').then(results => results.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`))",
        );
        assert_eq!(found.unwrap(), json!([]), "{theme}");
    }
}
