//! All that a mouse does, the keyboard does too.

use std::{collections::BTreeSet, fs};

use book::browser::Browser;
use lab_judge::verdict::WORDS;
use serde_json::{Value, json};

use super::{
    browser, claims, page,
    pair::{clipboard, pasted},
    root,
};

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
fn enter_orders_the_ledger_by_verdict_and_back() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("ledger.html")).unwrap();
    let verdicts = "[...document.querySelector('.ledger tbody').querySelectorAll('tr[data-verdict]')].map(row => row.dataset.verdict)";
    let mut shown = |order: &str| -> Vec<String> {
        let link = format!(".filters [data-key=order][data-value=\"{order}\"]");
        focus(&mut browser, &link);
        enter(&mut browser);
        let is_current = format!("document.querySelector('{link}').hasAttribute('aria-current')");
        browser.wait(&is_current).unwrap();
        serde_json::from_value(browser.eval(verdicts).unwrap()).unwrap()
    };
    let ordered = shown("verdict");
    let places: Vec<_> = ordered
        .iter()
        .map(|verdict| WORDS.iter().position(|word| word == verdict).unwrap())
        .collect();
    assert!(places.is_sorted(), "{ordered:?}");
    let articles = shown("");
    assert!(
        articles.len() == claims()[0] && articles != ordered,
        "{articles:?}"
    );
}

#[test]
fn enter_filters_the_ledger() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("ledger.html")).unwrap();
    let shown = "[document.querySelector('.counted').textContent, \
         [...new Set([...document.querySelectorAll('.ledger tr[data-verdict]')].filter(row => row.checkVisibility()).map(row => row.dataset.verdict))]]";
    for expected in ["holds", "undecided"] {
        let link = format!(".filters [data-value={expected}]");
        focus(&mut browser, &link);
        enter(&mut browser);
        browser
            .wait(&format!("location.hash === '#verdict={expected}'"))
            .unwrap();
        let is_current = format!("document.querySelector('{link}').hasAttribute('aria-current')");
        browser.wait(&is_current).unwrap();
        let (count, verdicts): (String, Vec<String>) =
            serde_json::from_value(browser.eval(shown).unwrap()).unwrap();
        let of_all = format!(" of {} claims. {expected}: ", claims()[1]);
        assert!(count.contains(&of_all), "{count}");
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
    let _alone = clipboard();
    for (side, path) in [
        ("go", "go/cycles/cycles.go"),
        ("rust", "crates/cycles/src/lib.rs"),
    ] {
        browser.open(&page("cycles.html")).unwrap();
        let button = format!(".copy[data-side={side}]");
        focus(&mut browser, &button);
        // What the button says stays.
        browser.eval("window.setTimeout = () => 0").unwrap();
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
