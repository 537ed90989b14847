//! Where in the book a file of the project is.

use std::path::Path;

use lab_workspace::project::{Project, Topic};

use crate::sources;

/// Pages made from texts of the project, if they are there: file, page, title.
pub const TEXTS: [(&str, &str, &str); 5] = [
    ("METHODOLOGY.md", "methodology.html", "How it was measured"),
    ("BIAS.md", "bias.html", "Where this may be unfair"),
    (
        "crates/lab-results/RESULTS.md",
        "results.html",
        "What a result's file holds",
    ),
    ("crates/load/README.md", "load.html", "The load generator"),
    ("CONTRIBUTING.md", "contributing.html", "How a pair is made"),
];

/// Finds the place of a file or a folder with a README that a text of this folder links to, counted from the
/// book's folder; none if it has no page.
pub fn find(project: &Project, folder: &Path, to: &str) -> Option<String> {
    let (to, fragment) = to.split_once('#').unwrap_or((to, ""));
    // GitHub marks several lines as L3-L7.
    let fragment = match fragment.split_once('-') {
        Some((line, _)) if is_line(line) => line,
        _ => fragment,
    };
    if to.is_empty() {
        return Some(format!("#{fragment}"));
    }
    let mut parts: Vec<&str> = Vec::new();
    let whole = folder.join(to);
    for part in whole.to_str()?.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let page = page(project, &parts.join("/"))?;
    Some(match fragment {
        "" => page,
        fragment => format!("{page}#{fragment}"),
    })
}

fn is_line(word: &str) -> bool {
    word.strip_prefix('L')
        .is_some_and(|number| number.parse::<usize>().is_ok())
}

fn page(project: &Project, path: &str) -> Option<String> {
    let is_it = |file: &str| {
        let is_folder = file.strip_suffix("/README.md") == Some(path);
        (is_folder || file == path) && project.root.join(file).is_file()
    };
    let topic = |topic: &&Topic| is_it(&format!("crates/{}/README.md", topic.name));
    if let Some(topic) = project.topics.iter().find(topic) {
        return Some(format!("{}.html", topic.name));
    }
    if is_it("README.md") {
        return Some("index.html".to_owned());
    }
    let text = TEXTS.iter().find(|(file, ..)| is_it(file));
    match text {
        Some((_, page, _)) => Some((*page).to_owned()),
        None => sources::is_shown(&project.root, path).then(|| format!("source/{path}.html")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_its_line_and_its_heading() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let project = Project::at(Path::new(root)).unwrap();
        let find = |to| find(&project, Path::new("crates/cycles"), to);
        for (to, place) in [
            ("src/lib.rs#L20", "source/crates/cycles/src/lib.rs.html#L20"),
            (
                "src/lib.rs#L3-L7",
                "source/crates/cycles/src/lib.rs.html#L3",
            ),
            ("../../METHODOLOGY.md#a-block", "methodology.html#a-block"),
            ("../load", "load.html"),
            ("../lab-results/RESULTS.md", "results.html"),
            ("../leaks/README.md#look", "leaks.html#look"),
            ("#look", "#look"),
        ] {
            assert_eq!(find(to).as_deref(), Some(place), "{to}");
        }
        assert_eq!(find("nothing.md"), None);
    }
}
