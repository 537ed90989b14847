//! The ledger that one filters and sorts.

use serde_json::{Value, json};

use super::{browser, page};

#[test]
fn the_ledger_is_filtered_by_the_language_that_a_verdict_favours() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    let mut shown = |name: &str, value: &str| -> Vec<String> {
        let told = browser.eval(&format!(
            "(() => {{ const form = document.querySelector('.filter'); form.reset(); form.elements['{name}'].value = '{value}'; \
             form.elements['{name}'].dispatchEvent(new Event('change', {{ bubbles: true }})); \
             return [...document.querySelectorAll('.ledger tbody tr:not([hidden]) th')].map(head => head.textContent); }})()"
        ));
        serde_json::from_value(told.unwrap()).unwrap()
    };
    let (go, rust) = (shown("favours", "Go"), shown("favours", "Rust"));
    let neither = shown("favours", "neither");
    let all = shown("favours", "");
    // F4 says that Rust needs more than it does, and fails.
    assert!(
        rust.contains(&"F4".to_owned()) && go.contains(&"Y2".to_owned()),
        "{go:?} {rust:?}"
    );
    assert_eq!(go.len() + rust.len() + neither.len(), all.len());
    assert!(shown("topic", "verdict").contains(&"V4".to_owned()));
}

#[test]
fn the_ledger_is_sorted_on_a_phone_too() {
    let Some(mut browser) = browser(390, 844) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    let mut first = |value: &str| -> Value {
        let told = browser.eval(&format!(
            "(() => {{ const sort = document.querySelector('.filter').elements.sort; sort.value = '{value}'; \
             sort.dispatchEvent(new Event('change', {{ bubbles: true }})); \
             return sort.offsetWidth > 0 && document.querySelector('.ledger tbody th').textContent; }})()"
        ));
        told.unwrap()
    };
    assert_eq!(first("0"), json!("A1"));
    assert_eq!(first(""), json!("R1"));
}
