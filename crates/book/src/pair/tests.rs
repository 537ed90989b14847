use super::*;

fn pair(rust: &str, go: &str) -> Pair {
    let rust = Source::parse(Path::new("lib.rs"), rust.to_owned()).unwrap();
    let go = Source::parse(Path::new("t.go"), format!("package t\n\n{go}")).unwrap();
    let report = parity::compare(rust, go);
    Pair::new("lib", report, &Highlighter::new().unwrap())
}

fn titles(pair: &Pair) -> Vec<[&str; 2]> {
    pair.rows
        .iter()
        .map(|row| [row.titles[0].as_str(), row.titles[1].as_str()])
        .collect()
}

#[test]
fn twins_stand_beside_each_other_and_a_block_head_alone() {
    let pair = pair(
        "/// A.\npub struct Node;\nimpl Node {\n    /// B.\n    pub fn new() -> Self {\n        Node\n    }\n}\n",
        "// Node is a.\ntype Node struct{}\n\n// NewNode is b.\nfunc NewNode() *Node {\n\treturn &Node{}\n}\n",
    );
    assert_eq!(
        titles(&pair),
        [
            ["Node", "Node"],
            ["", "impl Node"],
            ["NewNode", "Node::new"]
        ]
    );
    assert_eq!(
        pair.find("Node::new").unwrap().id,
        pair.find("NewNode").unwrap().id
    );
}

#[test]
fn variants_join_the_constants_of_a_group() {
    let pair = pair(
        "/// A.\npub enum Side {\n    /// B.\n    Buy,\n    /// C.\n    Sell,\n}\n",
        "// Side is a.\ntype Side int\n\nconst (\n\t// SideBuy is b.\n\tSideBuy Side = iota\n\t// SideSell is c.\n\tSideSell\n)\n",
    );
    assert_eq!(pair.rows.len(), 1);
    assert_eq!(pair.rows[0].sides[GO].len(), 2);
}

#[test]
fn every_line_of_an_item_is_shown_once() {
    let rust =
        "/// A.\npub fn a() {}\n\n/// B.\npub fn b() {}\n\nfn helper() {}\n\nfn other() {}\n";
    let pair = pair(rust, "// A is a.\nfunc A() {}\n\n// B is b.\nfunc B() {}\n");
    let shown = pair.html("").into_string();
    for (number, line) in rust
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
    {
        assert_eq!(
            shown.matches(&format!("id=rust-{}>", number + 1)).count(),
            1,
            "{line}"
        );
    }
}

#[test]
fn a_comment_that_the_twin_lacks_stands_out() {
    let pair = pair(
        "/// A.\npub fn a() {\n    // Only Rust says so.\n    // Both say so.\n}\n",
        "// A is a.\nfunc A() {\n\t// Both say so.\n}\n",
    );
    let shown = pair.html("").into_string();
    assert!(shown.contains("parts\" id=rust-3"), "{shown}");
}

#[test]
fn what_a_compiler_says_stands_below_its_line_as_text() {
    let mut pair = pair("/// A.\npub fn a() {}\n", "// A is a.\nfunc A() {}\n");
    pair.answer(GO, 4, "<b> escapes".to_owned());
    let shown = pair.html("").into_string();
    let (_, after) = shown.split_once("id=go-4>").unwrap();
    assert!(
        after.contains("</span><span class=tells>&lt;b&gt; escapes</span>"),
        "{shown}"
    );
}

#[test]
fn what_only_one_side_has_says_why_on_the_other() {
    let pair = pair("// only here: Go <collects>.\n/// A.\npub fn a() {}\n", "");
    assert!(
        pair.html("")
            .into_string()
            .contains("Only in Rust: Go &lt;collects&gt;.")
    );
}

#[test]
fn a_comment_behind_code_that_the_twin_lacks_stands_out_too() {
    let pair = pair(
        "/// A.\npub fn a() {\n    b(); // freed here\n}\n",
        "// A is a.\nfunc A() {\n\tb() // garbage from here on\n}\n",
    );
    let shown = pair.html("").into_string();
    for id in ["rust-3", "go-5"] {
        assert!(shown.contains(&format!("parts\" id={id}")), "{shown}");
    }
}

#[test]
fn helpers_of_other_names_stand_apart() {
    let pair = pair(
        "/// A.\npub fn a() {}\n\nfn visit() {}\n",
        "// A is a.\nfunc A() {}\n\nfunc open() {}\n",
    );
    assert_eq!(titles(&pair), [["A", "a"], ["open", ""], ["", "visit"]]);
    let shown = pair.html("").into_string();
    assert!(shown.contains("Only in Go: a private helper."), "{shown}");
}
