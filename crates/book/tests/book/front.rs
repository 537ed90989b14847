//! The front page: an excerpt of a pair, five findings, a tile for each claim, a card for each pair.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::{
    BOOK, browser, claims, page,
    pair::{clipboard, pasted, topics},
    root,
};

fn front() -> String {
    fs::read_to_string(BOOK.join("index.html")).unwrap()
}

/// What stands between the first of these and the next of those.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text
        .split_once(begin)
        .unwrap_or_else(|| panic!("no {begin}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end}")).0
}

#[test]
fn five_findings_ask_answer_and_show_their_verdict() {
    let shown = front();
    let findings = between(&shown, "<ol class=\"findings\">", "</ol>");
    let rows: Vec<&str> = findings.split("<li>").skip(1).collect();
    assert_eq!(rows.len(), 5);
    for row in rows {
        let sentences: Vec<&str> = row.split("<p>").skip(1).collect();
        assert!(!sentences.is_empty(), "{row}");
        for sentence in sentences {
            let asks = between(sentence, "<span class=\"asks\">", "</span>");
            assert!(asks.ends_with('?'), "{sentence}");
            let badge = between(sentence, "<a class=\"badge ", "\"");
            // What nobody decided is called so, and nothing else is.
            let is_open = sentence.contains("<b>Undecided:</b>");
            assert_eq!(is_open, badge == "undecided", "{sentence}");
            if badge != "holds" {
                assert!(!sentence.contains("<b>Yes:</b>"), "{sentence}");
            }
        }
        for word in ["removal", "dose", "NaN", "{", "pooled"] {
            assert!(!row.contains(word), "{word}: {row}");
        }
    }
}

#[test]
fn every_tile_leads_to_the_row_of_its_claim() {
    let shown = front();
    let ledger = fs::read_to_string(BOOK.join("ledger.html")).unwrap();
    let mut tiles = BTreeSet::new();
    for tile in shown.split("<a class=\"tile ").skip(1) {
        let id = between(tile, "href=\"ledger.html#", "\"");
        assert!(ledger.contains(&format!("id=\"{id}\"")), "{id}");
        assert!(between(tile, ">", "<").contains(id), "{id}");
        tiles.insert(id);
    }
    assert_eq!(tiles.len(), claims()[0]);
    let counts = shown.split("href=\"ledger.html#verdict=").skip(1);
    let counts = counts.map(|label| between(label, "<b>", "</b>").parse::<usize>().unwrap());
    assert_eq!(counts.sum::<usize>(), claims()[0]);
}

#[test]
fn every_pair_has_a_card_and_a_card_without_figures_has_no_bar() {
    let shown = front();
    let cards = between(&shown, "<div class=\"cards\">", "</section>");
    for topic in topics() {
        let card = between(
            cards,
            &format!("<a class=\"topic\" href=\"{topic}\">"),
            "</a>",
        );
        let is_measured = card.contains("class=\"factor\"");
        assert_eq!(is_measured, card.contains("class=\"result\""), "{card}");
        assert!(!card.contains('{') && !card.contains("NaN"), "{card}");
    }
    let nodes = between(cards, "href=\"footprint.html\">", "</a>");
    assert!(nodes.contains(" B</b> in Go"), "{nodes}");
}

#[test]
fn the_lines_of_the_excerpt_stand_at_the_height_of_their_twins() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    let lines = |side: &str| {
        format!(
            "[...document.querySelectorAll('.excerpt .{side} .l')].map(line => [line.getBoundingClientRect().top, line.textContent.trim()])"
        )
    };
    let mut lines_of = |side: &str| -> Vec<(f64, String)> {
        let found: Value = browser.eval(&lines(side)).unwrap();
        serde_json::from_value(found).unwrap()
    };
    let (go, rust) = (lines_of("go"), lines_of("rust"));
    assert!(go.len() >= 8, "{go:?}");
    let tops = |lines: &[(f64, String)]| lines.iter().map(|line| line.0).collect::<Vec<_>>();
    assert_eq!(tops(&go), tops(&rust));
    // They are those of the sources, and the comments where the languages part stand out.
    for (lines, path) in [
        (&go, "go/cycles/cycles.go"),
        (&rust, "crates/cycles/src/lib.rs"),
    ] {
        let source = fs::read_to_string(root().join(path)).unwrap();
        for (_, line) in lines {
            assert!(source.contains(line.as_str()), "{path}: {line}");
        }
    }
    let parts = "document.querySelectorAll('.excerpt .parts').length";
    assert_eq!(browser.eval(parts).unwrap(), json!(2));
}

#[test]
fn labels_below_a_scale_do_not_touch_and_stay_inside() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let wrong = "[...document.querySelectorAll('.ticks')].flatMap(row => { \
         const boxes = [...row.children].map(label => label.getBoundingClientRect()).sort((a, b) => a.left - b.left); \
         const within = row.getBoundingClientRect(); \
         return boxes.filter((box, place) => box.left < within.left - 1 || box.right > within.right + 1 || \
         place > 0 && box.left < boxes[place - 1].right).map(box => row.textContent); })";
    for width in [1280, 1000, 390] {
        browser.size(width, 900, 1).unwrap();
        browser.open(&page("index.html")).unwrap();
        assert_eq!(browser.eval(wrong).unwrap(), json!([]), "{width}");
    }
}

#[test]
fn a_command_is_copied_as_it_is() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("index.html")).unwrap();
    let at = browser.eval(
        "(() => { const button = document.querySelector('#which .command-box button'); button.scrollIntoView({ behavior: 'instant' }); \
         button.focus(); return button.checkVisibility(); })()",
    );
    assert_eq!(at.unwrap(), json!(true));
    let _alone = clipboard();
    // What the button says stays.
    browser.eval("window.setTimeout = () => 0").unwrap();
    browser.key("Enter", 13).unwrap();
    browser
        .wait("document.querySelector('#which .command-box button').textContent === 'Copied'")
        .unwrap();
    let copied = pasted(&mut browser);
    assert!(
        copied.starts_with("cargo lab point --live-objects "),
        "{copied}"
    );
}
