//! The editor of a served chapter, in a real browser.

use book::browser::Browser;
use serde_json::json;

use super::{book_server::BookServer, browser};

/// The replies to the script in the editor are shown.
pub const SHOWN: &str = "(() => { const script = document.getElementById('script'); \
    return !!script && document.getElementById('playground').dataset.shown === script.value; })()";

/// A browser that has opened a served chapter with its editor.
pub fn playing(server: &BookServer, topic: &str, fragment: &str) -> Option<Browser> {
    let mut browser = browser(1280, 900)?;
    let (address, token) = (&server.address, &server.token);
    browser
        .open(&format!("http://{address}/?token={token}"))
        .unwrap();
    let place = browser.eval("location.pathname + location.search").unwrap();
    assert_eq!(place, json!("/"), "the token stays in the address");
    open(&mut browser, server, topic, fragment);
    Some(browser)
}

pub fn open(browser: &mut Browser, server: &BookServer, topic: &str, fragment: &str) {
    let address = &server.address;
    browser
        .open(&format!("http://{address}/{topic}.html{fragment}"))
        .unwrap();
    browser.wait(SHOWN).unwrap();
}

/// Types over the script in the editor, and waits for the replies.
pub fn write(browser: &mut Browser, script: &str) {
    select(browser);
    browser.type_in(script).unwrap();
    browser.wait(SHOWN).unwrap();
}

/// Selects the whole script in the editor.
pub fn select(browser: &mut Browser) {
    let select = "document.getElementById('script').select()";
    let focus = "document.getElementById('script').focus()";
    browser.eval(&format!("{select}; {focus}")).unwrap();
}

pub fn text(browser: &mut Browser, selector: &str) -> String {
    let content = browser.eval(&format!("document.querySelector('{selector}').textContent"));
    content.unwrap().as_str().unwrap_or_default().to_owned()
}

/// Puts a long script into the editor at once, and waits for the replies: a browser types line by line.
pub fn fill(browser: &mut Browser, script: &str) {
    let script = json!(script);
    browser
        .eval(&format!(
            "(() => {{ const text = document.getElementById('script'); text.focus(); \
             text.setRangeText({script}, 0, text.value.length, 'end'); text.dispatchEvent(new Event('input')); }})()"
        ))
        .unwrap();
    browser.wait(SHOWN).unwrap();
}
