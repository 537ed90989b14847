//! The pair in the browser: two columns, twins at the same height, on a phone one below the other.

use std::{
    fs,
    sync::{Mutex, MutexGuard, PoisonError},
};

use book::browser::Browser;
use lab_workspace::project::Project;
use serde_json::{Value, json};

use super::{browser, page, root};

/// The pages of all topics.
pub fn topics() -> Vec<String> {
    let topics = Project::at(&root()).unwrap().topics;
    let page = |topic: lab_workspace::project::Topic| format!("{}.html", topic.name);
    topics.into_iter().map(page).collect()
}

/// Opens whatever is folded.
pub const UNFOLD: &str =
    "document.querySelectorAll('details').forEach(details => details.open = true)";

#[test]
fn twins_begin_at_the_same_height_and_eighty_columns_fit() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let mut pages = topics();
    pages.extend(topics().iter().map(|topic| format!("source/{topic}")));
    for topic in pages {
        browser.open(&page(&topic)).unwrap();
        browser.eval(UNFOLD).unwrap();
        // How far apart the twins' comments and signatures begin, in all rooms.
        let off = browser.eval(
            "[...document.querySelectorAll('.row')].flatMap(row => ['above', 'body'].map(part => { \
             const tops = [...row.querySelectorAll(`:scope > .side > .${part}`)].map(side => side.getBoundingClientRect().top); \
             return tops.length === 2 ? Math.abs(tops[0] - tops[1]) : -1; })).filter(off => off >= 0)",
        );
        let off: Vec<f64> = serde_json::from_value(off.unwrap()).unwrap();
        assert!(off.len() > 10, "{topic}: only {} twins", off.len());
        let most = off.iter().copied().fold(0.0, f64::max);
        assert!(most <= 2.0, "{topic}: {most} pixels off");
        let tall = browser.eval(
            "document.querySelector('.pair').querySelectorAll('.l').forEach(l => l.textContent = 'm'.repeat(80)), \
             document.documentElement.style.width = '1265px', \
             Math.max(...[...document.querySelectorAll('section.row .l')].slice(0, 40).map(l => l.offsetHeight))",
        );
        assert_eq!(tall.unwrap(), json!(18), "{topic}: 80 columns wrap");
        let fits = "document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(browser.eval(fits).unwrap(), json!(true), "{topic}");
    }
}

#[test]
fn on_a_phone_the_columns_stand_below_each_other_with_a_label_each() {
    let Some(mut browser) = browser(390, 844) else {
        return;
    };
    // Which side stands above, by its label, in each row that has both.
    let above = "[...document.querySelectorAll('section.row')].map(row => [...row.querySelectorAll(':scope > div.side')]) \
         .filter(sides => sides.length === 2 && sides[0].checkVisibility()).map(sides => { \
         const [first, second] = sides.map(side => side.getBoundingClientRect()).sort((a, b) => a.top - b.top); \
         const labels = sides.map(side => side.querySelector('.lang')); \
         const seen = labels.every(label => label.checkVisibility() && label.offsetWidth > 10 && label.offsetHeight > 8); \
         const upper = sides.find(side => side.getBoundingClientRect().top === first.top).querySelector('.lang').textContent; \
         return first.bottom <= second.top && seen ? upper : 'beside'; })";
    for topic in ["cycles.html", "escape.html", "server.html"] {
        browser.open(&page(topic)).unwrap();
        for expected in ["Go", "Rust"] {
            let labels: Vec<String> = serde_json::from_value(browser.eval(above).unwrap()).unwrap();
            assert!(labels.len() > 3, "{topic}: {labels:?}");
            assert!(
                labels.iter().all(|side| side == expected),
                "{topic}: {labels:?}"
            );
            browser
                .eval("document.querySelector('.swap').click()")
                .unwrap();
        }
    }
}

#[test]
fn print_gives_both_columns_on_a_landscape_page() {
    let Some(mut browser) = browser(1050, 720) else {
        return;
    };
    browser
        .call("Emulation.setEmulatedMedia", &json!({ "media": "print" }))
        .unwrap();
    for topic in ["cycles.html", "server.html"] {
        browser.open(&page(topic)).unwrap();
        let beside = browser.eval(
            "[...document.querySelector('.pair').querySelectorAll('section.row')].filter(row => row.querySelectorAll('.side .l').length && row.querySelectorAll(':scope > .side').length === 2)\
             .every(row => { const [go, rust] = [...row.querySelectorAll(':scope > .side')].map(side => side.getBoundingClientRect()); \
             return go.right <= rust.left && go.width > 300 && rust.width > 300 && Math.abs(go.top - rust.top) < 2; })",
        );
        assert_eq!(beside.unwrap(), json!(true), "{topic}");
    }
    let pdf = String::from_utf8_lossy(&browser.printed().unwrap()).into_owned();
    let boxed = pdf
        .split("/MediaBox [")
        .nth(1)
        .unwrap()
        .split(']')
        .next()
        .unwrap();
    let sides: Vec<f64> = boxed
        .split_whitespace()
        .map(|side| side.parse().unwrap())
        .collect();
    assert!(sides[2] > sides[3], "{boxed} is upright");
}

/// The clipboard, which all pages of the browser share, for one test alone.
pub fn clipboard() -> MutexGuard<'static, ()> {
    static CLIPBOARD: Mutex<()> = Mutex::new(());
    CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whatever the clipboard holds, from a field into which it is pasted.
pub fn pasted(browser: &mut Browser) -> String {
    browser
        .eval("document.body.prepend(Object.assign(document.createElement('textarea'), { id: 'pasted' })), document.getElementById('pasted').focus()")
        .unwrap();
    browser.command("paste").unwrap();
    let text = browser.eval("document.getElementById('pasted').value");
    browser
        .eval("document.getElementById('pasted').remove()")
        .unwrap();
    text.unwrap().as_str().unwrap().to_owned()
}

#[test]
fn what_the_mouse_selects_in_one_column_is_copied_without_the_other() {
    let Some(mut browser) = browser(1280, 1400) else {
        return;
    };
    let _alone = clipboard();
    for (side, path) in [
        ("go", "go/cycles/cycles.go"),
        ("rust", "crates/cycles/src/lib.rs"),
    ] {
        browser.open(&page("cycles.html")).unwrap();
        // From the first to the last line of some rows, both on the screen at once.
        let ends = browser.eval(&format!(
            "(() => {{ const lines = [...document.querySelectorAll('section.row .side.{side} .l')].filter(line => line.textContent.trim()); \
             lines[0].scrollIntoView({{ block: 'center' }}); const taken = lines.slice(0, 16); \
             const at = (line, right) => {{ const box = line.getBoundingClientRect(); return [right ? box.right - 4 : box.left + 30, box.top + 9]; }}; \
             return [at(taken[0], false), at(taken.at(-1), true), taken.map(line => line.textContent)]; }})()"
        ));
        let (from, to, lines): ([f64; 2], [f64; 2], Vec<String>) =
            serde_json::from_value(ends.unwrap()).unwrap();
        browser.drag(from, to).unwrap();
        browser.command("copy").unwrap();
        let copied = pasted(&mut browser);
        let source = fs::read_to_string(root().join(path)).unwrap();
        let known: Vec<&str> = source.lines().map(str::trim).collect();
        for line in copied.lines().map(str::trim) {
            assert!(known.contains(&line), "{side}: {line:?} is not of {path}");
        }
        for line in &lines[1..15] {
            assert!(
                copied.contains(line.trim()),
                "{side}: {line:?} is missing in {copied}"
            );
        }
    }
}

#[test]
fn selecting_in_one_column_is_over_elsewhere() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    let state = browser.eval(
        "(() => { const down = e => e.dispatchEvent(new MouseEvent('mousedown', { bubbles: true })); \
         const taken = s => getComputedStyle(document.querySelector(s)).userSelect; \
         down(document.querySelector('.side.go .l')); \
         const within = ['.side.go .l', '.side.rust .l', '.row h3', '.reason, .side > .lang'].map(taken); \
         down(document.querySelector('h1')); return [within, taken('.side.rust .l')]; })()",
    );
    assert_eq!(
        state.unwrap(),
        json!([["auto", "none", "none", "none"], "auto"])
    );
}

#[test]
fn theme_and_side_are_remembered() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    let left = "document.querySelector('section.row .side.go').getBoundingClientRect().left < 600";
    assert_eq!(browser.eval(left).unwrap(), json!(true));
    browser
        .eval("document.querySelector('.theme').click(), document.querySelector('.swap').click()")
        .unwrap();
    let theme = "document.documentElement.dataset.theme";
    let chosen: Value = browser.eval(theme).unwrap();
    browser.open(&page("leaks.html")).unwrap();
    assert_eq!(browser.eval(theme).unwrap(), chosen);
    assert_eq!(browser.eval(left).unwrap(), json!(false));
}
