//! The page about results describes the types as they are written to files.

use std::{fmt::Write as _, fs};

use lab_judge::{claims::Claims, figures::Results, judge::judge};
use lab_results::synthetic::Talker;
use tests::project;

/// The tables of the page, made from the types and what stands above their fields.
fn tables(source: &str) -> String {
    let mut text = String::new();
    let mut says: Vec<&str> = Vec::new();
    let (mut inside, mut renamed) = (false, None);
    for line in source.lines() {
        let code = line.trim_start();
        if let Some(said) = code.strip_prefix("///") {
            says.push(said.trim());
        } else if let Some(name) = kind_of(code) {
            let about = says.join(" ").trim().replace("  ", "\n\n");
            let _ = write!(
                text,
                "### {name}\n\n{about}\n\n| field | holds | meaning |\n|---|---|---|\n"
            );
            (inside, says) = (true, Vec::new());
        } else if inside && code == "}" {
            text.push('\n');
            (inside, says) = (false, Vec::new());
        } else if inside && !says.is_empty() && !code.starts_with("#[") {
            let (name, holds) = field(code);
            let name = renamed.take().unwrap_or(name);
            let _ = writeln!(text, "| `{name}` | {holds} | {} |", says.join(" "));
            says.clear();
        } else if let Some(attribute) = code.strip_prefix("#[serde(rename = \"") {
            renamed = attribute.split('"').next().map(str::to_owned);
        } else if !code.starts_with("#[") {
            says.clear();
        }
    }
    text
}

fn kind_of(code: &str) -> Option<&str> {
    let rest = code
        .strip_prefix("pub struct ")
        .or_else(|| code.strip_prefix("pub enum "))?;
    rest.strip_suffix(" {")
}

/// A field's name and what it holds; a variant's is its name as it is written.
fn field(code: &str) -> (String, String) {
    let code = code.trim_end_matches(',');
    match code
        .strip_prefix("pub ")
        .and_then(|code| code.split_once(": "))
    {
        Some((name, kind)) => (name.to_owned(), holds(kind)),
        None => (snake_case(code), "this text".to_owned()),
    }
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn holds(kind: &str) -> String {
    let inner = |start: &str| kind.strip_prefix(start)?.strip_suffix('>');
    if let Some(kind) = inner("Vec<") {
        return format!("list: {}", holds(kind));
    }
    if let Some(kind) = inner("Option<") {
        return format!("{} or `null`", holds(kind));
    }
    match kind {
        "String" => "text".to_owned(),
        "bool" => "`true` or `false`".to_owned(),
        "u32" | "u64" | "usize" => "whole number".to_owned(),
        "f64" => "number".to_owned(),
        "[usize; 2]" | "[u64; 2]" => "two whole numbers".to_owned(),
        "BTreeMap<String, String>" => "texts by name".to_owned(),
        "Map<String, Value>" => "figures by name".to_owned(),
        name => format!("[{name}](#{})", name.to_lowercase()),
    }
}

#[test]
fn the_page_about_results_has_every_field_with_its_meaning_and_no_other() {
    let folder = project().root.join("crates/lab-results");
    let read = |path: &str| fs::read_to_string(folder.join(path)).expect("it is there");
    let (page, source) = (read("RESULTS.md"), read("src/result.rs"));
    let (_, rest) = page
        .split_once("a test holds the two together.\n\n")
        .expect("the fields");
    let (written, _) = rest.split_once("## Figures").expect("the figures");
    let expected = tables(&source);
    assert!(expected.contains("| `schema` | whole number |"));
    assert!(
        written == expected,
        "RESULTS.md and result.rs part; its section \"Fields\" has to hold:\n\n{expected}"
    );
}

#[test]
fn the_page_about_results_has_every_field_of_a_judgement() {
    let page = project().root.join("crates/lab-results/RESULTS.md");
    let page = fs::read_to_string(page).expect("it is there");
    let (_, section) = page
        .split_once("## What `cargo lab judge --json` prints")
        .expect("its section");
    let claims = Claims::read(project()).expect("the claims can be read");
    let judgement = judge(&claims.claim[0], &Results::default(), &Talker).expect("it is judged");
    let judgement = serde_json::to_value(judgement).expect("it is data");
    let fields = |of: &serde_json::Value| of.as_object().expect("an object").clone().into_iter();
    for (field, _) in fields(&judgement).chain(fields(&judgement["tests"][0])) {
        let row = |line: &str| {
            let first = line.split('|').nth(1);
            first.is_some_and(|cell| cell.contains(&format!("`{field}`")))
        };
        assert!(section.lines().any(row), "{field} is not explained");
    }
}
