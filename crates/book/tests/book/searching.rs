//! Search and filters: what is found, and how one gets out again.

use serde_json::{Value, json};

use super::{browser, page};

const OPEN: &str = "document.getElementById('contents').matches(':popover-open')";

#[test]
fn search_finds_code_of_both_sides_and_shows_whole_words() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    for (word, place) in [
        ("RefCell", "cycles.html#node"),
        ("DeleteFunc", "cycles.html#node-unlink"),
        ("GOMEMLIMIT", ".html"),
    ] {
        browser.key("/", 191).unwrap();
        browser
            .wait("document.activeElement.id === 'search'")
            .unwrap();
        browser
            .eval("document.getElementById('search').value = ''")
            .unwrap();
        browser.type_in(word).unwrap();
        browser
            .wait(&format!("[...document.querySelectorAll('#found mark')].some(mark => mark.textContent === '{word}')"))
            .unwrap();
        let found: Vec<[String; 2]> = serde_json::from_value(
            browser
                .eval("[...document.querySelectorAll('#found a')].filter(a => a.querySelector('small')).map(a => [a.getAttribute('href'), a.querySelector('small').textContent])")
                .unwrap(),
        )
        .unwrap();
        assert!(
            found.iter().any(|[href, _]| href.contains(place)),
            "{word}: {found:?}"
        );
        for [_, excerpt] in found {
            let inner = excerpt.trim_start_matches("… ").trim_end_matches(" …");
            assert!(!inner.starts_with(' ') && inner.len() < 240, "{excerpt:?}");
        }
        browser.key("Escape", 27).unwrap();
        browser.wait(&format!("!{OPEN}")).unwrap();
    }
    // A click elsewhere closes it too.
    browser.key("/", 191).unwrap();
    assert_eq!(browser.eval(OPEN).unwrap(), json!(true));
    browser.drag([100.0, 600.0], [100.0, 600.0]).unwrap();
    browser.wait(&format!("!{OPEN}")).unwrap();
}

#[test]
fn filters_live_in_the_address_and_survive_back() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser
        .open(&page("ledger.html#verdict=holds&topic=cycles"))
        .unwrap();
    let shown = "[document.querySelector('.filters [data-key=verdict][aria-current]').dataset.value, \
         [...new Set([...document.querySelectorAll('.ledger tr[data-verdict]')].filter(row => row.checkVisibility()).map(row => row.dataset.topic + ' ' + row.dataset.verdict))]]";
    let filtered: Value = browser.eval(shown).unwrap();
    assert_eq!(filtered, json!(["holds", ["cycles holds"]]));
    browser.eval("location.href = 'cycles.html'").unwrap();
    browser
        .wait("location.pathname.endsWith('/cycles.html')")
        .unwrap();
    browser.eval("history.back()").unwrap();
    browser
        .wait("location.pathname.endsWith('/ledger.html') && document.readyState === 'complete'")
        .unwrap();
    assert_eq!(browser.eval(shown).unwrap(), filtered);
}
