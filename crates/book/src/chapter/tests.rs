use super::*;
use crate::{
    browser::Browser,
    page::{self, Frame, Listed, Page},
    topic_output::{Printed, Script},
};

const HOSTILE: &str = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>\">";

/// A chapter in which everything that can be written is hostile, as a whole page.
fn hostile(root: &Path) -> String {
    let text = format!(
        "# {HOSTILE}\n\n{HOSTILE}\n\n## {HOSTILE}\n\na {HOSTILE} `{HOSTILE}`\n\n\
         [x](javascript:window.hurt=1) ![x](x.png)\n\n```go\n// {HOSTILE}\n```\n\n| {HOSTILE} |\n|---|\n"
    );
    for (path, text) in [
        ("crates/x/README.md", text),
        (
            "crates/x/src/lib.rs",
            format!("// only here: {HOSTILE}\n/// {HOSTILE}\npub fn a() {{}}\n"),
        ),
        ("go/x/x.go", format!("package x\n\n// {HOSTILE}\n")),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let owned = || HOSTILE.to_owned();
    let topic = Topic {
        name: "x".to_owned(),
        title: owned(),
        intro: format!("{HOSTILE} `{HOSTILE}`"),
        order: 1,
        excerpt: Vec::new(),
    };
    let project = Project {
        root: root.to_owned(),
        version: String::new(),
        homepage: None,
        topics: vec![topic.clone()],
    };
    let highlighter = Highlighter::new().unwrap();
    let warnings = Warnings::default();
    let output = Some(hostile_output());
    let chapter = Chapter::read(&project, &topic, output, None, &highlighter, &warnings);
    let verdicts = hostile_verdicts();
    let body = chapter.html(&project, &[], &verdicts, &highlighter, &warnings);
    let page = Page {
        path: "x.html".to_owned(),
        title: owned(),
        about: owned(),
        body,
        wide: true,
    };
    let listed = Listed {
        path: page.path.clone(),
        title: owned(),
        aside: owned(),
    };
    let frame = Frame {
        project: &project,
        contents: &vec![(page::PAIRS, vec![listed])],
        has_picture: false,
    };
    page::render(&frame, &page)
}

/// Hostile output of both programs.
fn hostile_output() -> TopicOutput {
    let owned = || HOSTILE.to_owned();
    TopicOutput {
        demo: Printed {
            go: owned(),
            rust: owned(),
        },
        scripts: vec![Script {
            path: owned(),
            steps: vec![(owned(), vec![owned()])],
        }],
        contrast: vec![[owned(), owned(), owned()]],
        cases: vec![[owned(), owned(), owned()]],
        scenes: Vec::new(),
    }
}

/// A claim whose texts are hostile.
fn hostile_verdicts() -> Verdicts {
    let owned = || HOSTILE.to_owned();
    let judgement = serde_json::json!({
        "id": "X", "topic": "x", "says": owned(), "source": owned(), "said": owned(),
        "verdict": { "is": "holds" }, "finding": owned(), "ahead": null, "front": null,
        "tests": [], "shown": [], "control": [], "settings": [], "ablations": [],
        "caveats": [owned()],
        "counter_argument": { "says": owned(), "tested": null, "elsewhere": owned() },
        "memory": [], "reproduce": [owned()], "measured": [], "revised": [],
    });
    let claim = Judged {
        judgement: serde_json::from_value(judgement).unwrap(),
        page: "x.html".to_owned(),
    };
    Verdicts {
        claims: vec![claim],
        files: Vec::new(),
        is_reference: false,
        own_load: Vec::new(),
        reference_load: Vec::new(),
    }
}

#[test]
fn a_hostile_chapter_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let shown = hostile(folder.path());
    assert!(!shown.contains("<img") && !shown.contains("<script>window"));
    assert!(!shown.contains("href=\"javascript:"));
    for part in ["h1", "pre", "code", "td", "li", "output"] {
        let begin = format!("<{part}");
        let mut parts = shown.split(&begin).skip(1);
        let holds = |piece: &str| {
            let text = piece.split_once('>').map_or("", |(_, text)| text);
            text.split(&format!("</{part}>"))
                .next()
                .unwrap_or_default()
                .contains("&lt;script&gt;")
        };
        assert!(parts.any(holds), "no {part} shows it");
    }
    let Some(mut browser) = Browser::start().unwrap() else {
        return;
    };
    let path = folder.path().join("x.html");
    fs::write(&path, shown).unwrap();
    browser.open(&format!("file://{}", path.display())).unwrap();
    let made = "[window.hurt ?? 0, document.querySelectorAll('img, main script:not([src]), [onerror]').length]";
    assert_eq!(browser.eval(made).unwrap(), serde_json::json!([0, 0]));
}
