//! Open pages while their book is written again, their programs are gone, or the server is old.

use std::{
    fs,
    process::{self, Command},
};

use actix_web::http::StatusCode;
use book::{browser::Browser, playground::api::Playground};
use lab_workspace::project::Project;
use serde_json::json;
use tests::process::{ended, wait_until};

use super::{
    BOOK,
    book_server::{BookServer, LIMIT},
    editor::{SHOWN, playing, text, write},
    made_up, root,
};

/// Lets the page's requests whose address ends so be answered once by this status and text.
fn answer_once(browser: &mut Browser, end: &str, status: StatusCode, text: &str) {
    let (status, text) = (status.as_u16(), json!(text));
    browser
        .eval(&format!(
            "window.fetch = (get => {{ let isFirst = true; return async (...words) => {{ \
             if (!isFirst || !String(words[0]).endsWith('{end}')) return get(...words); isFirst = false; \
             return new Response({text}, {{ status: {status} }}); }}; }})(window.fetch)"
        ))
        .unwrap();
}

#[test]
fn a_page_that_changed_is_loaded_again_with_the_script() {
    const SCRIPT: &str = "frame 1\nsettle\nalive\n";
    let server = BookServer::start();
    let Some(mut browser) = playing(&server, "deadline", "") else {
        return;
    };
    write(&mut browser, SCRIPT);
    browser.eval("window.before = 1").unwrap();
    // The claims of this chapter say on what they were measured.
    made_up::write(&server.results, "2033-05-19T033320Z", "the second");
    browser.wait(&format!("!window.before && {SHOWN}")).unwrap();
    assert_eq!(
        browser
            .eval("document.getElementById('script').value")
            .unwrap(),
        json!(SCRIPT)
    );
    let there = browser
        .eval("[document.activeElement.id, document.getElementById('script').selectionStart]");
    assert_eq!(there.unwrap(), json!(["script", SCRIPT.len()]));
}

#[test]
fn a_page_that_did_not_change_stays_and_performs_its_script_again() {
    let server = BookServer::start();
    let Some(mut browser) = playing(&server, "cycles", "") else {
        return;
    };
    write(&mut browser, "node\nalive\n");
    browser.eval("window.before = 1").unwrap();
    let runs = "performance.getEntriesByType('resource').filter(one => one.name.endsWith('/replay')).length";
    let runs_before = browser.eval(runs).unwrap();
    let version = || server.get("/playground/cycles/version").json();
    let before = version();
    fs::remove_file(server.folder().join("index.html")).unwrap();
    wait_until(LIMIT, "the book is written again", || {
        version()["version"] != before["version"]
    });
    let after = version();
    assert_eq!(after["page"], before["page"]);
    assert_eq!(after["is_outdated"], false);
    // The script was performed when it was typed, and is now.
    browser.wait(&format!("{runs} > {runs_before}")).unwrap();
    assert_eq!(browser.eval("window.before").unwrap(), json!(1));
}

#[test]
fn a_page_says_that_the_server_is_older_than_its_code() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let mut old = server.get("/playground/cycles/version").json();
    old["is_outdated"] = json!(true);
    answer_once(&mut browser, "/version", StatusCode::OK, &old.to_string());
    browser
        .wait("!!document.querySelector('#playground .outdated')")
        .unwrap();
    let says = text(&mut browser, ".outdated");
    assert!(
        says.starts_with("The book's own code or style changed") && says.contains("start it again"),
        "{says}"
    );
}

#[test]
fn only_a_server_whose_code_changed_is_outdated() {
    let project = Project::at(&root()).unwrap();
    let results = tempfile::tempdir().unwrap();
    let playground = Playground::new(&project, &BOOK, results.path()).unwrap();
    assert!(!playground.is_outdated());
    playground.outdate();
    playground.renew(&project);
    assert!(playground.is_outdated());
}

#[test]
fn a_page_waits_for_programs_that_are_being_built() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let why = "The programs of cycles are gone, as after cargo clean.";
    answer_once(
        &mut browser,
        "/replay",
        StatusCode::SERVICE_UNAVAILABLE,
        why,
    );
    // It stands there for a second only.
    let watch = "window.said = ''; \
                 const compared = document.querySelector('.compared'); \
                 new MutationObserver(() => { window.said += compared.textContent; }) \
                     .observe(compared, { childList: true, characterData: true, subtree: true });";
    browser.eval(watch).unwrap();
    browser
        .eval("document.getElementById('script').select()")
        .unwrap();
    browser.type_in("node\nalive\n").unwrap();
    let is_told = format!("window.said.includes('{why}')");
    browser.wait(&is_told).unwrap();
    // It asks again by itself.
    browser.wait(SHOWN).unwrap();
    assert!(text(&mut browser, ".compared").starts_with("same output"));
}

#[test]
fn a_deleted_folder_of_temporary_files_stops_no_script() {
    let server = BookServer::start();
    // It is there before the address is told.
    assert_eq!(server.temporary().len(), 1);
    for name in server.temporary() {
        fs::remove_dir_all(server.folder().with_file_name(name)).unwrap();
    }
    assert_eq!(server.temporary(), [""; 0]);
    let reply = server.performed("cycles", "node\nalive\n");
    assert_eq!(reply["comparison"], "same", "{reply}");
    assert_eq!(server.temporary().len(), 1);
}

#[test]
fn a_program_that_cannot_be_started_is_told_from_one_that_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("none");
    let mut command = Command::new(env!("CARGO_BIN_EXE_book"));
    command
        .args(["--limited", &process::id().to_string(), "1000000000", "9"])
        .arg(&program);
    ended(&mut command).says(127, &["cannot start", "No such file"]);
}
