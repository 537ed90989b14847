use super::*;

fn html_of(text: &str) -> String {
    let links = Links {
        file: &|path| path.contains(".md").then(|| "page.html".to_owned()),
        word: &|word| (word == "Node").then(|| "#node".to_owned()),
    };
    let prose = prose(text, &links, &Highlighter::new().unwrap());
    prose
        .sections
        .into_iter()
        .map(|section| section.html.0)
        .collect()
}

#[test]
fn html_stays_text() {
    let shown =
        html_of("# T\n\n<script>alert(1)</script>\n\na <b>c</b> [x](javascript:alert) `<i>`");
    assert!(
        !shown.contains("<script") && !shown.contains("<b>") && !shown.contains("javascript:"),
        "{shown}"
    );
    assert!(shown.contains("&lt;script&gt;"), "{shown}");
}

#[test]
fn a_comment_of_one_line_is_not_shown() {
    let shown = html_of(
        "a\n\n<!-- figures: x -->\n\n- one\n\n<!-- end --> <b>\n\n<!-- b --><i>c</i><!-- d -->\n",
    );
    assert!(
        shown.contains("<li>one</li>") && !shown.contains("figures"),
        "{shown}"
    );
    assert!(shown.contains("end --&gt; &lt;b&gt;"), "{shown}");
    assert!(shown.contains("&lt;i&gt;c"), "{shown}");
}

#[test]
fn words_of_code_and_files_become_links() {
    let shown = html_of("See `Node` and [this](x.md) and [that](y.xyz).");
    assert!(
        shown.contains("<a href=\"#node\" tabindex=-1><code>Node</code></a>"),
        "{shown}"
    );
    assert!(
        shown.contains("<a href=\"page.html\">this</a>") && shown.contains("<a>that</a>"),
        "{shown}"
    );
}

#[test]
fn snippets_of_both_languages_stand_side_by_side() {
    let shown = html_of("```go\nx := 1\n```\n\n```rust\n# hidden();\nlet x = 1;\n```\n");
    assert!(
        shown.contains("class=beside") && !shown.contains("hidden"),
        "{shown}"
    );
}

#[test]
fn the_title_and_the_headings_are_told() {
    let links = Links {
        file: &|_| None,
        word: &|_| None,
    };
    let prose = prose(
        "# Title\n\nIntro\n\n## One\n\nText",
        &links,
        &Highlighter::new().unwrap(),
    );
    assert_eq!(prose.title, "Title");
    let headings: Vec<_> = prose
        .sections
        .iter()
        .map(|section| section.heading.as_str())
        .collect();
    assert_eq!(headings, ["", "One"]);
    assert_eq!(slug("Node::new & Co"), "node-new-co");
}
