//! Watch the memory: forward and back, by mouse and keyboard, aloud; all of it without scripts and on paper.

use serde_json::json;

use super::{browser, page};

/// The step that is shown, how many frames are seen, and what was said aloud.
const SHOWN: &str = "(() => { const scene = document.querySelector('.scene.on'); \
     const steps = [...scene.querySelectorAll('.script li button')]; \
     const seen = [...scene.querySelectorAll('.frame')].filter(frame => getComputedStyle(frame).visibility === 'visible'); \
     return [steps.findIndex(step => step.hasAttribute('aria-current')), seen.length, seen[0].querySelector('h4').textContent.split('#')[0].trim(), \
     document.querySelector('.watch [role=status]').textContent.split(':')[0]]; })()";

#[test]
fn it_opens_where_the_languages_part_and_steps_forward_and_back() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    let opened = browser.eval(SHOWN).unwrap();
    assert_eq!(opened, json!([2, 1, "3. drop 1", ""]));
    let parts = "document.querySelector('.scene.on .frame.on .what').textContent.includes('Here the languages part.')";
    assert_eq!(browser.eval(parts).unwrap(), json!(true));
    let click = |selector: &str| format!("document.querySelector('.scene.on {selector}').click()");
    browser.eval(&click(".go-on")).unwrap();
    let next = json!([3, 1, "4. settle", "Line 4 of 6"]);
    assert_eq!(browser.eval(SHOWN).unwrap(), next);
    let said = "document.querySelector('.watch [role=status]').textContent";
    let expected = "Line 4 of 6: settle. Go: ";
    let said_text = browser.eval(said).unwrap();
    assert!(
        said_text.as_str().unwrap().starts_with(expected),
        "{said_text}"
    );
    browser.eval(&click(".back")).unwrap();
    let said_text = browser.eval(said).unwrap();
    let parts = "Here the languages part.";
    assert!(said_text.as_str().unwrap().contains(parts), "{said_text}");
    // The keyboard does the same.
    browser
        .eval("document.querySelector('.scene.on [aria-current]').focus()")
        .unwrap();
    browser.key("ArrowDown", 40).unwrap();
    assert_eq!(browser.eval(SHOWN).unwrap(), next);
    for _ in 0..9 {
        browser.key("ArrowUp", 38).unwrap();
    }
    let first = json!([0, 1, "1. chain 3", "Line 1 of 6"]);
    assert_eq!(browser.eval(SHOWN).unwrap(), first);
}

#[test]
fn every_topic_with_scenes_shows_one_at_a_time() {
    let Some(mut browser) = browser(390, 844) else {
        return;
    };
    let mut count = 0;
    for topic in super::pair::topics() {
        browser.open(&page(&topic)).unwrap();
        let scenes =
            "[...document.querySelectorAll('.scene')].map(scene => scene.checkVisibility())";
        let shown: Vec<bool> = serde_json::from_value(browser.eval(scenes).unwrap()).unwrap();
        if shown.is_empty() {
            continue;
        }
        count += 1;
        assert!(shown.len() >= 2, "{topic} has {} scenes", shown.len());
        let only_first = shown
            .iter()
            .enumerate()
            .all(|(place, seen)| *seen == (place == 0));
        assert!(only_first, "{topic}: {shown:?}");
        browser
            .eval("document.querySelectorAll('.watch [role=tab]')[1].click()")
            .unwrap();
        let second = "document.querySelectorAll('.scene')[1].checkVisibility() && !document.querySelectorAll('.scene')[0].checkVisibility()";
        assert_eq!(browser.eval(second).unwrap(), json!(true), "{topic}");
    }
    assert!(count >= 6, "{count} topics have scenes");
}

#[test]
fn without_scripts_and_on_paper_it_is_a_film_strip() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("cycles.html")).unwrap();
    let seen = "(() => { const frames = [...document.querySelectorAll('.frame')]; \
         return frames.length > 10 && frames.every(frame => getComputedStyle(frame).visibility === 'visible' && frame.offsetWidth > 200) \
         && frames[0].getBoundingClientRect().right <= frames[1].getBoundingClientRect().left; })()";
    assert_eq!(browser.eval(seen).unwrap(), json!(false));
    browser
        .eval("document.documentElement.classList.remove('js')")
        .unwrap();
    assert_eq!(browser.eval(seen).unwrap(), json!(true));
    browser
        .eval("document.documentElement.classList.add('js')")
        .unwrap();
    let print = json!({ "media": "print" });
    browser.call("Emulation.setEmulatedMedia", &print).unwrap();
    assert_eq!(browser.eval(seen).unwrap(), json!(true));
}
