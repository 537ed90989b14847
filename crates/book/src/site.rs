//! All files of a book.

use std::{collections::BTreeMap, fs, path::Path};

use lab_judge::{case_catalogue::known, claims::Claims};
use lab_results::{query::Case, scenario};
use lab_verify::mistakes::{self, Fixture};
use lab_workspace::{
    programs,
    project::{Project, Topic},
    toolchain::Go,
};
use maud::{Markup, html};

use crate::{
    cache::Cache,
    catalogue,
    chapter::Chapter,
    choose,
    claim::{self, ClaimCard},
    claim_picture,
    compiler_remarks::{self, Answers},
    file_pages,
    front::{self, Cover},
    highlight::Highlighter,
    learn, ledger, links, machine,
    messages::{Listener, Warnings},
    missing_tools,
    page::{self, Contents, Frame, Listed, PAIRS, Page},
    playground, plot,
    prose::{self, Links},
    result_figures::Measured,
    search, sharing_picture, sources, topic_output,
    verdicts::{self, Judged, Verdicts},
};

/// What books are made of.
pub struct Site<'a> {
    /// The project.
    pub project: &'a Project,
    /// The folder of the results.
    pub results: &'a Path,
    /// Receives the progress.
    pub listener: &'a dyn Listener,
    /// What could not be made.
    pub warnings: &'a Warnings,
}

/// Where a stylesheet, the script and what the search looks through lie.
const ASSETS: [(&str, &str); 2] = [
    (
        "book.css",
        concat!(
            include_str!("../assets/base.css"),
            include_str!("../assets/pair.css"),
            include_str!("../assets/watch.css"),
            include_str!("../assets/sections.css"),
            include_str!("../assets/claim.css"),
            include_str!("../assets/ledger.css"),
            include_str!("../assets/plot.css"),
            include_str!("../assets/strip.css"),
            include_str!("../assets/verdict.css"),
            include_str!("../assets/front.css"),
            include_str!("../assets/choose.css"),
            include_str!("../assets/print.css"),
        ),
    ),
    (
        "book.js",
        concat!(
            include_str!("../assets/js/page.js"),
            include_str!("../assets/js/pair.js"),
            include_str!("../assets/js/watch.js"),
            include_str!("../assets/js/ledger.js"),
            include_str!("../assets/js/choose.js"),
            include_str!("../assets/js/find.js"),
        ),
    ),
];

impl Site<'_> {
    /// All files: their paths from the book's folder, and what is in them.
    pub fn files(&self) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let Site {
            project,
            listener,
            warnings,
            ..
        } = self;
        let highlighter = Highlighter::new()?;
        let claims = warnings.part("the claims", Claims::read(project).map(Some));
        let claims = claims.unwrap_or_default();
        listener.expect(project.topics.len() + claims.claim.len());
        let chapters = self.chapters(&highlighter);
        let fixtures = warnings.part("the mistakes", mistakes::all(project));
        let verdicts = verdicts::verdicts(project, &claims, self.results, *listener, warnings);
        missing_tools::tools(project, &verdicts, &fixtures, warnings);
        listener.begin("making the pages");
        let cover = Cover {
            project,
            claims: &claims,
            verdicts: &verdicts,
            chapters: &chapters,
            results: self.results,
            warnings,
        };
        let picture = sharing_picture::picture(&cover);
        let across = across(&cover);
        let pairs = self.pairs(&verdicts, &chapters, &fixtures, &highlighter);
        let cases = known(project, all_cases(&chapters), &claims, &verdicts.files);
        let cases = warnings.part(catalogue::PAGE, cases);
        let how = self.how(&verdicts, &chapters, catalogue::html(&cases), &highlighter);
        let contents: Contents = vec![
            ("Ways in", listed(project, &across)),
            (PAIRS, listed(project, &pairs)),
            ("How it was done", listed(project, &how)),
        ];
        let mut pages: Vec<Page> = [across, pairs, how].into_iter().flatten().collect();
        pages.extend(chapters.iter().map(|chapter| chapter.more(&verdicts)));
        pages.extend(sources::pages(project, &highlighter, warnings));
        let frame = Frame {
            project,
            contents: &contents,
            has_picture: picture.is_some(),
        };
        let rendered = pages
            .iter()
            .map(|page| (page.path.clone(), page::render(&frame, page)));
        let files: BTreeMap<String, String> = rendered.collect();
        let mut entries = search::entries(
            project,
            &chapters,
            &verdicts.claims,
            &contents,
            &highlighter,
        );
        entries.extend(cases.iter().map(catalogue::found));
        let found = entries.iter().map(|[_, place, _]| place.as_str());
        for (page, why) in links::dead(&files, found) {
            warnings.dead_link(&page, &why);
        }
        with_assets(files, &entries, picture)
    }

    fn chapters(&self, highlighter: &Highlighter) -> Vec<Chapter> {
        let Site {
            project,
            listener,
            warnings,
            ..
        } = self;
        let go = Go::find(project);
        if let Err(error) = &go {
            let why = format!("{error:#}; what the programs print is missing");
            warnings.missing("the programs", &why);
        }
        let cache = Cache::open(project);
        listener.begin("building the programs of both languages");
        if go.is_ok() {
            // At once it is faster; where one fails each is built alone, and says so.
            let _ = programs::build_all(project);
        }
        let chapter = |topic: &Topic| {
            let name = &topic.name;
            let page = format!("{name}.html");
            listener.step(name);
            let output = go.as_ref().ok().and_then(|_| {
                let output = topic_output::collect(project, &cache, topic, *listener);
                warnings.part(&page, output.map(Some))
            });
            let is_asked = go.is_ok() && name == compiler_remarks::TOPIC;
            let answers =
                is_asked.then(|| Answers::ask(project, &cache, name, *listener).map(Some));
            let answers = answers.and_then(|answers| warnings.part(&page, answers));
            Chapter::read(project, topic, output, answers, highlighter, warnings)
        };
        project.topics.iter().map(chapter).collect()
    }

    fn pairs(
        &self,
        verdicts: &Verdicts,
        chapters: &[Chapter],
        fixtures: &[Fixture],
        highlighter: &Highlighter,
    ) -> Vec<Page> {
        let page = |chapter: &Chapter| Page {
            path: chapter.path(),
            title: chapter.topic.title.clone(),
            about: chapter.topic.intro.clone(),
            body: chapter.html(self.project, fixtures, verdicts, highlighter, self.warnings),
            wide: true,
        };
        let mut pages: Vec<Page> = chapters.iter().map(page).collect();
        let conclusion = conclusion(verdicts);
        let about = "What the article concludes from all of it, and what was measured.";
        pages.push(narrow(
            verdicts::CONCLUSION,
            "The conclusion",
            about,
            conclusion,
        ));
        pages
    }

    fn how(
        &self,
        verdicts: &Verdicts,
        chapters: &[Chapter],
        cases: Markup,
        highlighter: &Highlighter,
    ) -> Vec<Page> {
        let machine = machine::html(verdicts, all_cases(chapters));
        let mut pages = vec![
            narrow(
                "machine.html",
                "The machine and the runs",
                "What measured, with what, and how noisy it was.",
                machine,
            ),
            narrow(
                catalogue::PAGE,
                "The measured cases",
                "Every measured case, its sizes and both commands.",
                cases,
            ),
        ];
        for (file, path, title) in file_pages::TEXTS {
            if let Ok(text) = fs::read_to_string(self.project.root.join(file)) {
                let body = text_page(self.project, file, title, &text, highlighter);
                pages.push(narrow(path, title, "", body));
            }
        }
        pages
    }
}

/// All files: pages, what the search looks through, style, script, and the picture for shared links.
fn with_assets(
    pages: BTreeMap<String, String>,
    entries: &[[String; 3]],
    picture: Option<Vec<u8>>,
) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    // As a script: pages of the file system may not read files.
    let index = format!("window.bookIndex={}", serde_json::to_string(entries)?);
    let assets = ASSETS.into_iter().chain(playground::WRITTEN);
    let assets = assets.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let texts = pages.into_iter().chain(assets);
    let texts = texts.chain([("search.js".to_owned(), index)]);
    let picture = picture.map(|picture| (sharing_picture::FILE.to_owned(), picture));
    let files = texts.map(|(path, text)| (path, text.into_bytes()));
    Ok(files.chain(picture).collect())
}

/// The pages about all pairs.
fn across(cover: &Cover) -> Vec<Page> {
    vec![
        narrow(
            "index.html",
            "The front page",
            "Paired Go and Rust programs about memory, claim by claim: proven equal, measured, judged.",
            front::html(cover),
        ),
        narrow(
            "choose.html",
            "Choose: pick Rust, pick Go, or either",
            "When Rust, when Go, when it does not matter, from measured figures; and how to measure your own service.",
            choose::html(cover.verdicts),
        ),
        narrow(
            verdicts::LEDGER,
            "Check: every claim and its figures",
            "Every claim with its verdict, its finding, its figure and its interval.",
            ledger::html(cover.verdicts),
        ),
        narrow(
            learn::PAGE,
            "Learn: the order to read in",
            "The pairs in their order, minutes for each, and what corresponds to what in Go and Rust.",
            learn::html(cover.chapters, cover.warnings),
        ),
    ]
}

/// The pages as the contents list them.
fn listed(project: &Project, pages: &[Page]) -> Vec<Listed> {
    let entry = |page: &Page| {
        let topic = project
            .topics
            .iter()
            .find(|topic| page.path == format!("{}.html", topic.name));
        Listed {
            path: page.path.clone(),
            title: page.title.clone(),
            aside: topic.map(|topic| topic.name.clone()).unwrap_or_default(),
        }
    };
    pages.iter().map(entry).collect()
}

fn narrow(path: &str, title: &str, about: &str, body: Markup) -> Page {
    Page {
        path: path.to_owned(),
        title: title.to_owned(),
        about: about.to_owned(),
        body,
        wide: false,
    }
}

/// The claims that belong to no pair.
fn conclusion(verdicts: &Verdicts) -> Markup {
    let is_own = |claim: &&Judged| claim.page == verdicts::CONCLUSION;
    let own = verdicts.claims.iter().filter(is_own);
    let cards = claim::cards(own, Measured(&verdicts.files), &mut Vec::new());
    html! {
        h1 { "The conclusion" }
        h2 { "What the article concludes from all of it" }
        p.hint { (claim_picture::LEGEND) " " a href=(verdicts::LEDGER) { "All claims" } "." }
        (claim::html(&cards))
        (plot::legend(cards.iter().flat_map(ClaimCard::plots)))
    }
}

fn text_page(
    project: &Project,
    file: &str,
    title: &str,
    text: &str,
    highlighter: &Highlighter,
) -> Markup {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let links = Links {
        file: &|to| file_pages::find(project, folder, to),
        word: &|_| None,
    };
    let prose = prose::prose(text, &links, highlighter);
    html! {
        h1 { (if prose.title.is_empty() { title } else { &prose.title }) }
        div.prose { @for section in &prose.sections { (section.html) } }
    }
}

/// All cases: those of which the programs tell, and behind its topic's own load, which takes the lab.
fn all_cases(chapters: &[Chapter]) -> Vec<Case> {
    let mut cases = Vec::new();
    for chapter in chapters {
        let topic = &chapter.topic.name;
        let own = chapter.cases().iter().cloned();
        cases.extend(own.map(|[name, unit, says]| Case {
            topic: topic.clone(),
            name,
            unit,
            says,
        }));
        if topic == scenario::TOPIC {
            cases.extend(scenario::cases());
        }
    }
    cases
}
