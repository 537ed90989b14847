//! Long scripts that are pasted into the editor, in a real browser.

use book::browser::Browser;
use serde_json::json;

use super::{
    book_server::BookServer,
    editor::{SHOWN, playing, select, text, write},
    pair::clipboard,
};

/// The longest script, in bytes.
const MAX_SCRIPT: usize = 64 << 10;

/// A script of this many bytes, which says nothing.
fn script_of(bytes: usize) -> String {
    let line = "# this line says nothing\n";
    let lines = line.repeat(bytes / line.len());
    format!("{lines}{}", "#".repeat(bytes - lines.len()))
}

/// Pastes a text over the script in the editor, by way of the clipboard.
fn paste(browser: &mut Browser, script: &str) {
    let script = json!(script);
    browser
        .eval(&format!(
            "addEventListener('copy', event => {{ event.clipboardData.setData('text/plain', {script}); \
             event.preventDefault(); }}, {{ once: true }})"
        ))
        .unwrap();
    select(browser);
    browser.command("copy").unwrap();
    browser.command("paste").unwrap();
}

/// Waits until the editor has this script.
fn wait_for_script(browser: &mut Browser, script: &str) {
    let script = json!(script);
    browser
        .wait(&format!(
            "document.getElementById('script').value === {script}"
        ))
        .unwrap();
}

/// Drops a text on the editor, as from another window.
fn drop_text(browser: &mut Browser, text: &str) {
    let place = "(place => [place.x + 60, place.y + 18])(document.getElementById('script').getBoundingClientRect())";
    browser
        .eval("document.getElementById('script').scrollIntoView({ block: 'center', behavior: 'instant' })")
        .unwrap();
    let place = browser.eval(place).unwrap();
    for kind in ["dragEnter", "dragOver", "drop"] {
        let item = json!({ "mimeType": "text/plain", "data": text });
        let event = json!({
            "type": kind, "x": place[0], "y": place[1], "data": { "items": [item], "dragOperationsMask": 1 },
        });
        browser.call("Input.dispatchDragEvent", &event).unwrap();
    }
}

/// What the page says of a text that was not inserted.
fn refusal(browser: &mut Browser, excess: &str) {
    let says = format!(
        "A script has at most 64 KiB. With this text it would be {excess} longer, so nothing was inserted."
    );
    let is_said =
        format!("document.querySelector('#playground .refusal').textContent === '{says}'");
    browser.wait(&is_said).unwrap();
}

#[test]
fn a_script_of_64_kib_is_pasted_and_performed_and_a_longer_one_is_not() {
    let _clipboard = clipboard();
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let longest = script_of(MAX_SCRIPT);
    paste(&mut browser, &longest);
    wait_for_script(&mut browser, &longest);
    browser.wait(SHOWN).unwrap();
    assert!(text(&mut browser, ".compared").starts_with("same output"));
    let carried = "location.hash === '#script=' + encodeURIComponent(document.getElementById('script').value)";
    browser.wait(carried).unwrap();
    let address = browser.eval("location.href").unwrap();
    for (bytes, excess) in [(MAX_SCRIPT + 1, "1 byte"), (2 * MAX_SCRIPT, "65,536 bytes")] {
        paste(&mut browser, &script_of(bytes));
        refusal(&mut browser, excess);
        wait_for_script(&mut browser, &longest);
        assert!(text(&mut browser, ".compared").starts_with("same output"));
    }
    // One that is typed is there, and is not performed.
    browser
        .eval("document.getElementById('script').setSelectionRange(0, 0)")
        .unwrap();
    browser.type_in("#").unwrap();
    let says = "A script has at most 64 KiB. This one is 1 byte longer, and is not performed.";
    let is_said = format!("document.querySelector('.compared').textContent === '{says}'");
    browser.wait(&is_said).unwrap();
    assert_eq!(text(&mut browser, ".refusal"), "");
    // What is shown belongs to the script before it, as the address does.
    let is_old = "document.querySelector('#playground .rows').classList.contains('old')";
    assert_eq!(browser.eval(is_old).unwrap(), json!(true));
    assert_eq!(browser.eval("location.href").unwrap(), address);
    // A shorter one is performed again.
    paste(&mut browser, "node\nalive\n");
    browser.wait(SHOWN).unwrap();
    assert!(text(&mut browser, ".compared").starts_with("same output"));
}

#[test]
fn a_megabyte_is_pasted_and_the_page_still_answers() {
    let _clipboard = clipboard();
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let megabyte = "node\n".repeat(200_000);
    paste(&mut browser, &megabyte);
    refusal(&mut browser, "934,464 bytes");
    write(&mut browser, "node\nalive\n");
    // The script stays where a text is dropped.
    drop_text(&mut browser, &megabyte);
    refusal(&mut browser, "934,475 bytes");
    wait_for_script(&mut browser, "node\nalive\n");
    drop_text(&mut browser, "# dropped\n");
    browser
        .wait("document.getElementById('script').value.includes('# dropped')")
        .unwrap();
    assert_eq!(text(&mut browser, ".refusal"), "");
}

#[test]
fn a_pasted_script_can_be_undone() {
    let _clipboard = clipboard();
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    write(&mut browser, "node\nalive\n");
    paste(&mut browser, "node\r\nnode\r\nalive\r\n");
    wait_for_script(&mut browser, "node\nnode\nalive\n");
    paste(&mut browser, &script_of(MAX_SCRIPT + 1));
    refusal(&mut browser, "1 byte");
    browser.command("undo").unwrap();
    wait_for_script(&mut browser, "node\nalive\n");
    browser.wait(SHOWN).unwrap();
}
