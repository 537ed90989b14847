//! All that a mouse does, the keyboard does too.

use std::{collections::BTreeSet, fs};

use book::browser::Browser;
use serde_json::{Value, json};

use super::{browser, claims, page, pair::pasted, root};

/// Goes to what can be reached by Tab, and says that it has the focus.
fn focus(browser: &mut Browser, selector: &str) {
    let there = browser.eval(&format!(
        "(() => {{ const wanted = document.querySelector('{selector}'); wanted.focus(); \
         return wanted.tabIndex >= 0 && document.activeElement === wanted; }})()"
    ));
    assert_eq!(there.unwrap(), json!(true), "{selector}");
}

fn enter(browser: &mut Browser) {
    browser.key("Enter", 13).unwrap();
}

#[test]
fn tab_reaches_everything_that_can_be_used() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    for path in ["index.html", "choose.html"] {
        browser.open(&page(path)).unwrap();
        let all = "(() => { let next = 0; for (const one of document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')) \
             if (one.checkVisibility() && !one.disabled) one.dataset.place = next++; return next; })()";
        let all = browser.eval(all).unwrap().as_u64().unwrap();
        let mut reached = BTreeSet::new();
        for _ in 0..=all {
            browser.key("Tab", 9).unwrap();
            let place = browser.eval("Number(document.activeElement.dataset.place ?? -1)");
            reached.extend(place.unwrap().as_u64());
        }
        let missing: Vec<u64> = (0..all).filter(|place| !reached.contains(place)).collect();
        let shown = browser.eval(&format!(
            "{missing:?}.map(place => document.querySelector(`[data-place=\"${{place}}\"]`).outerHTML.slice(0, 120))"
        ));
        assert_eq!(shown.unwrap(), json!([]), "{path}");
    }
    // In a chapter each item has its link.
    browser.open(&page("cycles.html")).unwrap();
    let all =
        "[...document.querySelectorAll('.row > h3 a, .plot summary')].every(a => a.tabIndex === 0)";
    assert_eq!(browser.eval(all).unwrap(), json!(true));
}

#[test]
fn enter_sorts_the_ledger_up_and_down() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    focus(&mut browser, ".ledger thead th:nth-child(3) button");
    let sorted = "[[...document.querySelectorAll('.ledger')[0].querySelectorAll('th[scope=col]')].map(head => head.getAttribute('aria-sort')), \
         [...document.querySelectorAll('.ledger')[0].querySelectorAll('tbody tr')].map(row => row.dataset.verdict)]";
    for (aria, up) in [
        ("ascending", true),
        ("descending", false),
        ("ascending", true),
    ] {
        enter(&mut browser);
        let (heads, verdicts): (Vec<Option<String>>, Vec<String>) =
            serde_json::from_value(browser.eval(sorted).unwrap()).unwrap();
        let expected = [None, None, Some(aria.to_owned()), None, None];
        assert_eq!(heads, expected);
        let mut ordered = verdicts.clone();
        ordered.sort();
        if !up {
            ordered.reverse();
        }
        assert!(
            verdicts.len() == claims()[0] && verdicts == ordered,
            "{aria}: {verdicts:?}"
        );
    }
    // Another column takes the place of the first one.
    focus(&mut browser, ".ledger thead th:nth-child(1) button");
    enter(&mut browser);
    let first = "[document.querySelectorAll('.ledger [aria-sort]').length, document.querySelector('.ledger tbody th').textContent]";
    assert_eq!(browser.eval(first).unwrap(), json!([1, "A1"]));
}

#[test]
fn arrows_filter_the_ledger() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    focus(&mut browser, ".filter select[name=verdict]");
    let shown = "[document.querySelector('.filter select').value, document.querySelector('.filter .left').textContent, \
         [...new Set([...document.querySelectorAll('.ledger tbody tr')].filter(row => row.checkVisibility()).map(row => row.dataset.verdict))]]";
    for expected in ["holds", "understated"] {
        browser.key("ArrowDown", 40).unwrap();
        let (value, left, verdicts): (String, String, Vec<String>) =
            serde_json::from_value(browser.eval(shown).unwrap()).unwrap();
        assert_eq!(value, expected);
        let all = claims()[1].to_string();
        let of_all = format!("of {all}");
        assert!(left.ends_with(&of_all) && !left.starts_with(&all), "{left}");
        assert_eq!(verdicts, [expected]);
    }
}

#[test]
fn enter_exchanges_the_sides() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    focus(&mut browser, ".swap");
    let left = "document.querySelector('section.row .side.go').getBoundingClientRect().left < 600";
    for expected in [false, true] {
        enter(&mut browser);
        assert_eq!(browser.eval(left).unwrap(), json!(expected));
    }
}

#[test]
fn enter_copies_one_side_as_it_is_written() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    for (side, path) in [
        ("go", "go/cycles/cycles.go"),
        ("rust", "crates/cycles/src/lib.rs"),
    ] {
        browser.open(&page("cycles.html")).unwrap();
        let button = format!(".copy[data-side={side}]");
        focus(&mut browser, &button);
        enter(&mut browser);
        let copied = format!("document.querySelector('{button}').textContent === 'Copied'");
        browser.wait(&copied).unwrap();
        let source = fs::read_to_string(root().join(path)).unwrap();
        assert_eq!(pasted(&mut browser), source);
    }
}

#[test]
fn the_contents_open_lead_on_and_close() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    let shown = "document.getElementById('contents').checkVisibility()";
    focus(&mut browser, ".open");
    enter(&mut browser);
    assert_eq!(browser.eval(shown).unwrap(), json!(true));
    browser.key("Escape", 27).unwrap();
    assert_eq!(browser.eval(shown).unwrap(), json!(false));
    enter(&mut browser);
    browser.key("Tab", 9).unwrap();
    let first: Value = browser
        .eval("document.activeElement.matches('#contents a') && document.activeElement.textContent.trim()")
        .unwrap();
    assert_eq!(first, json!("The front page"));
    enter(&mut browser);
    browser
        .wait("location.pathname.endsWith('/index.html') && document.readyState === 'complete'")
        .unwrap();
}

#[test]
fn search_finds_an_identifier_and_leads_there() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let found = "document.querySelectorAll('#found a').length > 0";
    let led =
        "location.href.endsWith('/cycles.html#node-unlink') && document.readyState === 'complete'";
    // From the field itself, and by way of the list.
    for ways in [&[][..], &["ArrowDown"][..]] {
        browser.open(&page("index.html")).unwrap();
        browser.key("/", 191).unwrap();
        assert_eq!(
            browser.eval("document.activeElement.id").unwrap(),
            json!("search")
        );
        browser.type_in("unlink").unwrap();
        browser.wait(found).unwrap();
        for key in ways {
            browser.key(key, 40).unwrap();
            let focused = browser.eval("document.activeElement.getAttribute('href')");
            assert_eq!(focused.unwrap(), json!("cycles.html#node-unlink"));
        }
        enter(&mut browser);
        browser.wait(led).unwrap();
        let seen = "(() => { const bar = document.querySelector('.bar').getBoundingClientRect(); \
             const box = document.getElementById('node-unlink').getBoundingClientRect(); \
             return box.top >= bar.bottom && box.top < bar.bottom + 40; })()";
        browser.wait(seen).unwrap();
    }
    // What is not there says so; Escape closes the list.
    browser.key("/", 191).unwrap();
    browser.type_in("nosuchword").unwrap();
    browser
        .wait("document.getElementById('found').textContent === 'Nothing found.'")
        .unwrap();
    browser.key("Escape", 27).unwrap();
    browser
        .wait("!document.getElementById('contents').checkVisibility()")
        .unwrap();
}
