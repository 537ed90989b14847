//! Whether every link leads somewhere, from the pages as they were written.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::playground;

/// The page of each dead link, and where it leads: of these pages, file and whole HTML, and of the places that
/// the search leads to.
pub fn dead<'a>(
    pages: &BTreeMap<String, String>,
    found: impl Iterator<Item = &'a str>,
) -> Vec<(String, String)> {
    let ids: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(path, html)| (path.as_str(), values(html, " id=").collect()))
        .collect();
    let is_there = |to: &str, fragment: &str| match ids.get(to) {
        Some(ids) => fragment.is_empty() || ids.contains(fragment),
        None => matches!(to, "book.css" | "book.js") || playground::is_written(to),
    };
    let mut dead = Vec::new();
    for (path, html) in pages {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        let mut seen = BTreeSet::new();
        for link in values(html, " href=").chain(values(html, " src=")) {
            if !seen.insert(link)
                || link.starts_with("data:")
                || link.starts_with("https:")
                || link.starts_with("http:")
            {
                continue;
            }
            let (to, fragment) = link.split_once('#').unwrap_or((link, ""));
            let to = if to.is_empty() {
                path.clone()
            } else {
                join(folder, to)
            };
            if !is_there(&to, fragment) {
                dead.push((path.clone(), format!("{link} leads nowhere")));
            }
        }
        // What a text links to and the book has no page of.
        for link in html.split("<a>").skip(1) {
            let text = link.split("</a>").next().unwrap_or_default();
            dead.push((path.clone(), format!("the link {text:?} has no page")));
        }
    }
    for place in found {
        let (to, fragment) = place.split_once('#').unwrap_or((place, ""));
        if !is_there(to, fragment) {
            dead.push(("search.js".to_owned(), format!("{place} leads nowhere")));
        }
    }
    dead
}

fn join(folder: &Path, to: &str) -> String {
    let whole = folder.join(to);
    let mut parts: Vec<String> = Vec::new();
    for part in whole.components() {
        match part.as_os_str().to_str() {
            Some("..") => drop(parts.pop()),
            Some(part) => parts.push(part.to_owned()),
            None => {}
        }
    }
    parts.join("/")
}

/// The values of an attribute in all tags, quoted or not.
fn values<'a>(html: &'a str, attribute: &'static str) -> impl Iterator<Item = &'a str> {
    html.split('<').filter_map(move |piece| {
        let tag = piece.split('>').next()?;
        let rest = &tag[tag.find(attribute)? + attribute.len()..];
        match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split(' ').next(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_nowhere_are_told() {
        let page = |path: &str, html: &str| (path.to_owned(), html.to_owned());
        let pages = BTreeMap::from([
            page(
                "a.html",
                "<p id=x><a href=\"b/c.html#L2\"><a href=\"#x\"><a href=\"#y\"><a href=\"no.html\"><a>gone</a>",
            ),
            page("b/c.html", "<p id=L2><a href=\"../a.html\">"),
        ]);
        let dead = dead(&pages, ["b/c.html#L2", "b/c.html#L3"].into_iter());
        let dead = dead.iter().map(|(page, why)| (page.as_str(), why.as_str()));
        assert_eq!(
            dead.collect::<Vec<_>>(),
            [
                ("a.html", "#y leads nowhere"),
                ("a.html", "no.html leads nowhere"),
                ("a.html", "the link \"gone\" has no page"),
                ("search.js", "b/c.html#L3 leads nowhere"),
            ]
        );
    }
}
