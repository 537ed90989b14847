//! What the search looks through: titles, places, texts.

use std::fs;

use lab_results::settings::SETTINGS;
use lab_workspace::project::Project;

use crate::{
    chapter::Chapter,
    file_pages,
    highlight::Highlighter,
    page::{Contents, PAIRS},
    prose::{Links, prose},
    verdicts::Judged,
};

/// All entries but the measured cases.
pub fn entries(
    project: &Project,
    chapters: &[Chapter],
    claims: &[Judged],
    contents: &Contents,
    highlighter: &Highlighter,
) -> Vec<[String; 3]> {
    let mut entries: Vec<[String; 3]> = chapters.iter().flat_map(Chapter::entries).collect();
    entries.extend(claims.iter().map(|claim| {
        [
            format!("{} {}", claim.id, claim.says),
            claim.place(),
            claim.finding.clone(),
        ]
    }));
    entries.extend(SETTINGS.iter().map(|setting| {
        [
            format!("The setting {}", setting.name),
            "machine.html#settings".to_owned(),
            setting.says.to_owned(),
        ]
    }));
    let others = contents
        .iter()
        .filter(|(group, _)| *group != PAIRS)
        .flat_map(|(_, pages)| pages);
    entries.extend(others.map(|page| [page.title.clone(), page.path.clone(), String::new()]));
    entries.extend(texts(project, highlighter));
    entries
}

/// The texts of the project, section by section.
fn texts(project: &Project, highlighter: &Highlighter) -> Vec<[String; 3]> {
    let nowhere = Links {
        file: &|_| None,
        word: &|_| None,
    };
    let mut entries = Vec::new();
    for (file, path, title) in file_pages::TEXTS {
        let text = fs::read_to_string(project.root.join(file)).unwrap_or_default();
        for section in prose(&text, &nowhere, highlighter).sections {
            if !section.heading.is_empty() {
                entries.push([
                    format!("{} · {title}", section.heading),
                    format!("{path}#{}", section.id),
                    section.text,
                ]);
            }
        }
    }
    entries
}
