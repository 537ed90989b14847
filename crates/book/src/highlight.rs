//! Colours: one highlighter for both languages, at build time.

use std::{fmt::Write as _, path::Path};

use anyhow::Result;
use lab_verify::source::{Language, Source};
use tree_sitter::{Query, QueryCursor, StreamingIterator as _};

/// What the colours of a source are made of, but for the source itself: another one makes them anew.
pub const MADE_OF: &str = concat!(
    include_str!("highlight.rs"),
    include_str!("highlight/rust.scm"),
    include_str!("highlight/go.scm"),
    include_str!("../Cargo.toml"),
);

/// The two languages' patterns, understood once.
pub struct Highlighter {
    rust: Query,
    go: Query,
}

impl Highlighter {
    /// Understands the patterns.
    pub fn new() -> Result<Self> {
        let rust = tree_sitter_rust::LANGUAGE.into();
        let go = tree_sitter_go::LANGUAGE.into();
        Ok(Highlighter {
            rust: Query::new(&rust, include_str!("highlight/rust.scm"))?,
            go: Query::new(&go, include_str!("highlight/go.scm"))?,
        })
    }

    /// The lines of a source as HTML, each part in a `span` of its class.
    pub fn lines(&self, source: &Source) -> Vec<String> {
        let query = match source.language {
            Language::Rust => &self.rust,
            Language::Go => &self.go,
        };
        let mut found = Vec::new();
        let mut cursor = QueryCursor::new();
        let mut captures = cursor.captures(query, source.tree.root_node(), source.text.as_bytes());
        while let Some((matched, index)) = captures.next() {
            let capture = matched.captures()[*index];
            let range = capture.node.byte_range();
            let class = query.capture_names()[capture.index as usize].as_bytes()[0];
            found.push((
                range.start,
                usize::MAX - range.end,
                matched.pattern_index,
                class,
            ));
        }
        // What is inside of something comes behind it, and paints over it.
        found.sort_unstable();
        let mut classes = vec![b' '; source.text.len()];
        for (start, end, _, class) in found {
            classes[start..usize::MAX - end].fill(class);
        }
        let mut start = 0;
        let line = |line: &str| {
            let html = painted(line, &classes[start..]);
            start += line.len();
            html
        };
        source.text.split_inclusive('\n').map(line).collect()
    }

    /// The lines of a snippet that is not a file; plain text if its language is neither.
    pub fn snippet(&self, language: &str, text: &str) -> Vec<String> {
        let end = match language {
            "rust" => "rs",
            other => other,
        };
        match Source::parse(Path::new(&format!("snippet.{end}")), text.to_owned()) {
            Ok(source) => self.lines(&source),
            Err(_) => text.lines().map(escaped).collect(),
        }
    }
}

fn painted(line: &str, classes: &[u8]) -> String {
    let line = line.trim_end_matches(['\n', '\r']);
    let mut html = String::with_capacity(line.len() * 2);
    let mut start = 0;
    while start < line.len() {
        let class = classes[start];
        let run = classes[start..line.len()]
            .iter()
            .take_while(|other| **other == class);
        let end = start + run.count();
        let text = escaped(&line[start..end]);
        if class == b' ' {
            // A place where a long chain of calls may break.
            html += &text.replace('.', "<wbr>.");
        } else {
            let _ = write!(html, "<i class={}>{text}</i>", char::from(class));
        }
        start = end;
    }
    html
}

/// Text as HTML that means the same.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class_of(language: &str, text: &str, word: &str) -> String {
        let html = Highlighter::new()
            .unwrap()
            .snippet(language, text)
            .join("\n");
        let at = html
            .find(&format!(">{word}</i>"))
            .unwrap_or_else(|| panic!("{html}"));
        html[..at].rsplit('=').next().unwrap().to_owned()
    }

    #[test]
    fn the_names_of_twins_have_the_same_colour() {
        for (go, go_name, rust, rust_name, class) in [
            ("func NewNode() {}", "NewNode", "fn new() {}", "new", "f"),
            (
                "func (n *Node) Link() {}",
                "Link",
                "impl Node { fn link(&self) {} }",
                "link",
                "f",
            ),
            ("type Node struct{}", "Node", "struct Node;", "Node", "t"),
            (
                "const Page = 1",
                "Page",
                "const PAGE: i64 = 1;",
                "PAGE",
                "n",
            ),
            (
                "type S interface { Area() int }",
                "Area",
                "trait S { fn area(&self); }",
                "area",
                "f",
            ),
        ] {
            let go = format!("package p\n{go}\n");
            assert_eq!(class_of("go", &go, go_name), class, "{go}");
            assert_eq!(class_of("rust", rust, rust_name), class, "{rust}");
        }
    }

    #[test]
    fn signs_of_html_stay_text() {
        let lines = Highlighter::new()
            .unwrap()
            .snippet("text", "<script>&</script>");
        assert_eq!(lines, ["&lt;script&gt;&amp;&lt;/script&gt;"]);
        let lines = Highlighter::new()
            .unwrap()
            .snippet("rust", "let s = \"<b>\";");
        assert!(lines[0].contains("&lt;b&gt;") && !lines[0].contains("<b>"));
    }
}
