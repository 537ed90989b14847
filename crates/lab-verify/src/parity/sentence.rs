//! Whether two doc comments say the same.
//!
//! Their first sentences are compared word by word, without case, articles and punctuation. Go's
//! begins with the item's name; a verb that idiom puts behind it (`returns`, `is`, `reports`, …) does
//! not count. Where Go names a parameter or its receiver, Rust may name it too or say one or two words
//! for it (`n`, `this node`); `nil` is `None`. Where the languages differ, the sentences may differ after
//! the first comma, semicolon, colon or parenthesis, if what stands before has at least two words.

use crate::source::{Item, Kind, canonical};

/// The first sentence of a doc comment.
pub(super) fn first(doc: &str) -> String {
    let paragraph = doc.split("\n\n").next().unwrap_or_default();
    let text = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.find(". ") {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}

/// Whether Go's comment begins with the name, as Go's readers expect.
pub(super) fn begins_with_name(doc: &str, name: &str) -> bool {
    let rest = ["A ", "An ", "The "]
        .iter()
        .find_map(|article| doc.strip_prefix(article));
    let rest = rest.unwrap_or(doc).strip_prefix(name);
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Whether the sentences of two items say the same.
pub(super) fn alike(rust: &str, go: &str, item: &Item) -> bool {
    let name = canonical(&item.name);
    let mut names: Vec<_> = item.parameters.iter().map(|name| canonical(name)).collect();
    if matches!(item.kind, Kind::Field | Kind::Variant | Kind::Constant) {
        names.clear();
    }
    same(rust, go, &name, &names)
}

/// Whether the sentences about a module and a package say the same.
pub(super) fn alike_files(rust: &str, go: &str, package: &str) -> bool {
    let go = go.strip_prefix("Package ").unwrap_or(go);
    same(rust, go, &canonical(package), &[])
}

fn same(rust: &str, go: &str, name: &str, names: &[String]) -> bool {
    let matches = |rust: &str, go: &str, min: usize| {
        let (rust, go) = (words(rust), words(go));
        let go = behind_verb(behind_name(&go, name));
        // The name may lead in Rust too: "A node owns" is "Node owns".
        [&rust[..], behind_name(&rust, name)]
            .map(behind_verb)
            .iter()
            .any(|rust| rust.len() >= min && fit(rust, go, names))
    };
    matches(rust, go, 1) || matches(clause(rust), clause(go), 2)
}

/// The text before the first sign that divides a sentence.
fn clause(sentence: &str) -> &str {
    let signs = [", ", "; ", ": ", " ("];
    let end = signs.iter().filter_map(|sign| sentence.find(sign)).min();
    &sentence[..end.unwrap_or(sentence.len())]
}

/// The words that count: in lower case, without articles; `nil` for `None`.
fn words(sentence: &str) -> Vec<String> {
    const ARTICLES: [&str; 4] = ["a", "an", "the", "this"];
    sentence
        .replace("'s ", " ")
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(canonical)
        .filter(|word| !word.is_empty() && !ARTICLES.contains(&word.as_str()))
        .map(|word| {
            if word == "none" {
                "nil".to_owned()
            } else {
                word
            }
        })
        .collect()
}

fn behind_name<'a>(words: &'a [String], name: &str) -> &'a [String] {
    match words.split_first() {
        Some((first, rest)) if first == name => rest,
        _ => words,
    }
}

fn behind_verb(words: &[String]) -> &[String] {
    const VERBS: [&[&str]; 10] = [
        &["stands", "for"],
        &["returns"],
        &["reports"],
        &["gives"],
        &["makes"],
        &["holds"],
        &["says"],
        &["are"],
        &["has"],
        &["is"],
    ];
    let leads =
        |verb: &&[&str]| words.iter().zip(*verb).filter(|(a, b)| a == b).count() == verb.len();
    let verb = VERBS.into_iter().find(leads);
    &words[verb.map_or(0, <[_]>::len)..]
}

/// Word for word, but a parameter's name in Go stands for one or two words in Rust.
fn fit(rust: &[String], go: &[String], names: &[String]) -> bool {
    let Some((word, later)) = go.split_first() else {
        return rust.is_empty();
    };
    if rust.first() == Some(word) && fit(&rust[1..], later, names) {
        return true;
    }
    names.contains(word)
        && (1..=2).any(|count| rust.len() >= count && fit(&rust[count..], later, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says_the_same(rust: &str, go: &str) -> bool {
        let name = go.split(' ').next().unwrap_or_default().to_lowercase();
        same(rust, go, &name, &["n".to_owned(), "value".to_owned()])
    }

    #[test]
    fn the_same_words_behind_the_name_pass() {
        for (rust, go) in [
            ("A node owns its children.", "Node owns its children."),
            ("A node of a list.", "Node is a node of a list."),
            ("A node on its own.", "NewNode returns a node on its own."),
            (
                "Whether the list is empty.",
                "IsEmpty reports whether the list is empty.",
            ),
            ("Digits.", "KindWhole stands for digits."),
            (
                "The `value`, or `None`.",
                "Value returns the value, or nil.",
            ),
        ] {
            assert!(says_the_same(rust, go), "{rust} {go}");
        }
    }

    #[test]
    fn other_words_fail() {
        for (rust, go) in [
            ("Puts a node at the front.", "Push puts a node at the back."),
            (
                "Removes all nodes that are alive.",
                "Clear removes all nodes that are not alive.",
            ),
            ("Keeps at most 10 nodes.", "Keep keeps at most 20 nodes."),
            (
                "The parent of the child.",
                "Parent returns the child of the parent.",
            ),
            ("The node.", "Parent returns the node above."),
            ("Opens a file.", "Open."),
        ] {
            assert!(!says_the_same(rust, go), "{rust} {go}");
        }
    }

    #[test]
    fn a_parameter_in_go_stands_for_two_words_at_most() {
        assert!(says_the_same(
            "Takes this node away.",
            "Unlink takes n away."
        ));
        assert!(says_the_same(
            "Takes the last node away.",
            "Unlink takes n away."
        ));
        assert!(!says_the_same(
            "Takes the very last node away.",
            "Unlink takes n away."
        ));
        assert!(!says_the_same(
            "Takes this node away.",
            "Unlink takes m away."
        ));
    }

    #[test]
    fn languages_may_part_behind_a_comma_when_two_words_stand_before() {
        let go = "Parent returns the node above, or nil.";
        assert!(says_the_same("The node above, if it still lives.", go));
        assert!(!says_the_same("The node below, if it still lives.", go));
        assert!(!says_the_same(
            "Opens, if it can.",
            "Open opens, or panics."
        ));
    }

    #[test]
    fn only_the_first_sentence_counts() {
        assert_eq!(first("One two\nthree. Four."), "One two three.");
        assert_eq!(first("One\n\nTwo."), "One");
    }

    #[test]
    fn the_name_is_a_whole_word_behind_an_article_at_most() {
        assert!(begins_with_name("A Node owns.", "Node"));
        assert!(begins_with_name("Node owns.", "Node"));
        assert!(!begins_with_name("Nodes own.", "Node"));
        assert!(!begins_with_name("This Node owns.", "Node"));
    }
}
