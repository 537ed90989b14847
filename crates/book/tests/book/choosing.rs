//! The page for someone choosing.

use std::fs;

use serde_json::json;

use super::{BOOK, browser, page};

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
        let told = browser.eval(&format!(
            "(() => {{ const form = document.querySelector('form.point'); form.reset(); form.elements['{name}'].value = '{wrong}'; \
             form.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             return [document.getElementById('point').textContent.includes('cargo'), form.querySelector('.take').disabled]; }})()"
        ));
        assert_eq!(told.unwrap(), json!([false, true]), "{name}={wrong}");
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
        let told = browser.eval(&format!(
            "(() => {{ const form = document.querySelector('form.point'); form.reset(); form.elements.slo.value = {target}; \
             form.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             return document.getElementById('point').textContent; }})()"
        ));
        told.unwrap().as_str().unwrap().to_owned()
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
fn a_percentile_is_the_same_wherever_the_page_tells_it() {
    let shown = fs::read_to_string(BOOK.join("choose.html")).unwrap();
    let (_, after) = shown.split_once("takes at p99 ").unwrap();
    let (figure, _) = after.split_once(" in Go").unwrap();
    assert!(figure.contains('['), "{figure}");
    let sentence = format!("takes {figure} at p99 in Go");
    assert!(shown.contains(&sentence), "{sentence}");
    assert!(shown.contains(&format!("<td>{figure}</td>")), "{figure}");
}

#[test]
fn the_map_shows_latency_and_memory() {
    let shown = fs::read_to_string(BOOK.join("choose.html")).unwrap();
    let (_, map) = shown.split_once("id=\"map\"").unwrap();
    let (map, _) = map.split_once("<h2").unwrap();
    for what in ["p99", "resident memory"] {
        // Six points of the made up result, and one that only the reference has.
        let title = format!("1 MiB a request: at 7 of 7 points {what} differs more");
        let plot = map.split("<figure").find(|plot| plot.contains(&title));
        let plot = plot.unwrap_or_else(|| panic!("no map of {what}: {map:.500}"));
        assert!(plot.matches("class=\"tile rust\"").count() >= 6, "{what}");
    }
    assert!(!map.contains("cargo lab sweep"));
}
