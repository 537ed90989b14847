//! Long scripts that are pasted into the editor, in a real browser.

use book::browser::Browser;
use serde_json::json;

use super::{
    editor::{SHOWN, playing, select, text},
    serving::Serving,
};

/// The longest script, in bytes.
const MAX_SCRIPT: usize = 64 << 10;

/// Pastes a text over the script in the editor, by way of the clipboard.
fn paste(browser: &mut Browser, script: &str) {
    let script = json!(script);
    browser
        .eval(&format!(
            "document.body.append(Object.assign(document.createElement('textarea'), {{ id: 'source', value: {script} }})), \
             document.getElementById('source').select()"
        ))
        .unwrap();
    browser.command("copy").unwrap();
    browser
        .eval("document.getElementById('source').remove()")
        .unwrap();
    select(browser);
    browser.command("paste").unwrap();
    let is_there = format!("document.getElementById('script').value === {script}");
    browser.wait(&is_there).unwrap();
}

#[test]
fn a_script_of_64_kib_is_pasted_and_performed_and_a_longer_one_is_not() {
    let serving = Serving::shared();
    let Some(mut browser) = playing(&serving, "cycles", "") else {
        return;
    };
    let line = "# this line says nothing\n";
    let most = line.repeat(MAX_SCRIPT / line.len());
    let most = format!("{most}{}", "#".repeat(MAX_SCRIPT - most.len()));
    paste(&mut browser, &most);
    browser.wait(SHOWN).unwrap();
    assert!(text(&mut browser, ".compared").starts_with("same output"));
    let carried = "location.hash === '#script=' + encodeURIComponent(document.getElementById('script').value)";
    browser.wait(carried).unwrap();
    let address = browser.eval("location.href").unwrap();
    for (more, counted) in [(1, "1 byte longer"), (MAX_SCRIPT, "65536 bytes longer")] {
        paste(&mut browser, &format!("{most}{}", "#".repeat(more)));
        let says =
            format!("A script has at most 64 KiB. This one is {counted}, and is not performed.");
        let is_said = format!("document.querySelector('.compared').textContent === '{says}'");
        browser.wait(&is_said).unwrap();
        // What is shown belongs to the script before it, as the address does.
        let is_old = "document.querySelector('#playground .rows').classList.contains('old')";
        assert_eq!(browser.eval(is_old).unwrap(), json!(true));
        assert_eq!(browser.eval("location.href").unwrap(), address);
    }
    // A shorter one is performed again.
    paste(&mut browser, "node\nalive\n");
    browser.wait(SHOWN).unwrap();
    assert!(text(&mut browser, ".compared").starts_with("same output"));
}

#[test]
fn a_megabyte_is_pasted_and_the_page_still_answers() {
    let serving = Serving::shared();
    let Some(mut browser) = playing(&serving, "cycles", "") else {
        return;
    };
    paste(&mut browser, &"node\n".repeat(200_000));
    browser
        .wait("document.querySelector('.compared').textContent.includes('934464 bytes longer')")
        .unwrap();
    paste(&mut browser, "node\nalive\n");
    browser.wait(SHOWN).unwrap();
}
