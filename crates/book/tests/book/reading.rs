//! What a reader gets whatever the window, with scripts or without, and while a page loads.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use book::{browser::Browser, serve::kind};
use serde_json::{Value, json};

use super::{
    BOOK, browser, claims, page,
    pair::{UNFOLD, topics},
};

/// All pages that the contents list, and one of a source.
fn pages(browser: &mut Browser) -> Vec<String> {
    browser.open(&page("index.html")).unwrap();
    let listed = "[...document.querySelectorAll('#contents a')].map(a => a.getAttribute('href'))";
    let mut pages: Vec<String> = serde_json::from_value(browser.eval(listed).unwrap()).unwrap();
    assert!(pages.len() > topics().len());
    pages.push("source/crates/cycles/src/lib.rs.html".to_owned());
    pages
}

#[test]
fn no_page_scrolls_sideways_on_a_phone_and_nothing_goes_wrong() {
    let Some(mut browser) = browser(390, 844) else {
        return;
    };
    for path in pages(&mut browser) {
        browser.open(&page(&path)).unwrap();
        browser.eval(UNFOLD).unwrap();
        let width = browser
            .eval("document.documentElement.scrollWidth")
            .unwrap();
        assert!(width.as_u64().unwrap() <= 390, "{path} is {width} wide");
        // Text of a plot that is smaller than this cannot be read.
        let small = "Math.min(...[...document.querySelectorAll('.drawn')].filter(svg => svg.clientWidth).map(svg => 10.5 * svg.clientWidth / svg.viewBox.baseVal.width))";
        let small = browser.eval(small).unwrap();
        assert!(
            small.as_f64().is_none_or(|size| size >= 8.0),
            "{path}: {small} pixels"
        );
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

/// Left, top, right and bottom of each of these elements, asked of the browser and not of the page; none of
/// one that is not drawn.
fn boxes(browser: &mut Browser, selector: &str) -> Vec<Option<[f64; 4]>> {
    let whole = json!({ "depth": 0 });
    let root = browser.call("DOM.getDocument", &whole).unwrap()["root"]["nodeId"].clone();
    let wanted = json!({ "nodeId": root, "selector": selector });
    // The root is gone where the page has changed in between.
    let found = browser.call("DOM.querySelectorAll", &wanted);
    let nodes = found.map_or(Value::Null, |found| found["nodeIds"].clone());
    let corners = |node: &Value| -> Option<[f64; 4]> {
        let model = browser.call("DOM.getBoxModel", &json!({ "nodeId": node }));
        let quad = model.ok()?["model"]["border"].clone();
        let quad: Vec<f64> = serde_json::from_value(quad).ok()?;
        Some([quad[0], quad[1], quad[4], quad[5]])
    };
    let nodes = nodes.as_array().cloned().unwrap_or_default();
    nodes.iter().map(corners).collect()
}

/// Opens a page whose scripts do not run, and waits until at least `least` of these elements are drawn.
fn drawn(browser: &mut Browser, path: &str, selector: &str, least: usize) -> Vec<[f64; 4]> {
    let deadline = Instant::now() + Duration::from_mins(5);
    let address = json!({ "url": page(path) });
    browser.events.clear();
    browser.call("Page.navigate", &address).unwrap();
    // Where only the fragment is another, nothing is loaded.
    let ends = ["Page.loadEventFired", "Page.navigatedWithinDocument"];
    loop {
        let mut events = browser.events.iter();
        let is_loaded = events.any(|event| ends.iter().any(|end| event["method"] == *end));
        let found: Vec<_> = boxes(browser, selector).into_iter().flatten().collect();
        if is_loaded && found.len() >= least {
            return found;
        }
        assert!(Instant::now() < deadline, "{path} shows no {selector}");
    }
}

#[test]
fn it_can_be_read_without_scripts() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let off = json!({ "value": true });
    browser
        .call("Emulation.setScriptExecutionDisabled", &off)
        .unwrap();
    let rows = ".ledger tr[data-verdict]";
    let ledger = drawn(&mut browser, "ledger.html", rows, claims()[1]);
    for [left, top, right, bottom] in ledger {
        assert!(right - left > 700.0 && bottom - top > 20.0);
    }
    // One filter works.
    let chosen = format!("{rows}[data-verdict=holds]");
    let others = format!("{rows}:not([data-verdict=holds])");
    drawn(&mut browser, "ledger.html#verdict=holds", &chosen, 5);
    let hidden = boxes(&mut browser, &others);
    assert!(hidden.len() > 5 && hidden.iter().all(Option::is_none));
    for topic in ["cycles.html", "deadline.html"] {
        let lines = |side: &str| format!("#the-pair + .pair section.row > .side.{side} > .body");
        let go = drawn(&mut browser, topic, &lines("go"), 5);
        let rust = drawn(&mut browser, topic, &lines("rust"), 5);
        let wide = |[left, _, right, _]: &[f64; 4]| right - left > 500.0;
        assert!(go.iter().chain(&rust).all(wide), "{topic}: {go:?} {rust:?}");
        let is_left = |[_, _, right, _]: &[f64; 4]| *right <= rust[0][0];
        assert!(go.iter().all(is_left), "{topic}: {go:?} {rust:?}");
    }
    // What only scripts could do is not offered.
    for (path, selector, count) in [
        ("index.html", ".theme, .search", 2),
        ("ledger.html", ".filters .needs-js, .counted", 4),
        ("cycles.html", "#the-pair + .pair .swap, .search", 2),
        ("choose.html", "form.point, .panel", 4),
    ] {
        drawn(&mut browser, path, "footer", 1);
        let hidden = boxes(&mut browser, selector);
        assert_eq!(hidden, vec![None; count], "{path}: {selector}");
    }
    for (selector, least) in [
        ("#point", 1),
        ("#point-url", 1),
        (".pick li", 4),
        (".mapset > figure", 3),
        (".cell .db", 20),
    ] {
        drawn(&mut browser, "choose.html", selector, least);
    }
}

/// Which blocks of a page have moved so far, from and to where; lines with their badges, tables and links
/// fill up as they come.
const MOVED: &str = "new Promise(resolve => { const moved = []; \
    const at = ({ x, y, width, height }) => [x, y, width, height].join(' '); \
    const isBlock = ({ node }) => node instanceof Element && !node.closest('table, .badge, a'); \
    const describe = ({ node, previousRect, currentRect }) => \
        `${node.outerHTML.slice(0, 60)}: ${at(previousRect)} to ${at(currentRect)}`; \
    new PerformanceObserver(list => { for (const { sources } of list.getEntries()) moved.push(...sources.filter(isBlock).map(describe)); }) \
        .observe({ type: 'layout-shift', buffered: true }); \
    setTimeout(() => resolve(moved), 300); })";

/// Sends the book's files in pieces, as a slow line brings them: the address.
fn slowly() -> String {
    LazyLock::force(&BOOK);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).ok()?;
                let name = line.split([' ', '/']).nth(2)?;
                let text = fs::read(BOOK.join(name)).ok()?;
                let kind = kind(name.as_ref());
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n"
                )
                .ok()?;
                let (first, rest) = text.split_at(text.len().min(16_000));
                for piece in first.chunks(200) {
                    stream.write_all(piece).ok()?;
                    if kind.starts_with("text/html") {
                        thread::sleep(Duration::from_millis(20));
                    }
                }
                stream.write_all(rest).ok()
            });
        }
    });
    address
}

#[test]
fn no_block_moves_while_a_page_arrives_slowly() {
    let address = slowly();
    for width in [1280, 390] {
        let Some(mut browser) = browser(width, 900) else {
            return;
        };
        for path in [
            "index.html",
            "ledger.html",
            "footprint.html",
            "deadline.html",
            "choose.html",
            "machine.html",
        ] {
            let mut load = |_| {
                browser.open(&format!("{address}/{path}")).unwrap();
                browser.eval(MOVED).unwrap()
            };
            // A busy machine may bring the pieces in another order: a block that moves does so each time.
            let moved: Vec<_> = (0..3)
                .map(&mut load)
                .take_while(|moved| *moved != json!([]))
                .collect();
            assert!(moved.len() < 3, "{path} at {width}: {moved:?}");
        }
    }
}

#[test]
fn what_is_folded_is_printed_too() {
    let Some(mut browser) = browser(1050, 720) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    let folded = "document.querySelector('details.imports:not([open]) .l').checkVisibility()";
    assert_eq!(browser.eval(folded).unwrap(), json!(false));
    let print = json!({ "media": "print" });
    browser.call("Emulation.setEmulatedMedia", &print).unwrap();
    assert_eq!(browser.eval(folded).unwrap(), json!(true));
}
