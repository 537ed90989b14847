//! What axe-core says, which is pinned in `tests/axe`.

use std::fs;

use serde_json::json;

use super::{browser, page, pair::UNFOLD, root};

/// A page of each kind; `escape` has notes of compilers, `footprint` most plots.
const PAGES: [&str; 14] = [
    "index.html",
    "ledger.html",
    "choose.html",
    "learn.html",
    "escape.html",
    "cycles.html",
    "source/cycles.html",
    "footprint.html",
    "conclusion.html",
    "machine.html",
    "catalogue.html",
    "methodology.html",
    "source/go/cycles/cycles.go.html",
    "source/crates/cycles/src/lib.rs.html",
];

/// Those that every run looks at: the front page, a table, a map, a pair, its memory, prose with a menu.
const FEW: [&str; 6] = [
    "index.html",
    "ledger.html",
    "choose.html",
    "escape.html",
    "cycles.html",
    "learn.html",
];

/// Contents and search, open.
const OPEN: &str = "document.getElementById('contents').showPopover(); \
    const field = document.getElementById('search'); field.value = 'drop'; field.dispatchEvent(new Event('input'))";

/// Of what a page repeats, axe gets the first few: it takes minutes for thousands of lines.
const SHORTEN: &str = "for (const [within, selector, most] of [ \
    ['.pair', '.row', 6], ['pre', '.l:not(.parts)', 8], ['.plots', '.plot', 3], \
    ['tbody', 'tr', 6], ['main', '.case', 6], ['main', '.claim', 4], ['main', 'details.mistake', 2], ['main', '.scene', 2]]) \
    for (const one of document.querySelectorAll(within)) \
    [...one.querySelectorAll(selector)].slice(most).forEach(more => more.remove())";

fn finds_nothing(paths: &[&str], width: u32) {
    let Some(mut browser) = browser(width, 900) else {
        return;
    };
    let axe = fs::read_to_string(root().join("tests/axe/axe.min.js")).unwrap();
    let mut check = |path: &str, opened: bool| {
        browser.open(&page(path)).unwrap();
        browser.eval(UNFOLD).unwrap();
        browser.eval(SHORTEN).unwrap();
        if opened {
            browser.eval(OPEN).unwrap();
            let found = "document.querySelectorAll('#found a').length > 3";
            browser.wait(found).unwrap();
        }
        browser.eval(&format!("{axe};0")).unwrap();
        // A theme changes colours and nothing else.
        for (theme, rules) in [("light", "{}"), ("dark", "{ runOnly: ['color-contrast'] }")] {
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
            browser.call("Emulation.setEmulatedMedia", &media).unwrap();
            let found = browser.eval(&format!(
                "axe.run({rules}).then(results => results.violations.map(v => `${{v.id}}: ${{v.nodes[0].html.slice(0, 200)}} (${{v.nodes.length}}) ${{v.nodes[0].failureSummary}}`))"
            ));
            assert_eq!(
                found.unwrap(),
                json!([]),
                "{path} at {width}, {theme}, opened: {opened}"
            );
        }
    };
    for path in paths {
        check(path, false);
    }
    check("learn.html", true);
}

#[test]
fn axe_finds_no_violation_on_a_wide_page() {
    finds_nothing(&FEW, 1280);
}

#[test]
fn axe_finds_no_violation_on_a_phone() {
    finds_nothing(&FEW, 390);
}

#[test]
#[ignore = "takes minutes; cargo make deep runs it"]
fn axe_finds_no_violation_on_any_kind_of_page() {
    for width in [1280, 390] {
        finds_nothing(&PAGES, width);
    }
}
