//! The page for someone choosing.

use std::fs;

use serde_json::json;

use super::{BOOK, browser, page, stage::Stage};

#[test]
fn the_form_puts_the_command_together() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("choose.html")).unwrap();
    let command = browser.eval(
        "const form = document.querySelector('form.point'); form.elements.rate.value = '50'; form.elements.slo.value = ''; \
         form.dispatchEvent(new Event('input', { bubbles: true })); document.getElementById('point').textContent",
    );
    let expected = "cargo lab point --live-objects 2000000 --rate 50 --payload 64KiB";
    assert_eq!(command.unwrap(), json!(expected));
}

#[test]
fn what_the_lab_would_refuse_is_no_command() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("choose.html")).unwrap();
    for (name, wrong) in [("slo", "p98=20ms"), ("rate", "many"), ("payload", "")] {
        let state = browser.eval(&format!(
            "(() => {{ const form = document.querySelector('form.point'); form.reset(); form.elements['{name}'].value = '{wrong}'; \
             form.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             return [document.getElementById('point').textContent.includes('cargo'), document.querySelector('#point + .take').disabled]; }})()"
        ));
        assert_eq!(state.unwrap(), json!([false, true]), "{name}={wrong}");
    }
}

#[test]
fn the_form_and_the_parser_take_the_same_latency_targets() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("choose.html")).unwrap();
    let mut command = |target: &str| {
        let target = json!(target);
        let command = browser.eval(&format!(
            "(() => {{ const form = document.querySelector('form.point'); form.reset(); form.elements.slo.value = {target}; \
             form.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             return document.getElementById('point').textContent; }})()"
        ));
        command.unwrap().as_str().unwrap().to_owned()
    };
    let cases = include_str!("../../../load/src/slo/cases.txt").lines();
    for case in cases.filter(|line| !line.starts_with('#')) {
        let (target, read) = case.split_once('\t').unwrap();
        if target.is_empty() {
            // A field that is left empty is no option.
            assert!(!command(target).contains("--slo"));
            continue;
        }
        let shown = command(target);
        let is_taken = shown.starts_with("cargo lab point ");
        assert_eq!(is_taken, read != "-", "{target:?}: {shown}");
        let word = target.trim();
        let ends = [format!(" --slo '{word}'"), format!(" --slo {word}")];
        let is_whole = ends.iter().any(|end| shown.ends_with(end));
        assert_eq!(is_whole, is_taken, "{target:?}: {shown}");
    }
    let both = command("p99<20ms, p99.9=1s");
    assert!(both.ends_with(" --slo 'p99<20ms' --slo p99.9=1s"), "{both}");
}

#[test]
fn the_form_for_a_server_of_ones_own_has_a_command_of_its_own() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("choose.html")).unwrap();
    let mut command = |url: &str, rate: &str| {
        let command = browser.eval(&format!(
            "(() => {{ const form = document.querySelector('form[data-for=point-url]'); form.reset(); \
             form.elements.url.value = '{url}'; form.elements.rate.value = '{rate}'; \
             form.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             return document.getElementById('point-url').textContent; }})()"
        ));
        command.unwrap().as_str().unwrap().to_owned()
    };
    let slo = "--slo 'p99<20ms'";
    for (url, rate, expected) in [
        ("http://127.0.0.1:8080/", "", "--url http://127.0.0.1:8080/"),
        (
            "https://x.example/a?b=1&c=2",
            "50",
            "--url 'https://x.example/a?b=1&c=2' --rate 50",
        ),
    ] {
        let expected = format!("cargo lab point {expected} {slo}");
        assert_eq!(command(url, rate), expected);
    }
    for (url, rate) in [("127.0.0.1:8080", ""), ("http://x/", "none"), ("", "")] {
        let shown = command(url, rate);
        assert!(!shown.contains("cargo"), "{url} {rate}: {shown}");
    }
}

/// The part of the choosing page behind this place, up to the next one.
fn part(from: &str, to: &str) -> String {
    let shown = fs::read_to_string(BOOK.join("choose.html")).unwrap();
    let (_, after) = shown
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from}"));
    let (part, _) = after.split_once(to).unwrap_or_else(|| panic!("no {to}"));
    part.to_owned()
}

#[test]
fn a_point_has_the_same_figure_on_every_page() {
    let row = part("id=\"at-own-1-mib-new-1000000-50\"", "</tr>");
    let (_, p99) = row.split_once("data-of=\"p99, Go\">").unwrap();
    let (p99, _) = p99.split_once("</td>").unwrap();
    assert!(p99.contains(" ms ["), "{p99}");
    // Beside a claim, judged by the same blocks.
    let claim = fs::read_to_string(BOOK.join("pauses.html")).unwrap();
    let (_, claim) = claim.split_once("id=\"claim-p1\"").unwrap();
    assert!(claim.contains(&format!("p99 {p99}")), "{p99}");
}

#[test]
fn a_line_stands_in_the_list_for_which_its_figures_speak() {
    // In the made up result Go takes twice the time and the memory of Rust.
    let rust = part("class=\"pick rust\"", "class=\"pick go\"");
    for seen in [
        "You pay for the memory of a server that allocates",
        "p99 must stay below",
        "the memory of Rust",
        "class=\"cited\"",
        " ms [",
    ] {
        assert!(rust.contains(seen), "{seen}: {rust}");
    }
    let others = part("class=\"pick go\"", "id=\"map\"");
    assert!(!others.contains("a server that allocates"));
}

#[test]
fn own_points_and_those_of_the_reference_have_maps_of_their_own() {
    let own = part("id=\"map-own\"", "id=\"map-reference\"");
    let count = |text: &str, what: &str| text.matches(what).count();
    // Three loads over two heaps, in a map of three by four; latency and memory of each.
    assert_eq!(count(&own, "<a class=\"cell none\""), 6);
    assert_eq!(count(&own, "class=\"db\""), 12);
    assert_eq!(count(&own, "id=\"at-own-"), 6);
    assert_eq!(count(&own, "title=\"6 blocks\""), 6);
    let reference = part("id=\"map-reference\"", "id=\"own\"");
    assert!(count(&reference, "class=\"db\"") > 12, "{reference:.500}");
    assert!(!reference.contains("at-own-"));
}

#[test]
fn a_cell_tells_its_point_beside_the_map() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("choose.html")).unwrap();
    let heading = "[document.querySelector('.panel h4').textContent, document.querySelector('.panel dd').textContent]";
    let first: [String; 2] = serde_json::from_value(browser.eval(heading).unwrap()).unwrap();
    let name = "1M objects alive, 1 MiB of new memory a request, 50 % of capacity";
    assert_eq!(first[0], name);
    let second = browser.eval(&format!(
        "(() => {{ document.querySelector('.cell[href$=\"-new-0-25\"]').click(); return [...{heading}, document.querySelectorAll('.cell-map .cell[aria-current]').length > 0, location.hash]; }})()"
    ));
    let second: (String, String, bool, String) = serde_json::from_value(second.unwrap()).unwrap();
    let name = "Nothing alive, 1 MiB of new memory a request, 25 % of capacity";
    assert_eq!(second.0, name);
    assert!(second.1.contains(" ms ["), "{}", second.1);
    assert!(second.2 && second.3.is_empty());
}

#[test]
fn a_cell_that_was_not_measured_fills_the_form() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("choose.html")).unwrap();
    let filled = browser.eval(
        "(() => { document.querySelector('.cell.none[data-live=\"10000000\"][data-share=\"75\"]').click(); \
         const fill = document.getElementById('fill'); \
         return [document.getElementById('point').textContent, fill.checkVisibility() && fill.querySelector('code').textContent, document.activeElement.name]; })()",
    );
    let expected = [
        "cargo lab point --live-objects 10000000 --rate 800 --payload 1MiB --slo 'p99<20ms'",
        "cargo lab sweep --live-objects 10000000 --payload 1MiB --share 75",
        "rate",
    ];
    assert_eq!(filled.unwrap(), json!(expected));
}

#[test]
fn each_kind_of_request_has_a_tab_and_all_are_printed() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("choose.html")).unwrap();
    let shown = "[...document.querySelectorAll('.mapset > figure')].filter(figure => figure.checkVisibility()).length";
    let maps = browser
        .eval("document.querySelectorAll('.cell-map').length")
        .unwrap();
    assert_eq!(browser.eval(shown).unwrap(), maps, "one for each map");
    let chosen = browser.eval(
        "(() => { const map = [...document.querySelectorAll('.cell-map')].at(-1); const tabs = [...map.querySelectorAll('.segs button')]; \
         tabs[1].click(); const figures = [...map.querySelectorAll('.mapset > figure')]; \
         return [tabs[1].getAttribute('aria-pressed'), tabs[0].getAttribute('aria-pressed'), figures[1].checkVisibility(), figures[0].checkVisibility()]; })()",
    );
    assert_eq!(chosen.unwrap(), json!(["true", "false", true, false]));
    let print = json!({ "media": "print" });
    browser.call("Emulation.setEmulatedMedia", &print).unwrap();
    let all = browser.eval("document.querySelectorAll('.mapset > figure').length");
    assert_eq!(browser.eval(shown).unwrap(), all.unwrap());
}

#[test]
fn no_cell_is_too_narrow_for_its_figures() {
    for width in [390, 1280] {
        let Some(mut browser) = browser(width, 900) else {
            return;
        };
        browser.open(&page("choose.html")).unwrap();
        let wide = browser.eval(
            "[...document.querySelectorAll('.cell')].filter(cell => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)",
        );
        assert_eq!(wide.unwrap(), json!([]), "at {width}");
    }
}

#[test]
fn without_results_the_page_says_so_and_its_map_can_be_filled() {
    let stage = Stage::new();
    stage.book(&["--into", "site"]).says(0, &[]);
    let shown = stage.read("site/choose.html");
    assert_eq!(shown.matches("class=\"cell none\"").count(), 12);
    let nothing = "Nothing that was measured says so";
    assert_eq!(shown.matches(nothing).count(), 3, "in each list");
    assert!(shown.contains("cargo lab sweep") && shown.contains("cargo lab point"));
}
