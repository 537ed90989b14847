//! The book in a real browser.

mod browser;

use std::{fs, path::PathBuf, sync::LazyLock};

use browser::Browser;
use lab::project::Project;
use serde_json::json;

/// A book of this project, written once for all tests.
static BOOK: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let project = Project::at(&root).unwrap();
    let folder = project.target().join("book-tested");
    book::write(&project, &folder, &root.join("results")).unwrap();
    folder
});

fn page(path: &str) -> String {
    format!("file://{}", BOOK.join(path).display())
}

const TOPICS: &str =
    "[...document.querySelectorAll('#contents a')].map(a => a.getAttribute('href'))";

#[test]
fn twins_begin_at_the_same_height_and_eighty_columns_fit() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.size(1280, 900);
    for topic in [
        "cycles.html",
        "destruction.html",
        "deadline.html",
        "escape.html",
    ] {
        browser.open(&page(topic));
        let off = browser.eval(
            "Math.max(...[...document.querySelectorAll('.pair')].slice(0, 1).flatMap(pair => \
             [...pair.querySelectorAll('section.row')].map(row => { \
             const tops = [...row.querySelectorAll(':scope > .side > .body')].map(body => body.getBoundingClientRect().top); \
             return Math.max(...tops) - Math.min(...tops); })))",
        );
        assert!(off.as_f64().unwrap() <= 2.0, "{topic}: {off} pixels off");
        let tall = browser.eval(
            "[...document.querySelectorAll('.pair')][0].querySelectorAll('.l').forEach(l => l.textContent = 'm'.repeat(80)), \
             Math.max(...[...document.querySelectorAll('section.row .l')].slice(0, 40).map(l => l.offsetHeight))",
        );
        assert_eq!(tall, json!(18), "{topic}: 80 columns wrap");
        assert_eq!(
            browser.eval("document.documentElement.scrollWidth <= innerWidth"),
            json!(true)
        );
    }
}

#[test]
fn no_page_scrolls_sideways_on_a_phone_and_nothing_goes_wrong() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.size(390, 844);
    browser.open(&page("index.html"));
    let mut pages: Vec<String> = serde_json::from_value(browser.eval(TOPICS)).unwrap();
    pages.push("source/crates/cycles/src/lib.rs.html".to_owned());
    for path in pages {
        browser.open(&page(&path));
        let width = browser.eval("document.documentElement.scrollWidth");
        assert!(width.as_u64().unwrap() <= 390, "{path} is {width} wide");
    }
    for event in &browser.events {
        let method = event["method"].as_str().unwrap_or_default();
        assert!(
            !matches!(
                method,
                "Runtime.exceptionThrown" | "Log.entryAdded" | "Runtime.consoleAPICalled"
            ),
            "{event}"
        );
        if method == "Network.requestWillBeSent" {
            let address = event["params"]["request"]["url"].as_str().unwrap();
            assert!(
                address.starts_with(&page(""))
                    || address.starts_with("data:")
                    || address == "about:blank",
                "{address}"
            );
        }
    }
}

#[test]
fn search_finds_an_identifier_and_the_keyboard_leads_there() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.size(1280, 900);
    browser.open(&page("index.html"));
    browser.eval("const field = document.getElementById('search'); field.value = 'upgrade unlink'; field.value = 'unlink'; field.dispatchEvent(new Event('input'))");
    browser.wait("document.querySelectorAll('#found a').length > 0");
    let first = browser.eval("document.querySelector('#found a').getAttribute('href')");
    assert_eq!(first, json!("cycles.html#node-unlink"));
    browser.open(&page("cycles.html"));
    // The links of the items can be reached by Tab.
    let mut reached = false;
    for _ in 0..80 {
        browser.key("Tab", 9);
        reached |= browser.eval("document.activeElement.matches('.row .at')") == json!(true);
    }
    assert!(reached);
    assert_eq!(
        browser.eval("[...document.querySelectorAll('.row .at')].every(a => a.tabIndex === 0)"),
        json!(true)
    );
}

#[test]
fn theme_and_side_are_remembered() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.size(1280, 900);
    browser.open(&page("cycles.html"));
    let left = "document.querySelector('section.row .side.go').getBoundingClientRect().left < 600";
    assert_eq!(browser.eval(left), json!(true));
    browser
        .eval("document.querySelector('.theme').click(), document.querySelector('.swap').click()");
    let theme = browser.eval("document.documentElement.dataset.theme");
    browser.open(&page("leaks.html"));
    assert_eq!(
        browser.eval("document.documentElement.dataset.theme"),
        theme
    );
    assert_eq!(browser.eval(left), json!(false));
}

#[test]
fn it_can_be_read_without_scripts() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.size(1280, 900);
    browser.call(
        "Emulation.setScriptExecutionDisabled",
        &json!({ "value": true }),
    );
    browser.call("Page.navigate", &json!({ "url": page("index.html") }));
    std::thread::sleep(std::time::Duration::from_millis(800));
    let root = browser.call("DOM.getDocument", &json!({ "depth": 0 }))["root"]["nodeId"].clone();
    let rows = browser.call(
        "DOM.querySelectorAll",
        &json!({ "nodeId": root, "selector": ".ledger tbody tr:not([hidden])" }),
    );
    assert!(rows["nodeIds"].as_array().unwrap().len() >= 50);
    let filter = browser.call(
        "DOM.querySelector",
        &json!({ "nodeId": root, "selector": "html:not(.js) .filter" }),
    );
    assert_ne!(
        filter["nodeId"],
        json!(0),
        "a filter that does nothing would be shown"
    );
}

#[test]
fn axe_finds_no_violation() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let axe = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/axe/axe.min.js");
    let axe = fs::read_to_string(axe).unwrap();
    for (width, theme) in [(1280, "light"), (1280, "dark"), (390, "light")] {
        browser.size(width, 900);
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        browser.call("Emulation.setEmulatedMedia", &media);
        for path in [
            "index.html",
            "cycles.html",
            "learn.html",
            "choose.html",
            "machine.html",
            "source/go/cycles/cycles.go.html",
        ] {
            browser.open(&page(path));
            browser.eval("document.querySelectorAll('details').forEach(d => d.open = true)");
            browser.eval(&format!("{axe};0"));
            let found = browser.eval(
                "axe.run().then(told => told.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)} (${v.nodes.length}) ${v.nodes[0].failureSummary}`))",
            );
            assert_eq!(found, json!([]), "{path} at {width}, {theme}");
        }
    }
}

#[test]
fn a_chapter_is_small() {
    let small = |entry: fs::DirEntry| {
        entry.metadata().unwrap().len() < 300_000 || entry.file_name() == "search.js"
    };
    assert!(
        fs::read_dir(&*BOOK)
            .unwrap()
            .all(|entry| small(entry.unwrap()))
    );
}
