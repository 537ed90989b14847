//! The playground in a real browser, by typing.

use std::fs;

use book::browser::Browser;
use serde_json::{Value, json};

use super::{
    BOOK,
    book_server::BookServer,
    browser,
    editor::{SHOWN, fill, open, playing, text, write},
    page, root,
};

/// The lines that are shown of both programs.
const PRINTED: &str = "['go', 'rust'].map(side => \
    [...document.querySelectorAll(`#playground .line > .${side}:not(.head)`)].map(cell => cell.textContent))";

fn printed(browser: &mut Browser) -> Value {
    browser.eval(PRINTED).unwrap()
}

#[test]
fn a_changed_line_is_answered_by_both_programs() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    write(&mut browser, "node\nnode\nlink 1 2\nalive\n");
    let both = printed(&mut browser);
    assert_eq!(both[0], both[1]);
    let before = both[0].as_array().unwrap().len();
    assert!(text(&mut browser, ".compared").starts_with("same output"));
    browser.type_in("node\n").unwrap();
    browser.wait(SHOWN).unwrap();
    let both = printed(&mut browser);
    assert_eq!(both[0].as_array().unwrap().len(), before + 1, "{both}");
    assert_eq!(both[0], both[1]);
    // What both print is what the programs print by themselves.
    let reply = server.replay("cycles", "node\nnode\nlink 1 2\nalive\nnode\n");
    let lines: Vec<&str> = reply["rust"]["output"].as_str().unwrap().lines().collect();
    assert_eq!(both[1], json!(lines));
}

#[test]
fn an_error_stands_at_its_line_and_goes_when_it_is_mended() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    write(&mut browser, "node\nfoo 1\nnode\n");
    let said = text(&mut browser, ".wrong");
    assert_eq!(said, "Both say: error: line 2: unknown operation \"foo\"");
    assert_eq!(text(&mut browser, ".numbers .refused"), "2");
    let top = "document.querySelector('#playground .mark').getBoundingClientRect().top \
        - document.querySelector('.numbers .refused').getBoundingClientRect().top";
    assert!(browser.eval(top).unwrap().as_f64().unwrap().abs() < 2.0);
    write(&mut browser, "node\nnode\n");
    assert_eq!(text(&mut browser, ".wrong"), "");
    assert_eq!(
        browser
            .eval("document.querySelectorAll('.numbers .refused').length")
            .unwrap(),
        json!(0)
    );
}

#[test]
fn a_word_is_completed_and_explained_from_the_topics_operations() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    write(&mut browser, "node\nnode\nli");
    let offered =
        "[...document.querySelectorAll('.words:not([hidden]) li')].map(item => item.textContent)";
    let words = browser.eval(offered).unwrap();
    assert!(words[0].as_str().unwrap().starts_with("link "), "{words}");
    browser.key("Tab", 9).unwrap();
    browser.type_in("1 2").unwrap();
    browser.wait(SHOWN).unwrap();
    assert_eq!(
        browser
            .eval("document.getElementById('script').value")
            .unwrap(),
        json!("node\nnode\nlink 1 2")
    );
    assert!(text(&mut browser, ".help").starts_with("link "));
    assert_eq!(browser.eval(offered).unwrap(), json!([]));
    // Where nothing is offered, Tab leaves the editor.
    browser.key("Tab", 9).unwrap();
    assert_ne!(
        browser.eval("document.activeElement.id").unwrap(),
        json!("script")
    );
}

#[test]
fn a_key_costs_as_much_in_the_longest_script_as_in_a_short_one() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    // 64 KiB of lines: the page holds what is seen of them.
    let script = "node\n".repeat(13_000);
    fill(&mut browser, &script);
    let shows = |first: usize, last: usize| {
        format!(
            "(() => {{ const all = [...document.querySelectorAll('.numbers span')].map(one => one.textContent); \
             return all.length < 40 && all.includes('{first}') && all.at(-1) === '{last}'; }})()"
        )
    };
    browser.wait(&shows(1, 25)).unwrap();
    browser.type_in("alive").unwrap();
    browser.wait(SHOWN).unwrap();
    browser.wait(&shows(13_000, 13_001)).unwrap();
    let kept = "document.querySelector('#playground .keep pre').textContent.length";
    assert_eq!(browser.eval(kept).unwrap(), json!(0));
}

#[test]
fn the_memory_follows_the_cursor() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    write(&mut browser, "node\nnode\nlink 1 2\ndrop 1\nsettle");
    let at = |browser: &mut Browser, line: usize| {
        let move_to = format!(
            "(() => {{ const text = document.getElementById('script'); \
             const place = text.value.split('\\n').slice(0, {line}).join('\\n').length; \
             text.setSelectionRange(place, place); }})()"
        );
        browser.eval(&move_to).unwrap();
        browser
            .wait(&format!("!!document.querySelector('.memory:not([hidden])') && document.querySelector('.memory .at')?.textContent.startsWith('Memory after line {line}')"))
            .unwrap();
        let script =
            "['go', 'rust'].map(side => document.querySelector(`.memory .${side} p`).textContent)";
        browser.eval(script).unwrap()
    };
    assert_eq!(at(&mut browser, 3), json!(["Go 2 alive", "Rust 2 alive"]));
    assert_eq!(at(&mut browser, 4), json!(["Go 2 garbage", "Rust 2 freed"]));
    assert!(text(&mut browser, ".memory .at").contains("here the languages part"));
    assert_eq!(at(&mut browser, 5), json!(["Go 2 freed", "Rust 2 freed"]));
    // The script ends at a line that is refused: what it held is let go there.
    write(&mut browser, "node\ndrop 9");
    at(&mut browser, 2);
    assert_eq!(
        text(&mut browser, ".memory .at"),
        "Memory after line 2, where the script ends: here the languages part"
    );
}

#[test]
fn the_columns_are_swapped_with_the_pair() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let order = "(() => { const left = side => document.querySelector(`#playground .line .${side}`).getBoundingClientRect().left; \
        return left('go') < left('rust'); })()";
    assert_eq!(browser.eval(order).unwrap(), json!(true));
    browser
        .eval("document.querySelector('.swap').click()")
        .unwrap();
    assert_eq!(browser.eval(order).unwrap(), json!(false));
}

#[test]
fn the_address_carries_the_script_into_another_tab() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let script = "node # a root: \u{e4} & <b>\nalive\n";
    write(&mut browser, script);
    let address = browser.eval("location.href").unwrap();
    let fragment = address
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap()
        .1
        .to_owned();
    browser.open_tab().unwrap();
    open(&mut browser, server, "cycles", &format!("#{fragment}"));
    assert_eq!(
        browser
            .eval("document.getElementById('script').value")
            .unwrap(),
        json!(script)
    );
    // Each tab has its own.
    write(&mut browser, "node\n");
    assert_ne!(browser.eval("location.href").unwrap(), address);
    assert_eq!(
        browser
            .eval("document.querySelector('#playground b').textContent")
            .unwrap(),
        json!("same output")
    );
    // A script of a link is text, whatever it says.
    let hostile = "#script=%3Cimg%20src%3Dx%20onerror%3D%22window.hurt%3D1%22%3E%0A";
    open(&mut browser, server, "cycles", hostile);
    assert_eq!(
        browser
            .eval("[window.hurt ?? 0, document.querySelectorAll('#playground img').length]")
            .unwrap(),
        json!([0, 0])
    );
    assert!(text(&mut browser, ".wrong").contains("unknown operation \"<img\""));
}

#[test]
fn a_kept_script_is_one_to_start_from_and_the_own_one_can_be_kept() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    let chosen = "(() => { const from = document.getElementById('script-from'); \
        from.value = [...from.options].find(option => option.textContent.startsWith('A root with two children')).value; \
        from.dispatchEvent(new Event('change')); })()";
    browser.eval(chosen).unwrap();
    browser.wait(SHOWN).unwrap();
    let kept = fs::read_to_string(root().join("tests/scripts/cycles/tree.txt")).unwrap();
    assert_eq!(
        browser
            .eval("document.getElementById('script').value")
            .unwrap(),
        json!(kept)
    );
    write(&mut browser, "node\nEND\n");
    browser
        .eval("document.querySelector('#playground .keep').open = true")
        .unwrap();
    browser
        .wait("document.querySelector('.keep pre').textContent !== ''")
        .unwrap();
    let command = text(&mut browser, ".keep pre");
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("tests/scripts/cycles")).unwrap();
    let mut shell = std::process::Command::new("sh");
    let done = shell
        .arg("-c")
        .arg(&command)
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(done.success());
    let made = folder.path().join("tests/scripts/cycles/my-script.txt");
    assert_eq!(fs::read_to_string(made).unwrap(), "node\nEND\n");
}

#[test]
fn a_difference_is_loud_and_names_the_command_to_report_it() {
    let server = BookServer::shared();
    let Some(mut browser) = playing(server, "cycles", "") else {
        return;
    };
    // No script makes the programs differ: the answer of one is changed on its way.
    browser
        .eval(
            "window.fetch = (get => async (...words) => { const answer = await get(...words); \
             if (!String(words[0]).endsWith('/replay')) return answer; const body = await answer.json(); \
             body.comparison = 'differs'; body.rust.output = body.rust.output.replace(/2$/m, '3'); \
             return new Response(JSON.stringify(body)); })(window.fetch)",
        )
        .unwrap();
    write(&mut browser, "node\nnode\nalive\n");
    let says = text(&mut browser, ".compared.differs");
    assert!(
        says.starts_with("The two programs differ. That is a defect."),
        "{says}"
    );
    assert!(
        says.contains("my-script.txt") && says.contains("cargo lab verify --only cycles"),
        "{says}"
    );
    let marked = "[...document.querySelectorAll('#playground .line .differs')].map(cell => cell.textContent)";
    assert_eq!(browser.eval(marked).unwrap(), json!(["node 2", "node 3"]));
}

#[test]
fn a_page_says_how_to_begin_where_nobody_answers() {
    let server = BookServer::start();
    let Some(mut browser) = playing(&server, "cycles", "") else {
        return;
    };
    write(&mut browser, "node\n");
    drop(server);
    browser.type_in("alive\n").unwrap();
    browser
        .wait("!!document.querySelector('.unanswered')")
        .unwrap();
    let says = text(&mut browser, ".unanswered");
    assert!(
        says.contains("does not answer") && says.contains("cargo make serve"),
        "{says}"
    );
    assert_eq!(
        browser
            .eval("document.getElementById('script').value")
            .unwrap(),
        json!("node\nalive\n")
    );
    // A book that is only read offers the command, and shows the script of a link.
    browser.open(&page("cycles.html#script=node%0A")).unwrap();
    assert!(text(&mut browser, "#playground").contains("cargo make serve"));
    assert_eq!(text(&mut browser, "#playground pre"), "node\n");
}

#[test]
fn a_browser_without_the_token_is_told_what_to_open() {
    let server = BookServer::shared();
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    let address = &server.address;
    browser
        .open(&format!("http://{address}/cycles.html"))
        .unwrap();
    browser
        .wait("!!document.querySelector('.unanswered')")
        .unwrap();
    let says = text(&mut browser, ".unanswered");
    assert!(
        says.starts_with("This browser has no token: open the address"),
        "{says}"
    );
    assert_eq!(
        browser.eval("!!document.getElementById('script')").unwrap(),
        json!(false)
    );
}

#[test]
fn a_book_that_is_only_read_shows_kept_scripts_and_asks_no_server() {
    let Some(mut browser) = browser(1280, 900) else {
        return;
    };
    browser.open(&page("leaks.html")).unwrap();
    let says = text(&mut browser, "#playground");
    assert!(says.contains("cargo make serve"), "{says}");
    let kept = "[...document.querySelectorAll('#playground .kept a')].map(link => link.hash)";
    // A scene of the contrast is no script that an editor can begin with.
    let scenes = "[...document.querySelectorAll('[id^=scene-]')].filter(one => \
         one.querySelector('.command').textContent.includes('replay')).map(one => '#' + one.id)";
    let scenes = browser.eval(scenes).unwrap();
    assert!(
        scenes.as_array().is_some_and(|scenes| scenes.len() >= 2),
        "{scenes}"
    );
    assert_eq!(browser.eval(kept).unwrap(), scenes);
    // A link shows its scene.
    let second = "document.querySelectorAll('#playground .kept a')[1].click()";
    browser.eval(second).unwrap();
    browser
        .wait("document.getElementById('scene-1').checkVisibility()")
        .unwrap();
    // A topic without scenes has other scripts.
    browser.open(&page("allocator.html")).unwrap();
    let kept = browser.eval(kept).unwrap();
    let kept = kept.as_array().unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|link| link == "#prints"));
    for entry in fs::read_dir(&*BOOK).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        assert!(!name.starts_with("playground-"), "{name}");
        if name.starts_with("playground") {
            let text = fs::read_to_string(entry.path()).unwrap();
            for request in ["fetch(", "import(", "XMLHttpRequest", "WebSocket", "url("] {
                assert!(!text.contains(request), "{name}: {request}");
            }
        }
    }
}
