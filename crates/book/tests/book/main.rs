//! The book in a real browser.

mod across;
mod chapters;
mod choosing;
mod ledger;
mod made_up;

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use book::browser::Browser;
use lab::project::Project;
use serde_json::json;

/// A book of this project, written once for all tests.
static BOOK: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = Project::at(&root()).unwrap();
    let folder = project.target().join("book-tested");
    let results = tempfile::tempdir().unwrap();
    made_up::write(results.path());
    book::write(&project, &folder, results.path()).unwrap();
    folder
});

fn root() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    folder.canonicalize().unwrap()
}

fn page(path: &str) -> String {
    format!("file://{}", BOOK.join(path).display())
}

/// A browser with a page of this size; none if there is no Chromium, unless tools have to be there.
fn browser(width: u32, height: u32) -> Option<Browser> {
    let Some(mut browser) = Browser::start().unwrap() else {
        assert!(
            env::var_os("LAB_REQUIRE_TOOLS").is_none_or(|value| value != "1"),
            "Chromium is missing: apt-get install chromium"
        );
        println!("skipped: Chromium is missing; apt-get install chromium gets it");
        return None;
    };
    browser.size(width, height, 1).unwrap();
    Some(browser)
}

const TOPICS: &str =
    "[...document.querySelectorAll('#contents a')].map(a => a.getAttribute('href'))";

#[test]
fn twins_begin_at_the_same_height_and_eighty_columns_fit() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    for topic in [
        "cycles.html",
        "destruction.html",
        "deadline.html",
        "escape.html",
    ] {
        browser.open(&page(topic)).unwrap();
        let off = browser.eval(
            "Math.max(...[...document.querySelectorAll('.pair')].slice(0, 1).flatMap(pair => \
             [...pair.querySelectorAll('section.row')].map(row => { \
             const tops = [...row.querySelectorAll(':scope > .side > .body')].map(body => body.getBoundingClientRect().top); \
             return Math.max(...tops) - Math.min(...tops); })))",
        ).unwrap();
        assert!(off.as_f64().unwrap() <= 2.0, "{topic}: {off} pixels off");
        let tall = browser.eval(
            "[...document.querySelectorAll('.pair')][0].querySelectorAll('.l').forEach(l => l.textContent = 'm'.repeat(80)), \
             document.documentElement.style.width = '1265px', \
             Math.max(...[...document.querySelectorAll('section.row .l')].slice(0, 40).map(l => l.offsetHeight))",
        ).unwrap();
        assert_eq!(tall, json!(18), "{topic}: 80 columns wrap");
        let fits = "document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(browser.eval(fits).unwrap(), json!(true));
    }
}

#[test]
fn no_page_scrolls_sideways_on_a_phone_and_nothing_goes_wrong() {
    let Some(mut browser) = browser(390, 844) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    let mut pages: Vec<String> = serde_json::from_value(browser.eval(TOPICS).unwrap()).unwrap();
    pages.push("source/crates/cycles/src/lib.rs.html".to_owned());
    for path in pages {
        browser.open(&page(&path)).unwrap();
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

#[test]
fn search_finds_an_identifier_and_the_keyboard_leads_there() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    browser.eval("const field = document.getElementById('search'); field.value = 'unlink'; field.dispatchEvent(new Event('input'))").unwrap();
    browser
        .wait("document.querySelectorAll('#found a').length > 0")
        .unwrap();
    let first = browser
        .eval("document.querySelector('#found a').getAttribute('href')")
        .unwrap();
    assert_eq!(first, json!("cycles.html#node-unlink"));
    browser.open(&page("cycles.html")).unwrap();
    // The links of the items can be reached by Tab.
    let mut reached = false;
    for _ in 0..80 {
        browser.key("Tab", 9).unwrap();
        reached |= browser
            .eval("document.activeElement.matches('.row .at')")
            .unwrap()
            == json!(true);
    }
    assert!(reached);
    let all =
        "[...document.querySelectorAll('.row .at, .plot summary')].every(a => a.tabIndex === 0)";
    assert_eq!(browser.eval(all).unwrap(), json!(true));
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
    let chosen = browser.eval(theme).unwrap();
    browser.open(&page("leaks.html")).unwrap();
    assert_eq!(browser.eval(theme).unwrap(), chosen);
    assert_eq!(browser.eval(left).unwrap(), json!(false));
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
    let mut wait = |path: &str, selector: &str, least: usize| {
        let deadline = Instant::now() + Duration::from_secs(30);
        let address = json!({ "url": page(path) });
        browser.call("Page.navigate", &address).unwrap();
        loop {
            let whole = json!({ "depth": 0 });
            let root = browser.call("DOM.getDocument", &whole).unwrap()["root"]["nodeId"].clone();
            let wanted = json!({ "nodeId": root, "selector": selector });
            // The root is gone where the page has changed in between.
            let found = browser.call("DOM.querySelectorAll", &wanted);
            let found = found
                .ok()
                .and_then(|found| found["nodeIds"].as_array().map(Vec::len));
            if found.unwrap_or_default() >= least {
                break;
            }
            assert!(Instant::now() < deadline, "{path} has no {selector}");
            thread::sleep(Duration::from_millis(50));
        }
    };
    wait("index.html", ".ledger tbody tr:not([hidden])", 50);
    wait("index.html", "html:not(.js) .filter", 1);
    wait("choose.html", "html:not(.js) #point", 1);
}

#[test]
fn axe_finds_no_violation() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let axe = fs::read_to_string(root().join("tests/axe/axe.min.js")).unwrap();
    let few = ["index.html", "choose.html", "cycles.html"];
    let all = [
        "index.html",
        "escape.html",
        "footprint.html",
        "learn.html",
        "choose.html",
        "machine.html",
        "source/go/cycles/cycles.go.html",
    ];
    for (width, theme, pages) in [
        (1280, "light", &all[..]),
        (1280, "dark", &few),
        (390, "light", &few),
    ] {
        browser.size(width, 900, 1).unwrap();
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        browser.call("Emulation.setEmulatedMedia", &media).unwrap();
        for path in pages {
            browser.open(&page(path)).unwrap();
            browser
                .eval("document.querySelectorAll('details').forEach(d => d.open = true)")
                .unwrap();
            browser.eval(&format!("{axe};0")).unwrap();
            let found = browser.eval(
                "axe.run().then(told => told.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)} (${v.nodes.length}) ${v.nodes[0].failureSummary}`))",
            );
            assert_eq!(found.unwrap(), json!([]), "{path} at {width}, {theme}");
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
    browser.open(&page("cycles.html")).unwrap();
    let beside = browser.eval(
        "[...[...document.querySelectorAll('.pair')][0].querySelectorAll('section.row')].filter(row => row.querySelectorAll('.side .l').length && row.querySelectorAll(':scope > .side').length === 2)\
         .every(row => { const [go, rust] = [...row.querySelectorAll(':scope > .side')].map(side => side.getBoundingClientRect()); \
         return go.right <= rust.left && go.width > 300 && rust.width > 300 && Math.abs(go.top - rust.top) < 2; })",
    );
    assert_eq!(beside.unwrap(), json!(true));
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

#[test]
fn nothing_moves_while_a_page_is_painted() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    for path in ["index.html", "deadline.html", "choose.html"] {
        browser.open(&page(path)).unwrap();
        let moved = browser.eval(
            "new Promise(resolve => { let moved = 0; \
             new PerformanceObserver(list => { for (const entry of list.getEntries()) moved += entry.value; }).observe({ type: 'layout-shift', buffered: true }); \
             setTimeout(() => resolve(moved), 300); })",
        );
        assert_eq!(moved.unwrap(), json!(0), "{path}");
    }
}

#[test]
fn what_a_result_says_stays_text() {
    let shown = fs::read_to_string(BOOK.join("machine.html")).unwrap();
    assert!(shown.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!shown.contains("<script>alert"));
}

#[test]
fn a_chapter_has_a_plot_with_its_figures_beside_its_claims() {
    for (topic, title) in [
        ("reclaim", "pauses"),
        ("footprint", "bytes per node"),
        ("deadline", "frames missed"),
        ("footprint", "resident memory"),
        ("footprint", "the size"),
    ] {
        let shown = fs::read_to_string(BOOK.join(format!("{topic}.html"))).unwrap();
        let claims = shown.split("id=\"claims\"").nth(1).unwrap();
        let plot = claims
            .split("<figure")
            .skip(1)
            .find(|plot| plot.to_lowercase().contains(title));
        let plot = plot.unwrap_or_else(|| panic!("{topic} has no plot of {title}"));
        assert!(
            plot.contains("<svg") && plot.contains("<table"),
            "{topic}: {title}"
        );
        assert!(
            !plot.contains("NaN") && !plot.contains("inf\"") && !plot.contains(">inf"),
            "{topic}: {title}"
        );
    }
    let front = fs::read_to_string(BOOK.join("index.html")).unwrap();
    assert!(front.contains("class=\"m control\""));
}

#[test]
fn a_compiler_speaks_at_the_line_it_speaks_of() {
    let shown = fs::read_to_string(BOOK.join("escape.html")).unwrap();
    let (_, after) = shown.split_once("moved to heap: x").unwrap();
    assert!(after.starts_with("</div>"));
    assert!(shown.contains("go build -gcflags=-m ./escape"));
}

#[test]
fn a_chapter_is_small() {
    for entry in fs::read_dir(&*BOOK).unwrap().map(Result::unwrap) {
        let size = entry.metadata().unwrap().len();
        let name = entry.file_name();
        assert!(
            size < 300_000 || name == "search.js",
            "{name:?}: {size} bytes"
        );
    }
}

/// The book's own program, ended whatever comes.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_changed_result_is_shown_without_another_command() {
    LazyLock::force(&BOOK);
    let results = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let folder = target.path().join("book");
    let mut command = Command::new(env!("CARGO_BIN_EXE_book"));
    command
        .current_dir(root())
        .args(["--serve", "--port", "0", "--results"])
        .arg(results.path())
        .arg("--into")
        .arg(&folder)
        .stdout(Stdio::null());
    let _serving = Serving(command.spawn().unwrap());
    let page = folder.join("machine.html");
    let wait = |what: &str| {
        let deadline = Instant::now() + Duration::from_mins(4);
        while !fs::read_to_string(&page).is_ok_and(|text| text.contains(what)) {
            assert!(Instant::now() < deadline, "{what:?} is not shown");
            thread::sleep(Duration::from_millis(100));
        }
    };
    wait("</html>");
    made_up::write(results.path());
    wait("&lt;script&gt;alert(1)");
}
