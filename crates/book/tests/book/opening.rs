//! What a chapter shows first, how one moves in it, and how much of that the keyboard has to pass.

use std::fs;

use book::browser::Browser;
use serde_json::json;

use super::{
    BOOK, browser, page,
    pair::{UNFOLD, topics},
};

#[test]
fn the_pair_begins_on_the_first_screen_below_its_question() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    for topic in topics() {
        browser.open(&page(&topic)).unwrap();
        let first = "document.querySelector('section.row .l').getBoundingClientRect().top";
        let first = browser.eval(first).unwrap().as_f64().unwrap();
        assert!(
            first < 300.0,
            "{topic}: the first item is at {first} pixels"
        );
        let question = "document.querySelector('h1').textContent.endsWith('?') \
             && document.querySelector('.intro').textContent.split('. ').length === 2";
        assert_eq!(browser.eval(question).unwrap(), json!(true), "{topic}");
    }
}

#[test]
fn the_keyboard_passes_at_most_sixty_stops_before_the_claims() {
    for width in [1280, 1600] {
        let Some(mut browser) = browser(width, 900) else {
            return;
        };
        for topic in topics() {
            browser.open(&page(&topic)).unwrap();
            let stops = "(() => { const end = document.getElementById('claims'); \
                 return [...document.querySelectorAll('a[href], button, input, summary, [tabindex]')].filter(one => \
                 one.tabIndex >= 0 && !one.disabled && one.checkVisibility() && \
                 one.compareDocumentPosition(end) & Node.DOCUMENT_POSITION_FOLLOWING).length; })()";
            let stops = browser.eval(stops).unwrap().as_u64().unwrap();
            assert!(stops <= 60, "{topic} at {width}: {stops} stops");
        }
    }
}

#[test]
fn code_is_code_and_a_heading_is_read_once() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    for topic in ["cycles.html", "source/go/cycles/cycles.go.html"] {
        browser.open(&page(topic)).unwrap();
        let outside = "document.querySelectorAll('.l:not(pre > code > .l)').length";
        assert_eq!(browser.eval(outside).unwrap(), json!(0), "{topic}");
    }
    browser.open(&page("cycles.html")).unwrap();
    let named = "[...document.querySelectorAll('section.row > h3 a')].filter(a => a.hasAttribute('aria-label') || a.children.length !== 2).length";
    assert_eq!(browser.eval(named).unwrap(), json!(0));
}

#[test]
fn every_topic_says_where_the_languages_part() {
    for topic in topics() {
        let shown = fs::read_to_string(BOOK.join(&topic)).unwrap();
        let (_, pair) = shown.split_once("id=\"the-pair\"").unwrap();
        let pair = pair.split("<section class=\"band\"").next().unwrap();
        let marked = pair.matches(" parts\" id=").count();
        assert!(marked > 0, "{topic} marks no line");
    }
}

/// That a target stands below the bar of its pair, and on the screen.
fn is_below_the_bar(browser: &mut Browser, id: &str) {
    let seen = format!(
        "(() => {{ const bar = document.querySelector('.bar').getBoundingClientRect(); \
         const box = document.getElementById('{id}').getBoundingClientRect(); \
         return box.top >= Math.min(bar.bottom, 100) - 1 && box.top < 180; }})()"
    );
    browser.wait(&seen).unwrap();
}

#[test]
fn the_number_of_a_line_is_a_link_that_lands_below_the_bar() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    let at = browser.eval(
        "(() => { const box = document.getElementById('rust-18').getBoundingClientRect(); return [box.left + 10, box.top + 9]; })()",
    );
    let at: [f64; 2] = serde_json::from_value(at.unwrap()).unwrap();
    browser.drag(at, at).unwrap();
    browser.wait("location.hash === '#rust-18'").unwrap();
    is_below_the_bar(&mut browser, "rust-18");
    for id in ["go-54", "node-depth", "rust-100"] {
        browser.open(&page(&format!("cycles.html#{id}"))).unwrap();
        is_below_the_bar(&mut browser, id);
    }
}

#[test]
fn an_address_presents_an_item_and_arrows_lead_on() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html?item=node-parent")).unwrap();
    let shown = "[document.querySelector('dialog.slide').open, document.querySelector('.slide h2').textContent, \
         document.querySelectorAll('.slide .side .l').length > 6]";
    let opened = |name: &str| json!([true, name, true]);
    assert_eq!(
        browser.eval(shown).unwrap(),
        opened("Node.Parent ↔ Node::parent")
    );
    browser.key("ArrowRight", 39).unwrap();
    assert_eq!(
        browser.eval(shown).unwrap(),
        opened("Node.Children ↔ Node::children")
    );
    browser
        .wait("new URLSearchParams(location.search).get('item') === 'node-children'")
        .unwrap();
    browser.key("Escape", 27).unwrap();
    browser
        .wait("!document.querySelector('dialog.slide').open && !location.search")
        .unwrap();
    is_below_the_bar(&mut browser, "node-children");
}

#[test]
fn all_imports_are_folded() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    for topic in topics() {
        browser.open(&page(&topic)).unwrap();
        let shown = "[...document.querySelectorAll('.l')].filter(line => line.checkVisibility() \
             && /^(package |import |use |mod )/.test(line.textContent)).map(line => line.textContent)";
        assert_eq!(browser.eval(shown).unwrap(), json!([]), "{topic}");
    }
}

#[test]
fn no_page_is_wider_than_its_window_and_notes_have_a_lane_of_their_own() {
    let Some(mut browser) = browser(1600, 900) else {
        return;
    };
    for (width, beside) in [(1600, true), (1499, false)] {
        browser.size(width, 900, 1).unwrap();
        browser.open(&page("cycles.html")).unwrap();
        browser.eval(UNFOLD).unwrap();
        let lane = "(() => { const row = document.querySelector('section.row:has(.note)'); \
             const [rust, note] = ['.side.rust', '.note dl'].map(part => row.querySelector(part).getBoundingClientRect()); \
             return [note.left >= rust.right, document.documentElement.scrollWidth <= innerWidth]; })()";
        assert_eq!(
            browser.eval(lane).unwrap(),
            json!([beside, true]),
            "{width}"
        );
    }
}

#[test]
fn at_most_two_plots_of_a_claim_are_open() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let (mut pictures, mut folded) = (0, 0);
    for topic in topics() {
        browser.open(&page(&topic)).unwrap();
        let counts = "[...document.querySelectorAll('.claim')].map(claim => { \
             const plots = [...claim.querySelectorAll('.plot, .strip')], open = plots.filter(plot => plot.checkVisibility()).length; \
             return [open, plots.length - open]; })";
        let counts: Vec<[usize; 2]> =
            serde_json::from_value(browser.eval(counts).unwrap()).unwrap();
        for [open, closed] in counts {
            assert!(open <= 2, "{topic}: {open} plots are open");
            pictures += open;
            folded += closed;
        }
    }
    assert!(pictures > 0 && folded > 0, "{pictures} open, {folded} more");
}

#[test]
fn no_table_is_wider_than_its_page() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let mut pages = topics();
    let others = ["ledger", "conclusion", "choose", "learn", "machine"];
    pages.extend(others.map(|name| format!("{name}.html")));
    for path in pages {
        browser.open(&page(&path)).unwrap();
        browser.eval(UNFOLD).unwrap();
        let wide = "[...document.querySelectorAll('table')].filter(table => table.checkVisibility() && ( \
             table.getBoundingClientRect().right > table.parentElement.getBoundingClientRect().right + 1)) \
             .map(table => table.className + ': ' + table.textContent.slice(0, 60))";
        for width in [1280, 390] {
            browser.size(width, 900, 1).unwrap();
            let wide = browser.eval(wide).unwrap();
            assert_eq!(wide, json!([]), "{path} at {width}");
        }
    }
}
