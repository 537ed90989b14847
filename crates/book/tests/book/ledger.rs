//! The ledger: a row for each claim, filters that are links, on a phone a card for each claim.

use std::fs;

use book::browser::Browser;
use lab_judge::claims::Claims;
use lab_workspace::project::Project;
use serde_json::{Value, json};

use super::{BOOK, browser, claims, page, root};

/// The rows of the claims that one sees.
const SHOWN: &str = "[...document.querySelectorAll('.ledger tr[data-verdict]')].filter(row => row.checkVisibility())";

#[test]
fn every_claim_has_a_row_that_leads_to_its_card() {
    let shown = fs::read_to_string(BOOK.join("ledger.html")).unwrap();
    let all = Claims::read(&Project::at(&root()).unwrap()).unwrap().claim;
    for claim in &all {
        let (_, row) = shown
            .split_once(&format!("<tr id=\"{}\"", claim.id))
            .unwrap_or_else(|| panic!("no row of {}", claim.id));
        let row = row.split("</tr>").next().unwrap();
        let card = format!(".html#claim-{}\"", claim.id.to_lowercase());
        assert!(row.contains(&card), "{}: {row}", claim.id);
    }
    let [article, whole] = claims();
    let counts = [
        format!("The article. {article} claims: "),
        format!("Claims of other sources. {} claims: ", whole - article),
    ];
    assert!(
        counts.iter().all(|count| shown.contains(count.as_str())),
        "{counts:?}"
    );
}

/// Follows a link of the filters, and waits for its address.
fn follow(browser: &mut Browser, key: &str, value: &str, address: &str) {
    let click = format!(
        "document.querySelector('.filters [data-key={key}][data-value=\"{value}\"]').click()"
    );
    browser.eval(&click).unwrap();
    is_at(browser, address);
}

/// Waits until the page shows what its address says.
fn is_at(browser: &mut Browser, address: &str) {
    let chosen = format!(
        "location.hash === '{address}' && [...document.querySelectorAll('.filters [aria-current]')] \
         .filter(link => link.dataset.value).every(link => location.hash.includes(link.dataset.key + '=' + link.dataset.value)) \
         && document.querySelectorAll('.filters [aria-current]').length === 4"
    );
    browser.wait(&chosen).unwrap();
}

#[test]
fn filters_are_links_that_combine_and_back_takes_the_last_one_away() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("ledger.html")).unwrap();
    follow(&mut browser, "verdict", "holds", "#verdict=holds");
    follow(
        &mut browser,
        "topic",
        "cycles",
        "#verdict=holds&topic=cycles",
    );
    let kinds =
        format!("[...new Set({SHOWN}.map(row => row.dataset.topic + ' ' + row.dataset.verdict))]");
    assert_eq!(browser.eval(&kinds).unwrap(), json!(["cycles holds"]));
    browser.eval("history.back()").unwrap();
    is_at(&mut browser, "#verdict=holds");
    let topics = browser.eval(&format!(
        "new Set({SHOWN}.map(row => row.dataset.topic)).size"
    ));
    assert!(topics.unwrap().as_u64().unwrap() > 3);
    follow(&mut browser, "verdict", "", "#all");
    let count = browser.eval(&format!("{SHOWN}.length"));
    assert_eq!(count.unwrap(), json!(claims()[1]));
    // What no claim is says so.
    browser.eval("location.hash = '#verdict=nothing'").unwrap();
    browser
        .wait("document.querySelector('.empty').checkVisibility()")
        .unwrap();
}

#[test]
fn the_ledger_is_filtered_by_the_language_that_is_ahead() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("ledger.html")).unwrap();
    let mut shown = |value: &str| -> Vec<String> {
        follow(&mut browser, "ahead", value, &format!("#ahead={value}"));
        let ids = browser.eval(&format!("{SHOWN}.map(row => row.id)"));
        serde_json::from_value(ids.unwrap()).unwrap()
    };
    let (go, rust, neither) = (shown("Go"), shown("Rust"), shown("neither"));
    // F4 says that Rust needs more than it does, and fails.
    assert!(
        rust.contains(&"F4".to_owned()) && go.contains(&"Y2".to_owned()),
        "{go:?} {rust:?}"
    );
    assert_eq!(go.len() + rust.len() + neither.len(), claims()[1]);
}

#[test]
fn an_id_in_the_address_leads_to_its_row_below_the_filters() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let seen = |id: &str| {
        format!(
            "(() => {{ const bar = document.querySelector('.filters').getBoundingClientRect(); \
             const row = document.getElementById('{id}').getBoundingClientRect(); \
             return row.height > 0 && row.top >= bar.bottom - 1 && row.top < bar.bottom + 60; }})()"
        )
    };
    browser.open(&page("ledger.html#V4")).unwrap();
    browser.wait(&seen("V4")).unwrap();
    // From a filter that hides it, too.
    browser.open(&page("ledger.html#topic=cycles")).unwrap();
    browser.eval("location.hash = '#A6'").unwrap();
    browser.wait(&seen("A6")).unwrap();
}

#[test]
fn the_finding_is_wider_than_the_claim_and_both_than_the_picture() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("ledger.html")).unwrap();
    let widths = browser.eval(
        "['finding', 'says', 'picture'].map(part => document.querySelector('.ledger td.' + part).offsetWidth)",
    );
    let widths: [f64; 3] = serde_json::from_value(widths.unwrap()).unwrap();
    assert!(widths[0] > widths[1] && widths[1] > widths[2], "{widths:?}");
    let pictures =
        browser.eval("document.querySelectorAll('.ledger .iv, .ledger .facts-seen').length");
    assert!(pictures.unwrap().as_u64().unwrap() > 20);
}

#[test]
fn on_a_phone_a_claim_is_a_card_of_four_parts_that_stays_a_row() {
    let Some(mut browser) = browser(390, 844) else {
        return;
    };
    browser.open(&page("ledger.html")).unwrap();
    // Where the parts of each card stand, from its top; the first two share a line.
    let cards = browser.eval(&format!(
        "{SHOWN}.map(row => ['id', 'judged', 'says', 'finding', 'picture'].map(part => \
         row.querySelector('.' + part).getBoundingClientRect().top - row.getBoundingClientRect().top))"
    ));
    let cards: Vec<[f64; 5]> = serde_json::from_value(cards.unwrap()).unwrap();
    assert_eq!(cards.len(), claims()[1]);
    for card @ [id, judged, says, finding, picture] in cards {
        let is_one_line = (id - judged).abs() < 8.0;
        assert!(
            is_one_line && judged < says && says < finding && finding <= picture,
            "{card:?}"
        );
    }
    // A card is a row to a screen reader.
    let whole = browser
        .call("Accessibility.getFullAXTree", &json!({}))
        .unwrap();
    let nodes = whole["nodes"].as_array().unwrap();
    let count = |role: &str| {
        let is_role = |node: &&Value| node["role"]["value"] == role && node["ignored"] == false;
        nodes.iter().filter(is_role).count()
    };
    assert_eq!(count("columnheader"), 5);
    assert_eq!(count("cell"), 4 * claims()[1]);
}
