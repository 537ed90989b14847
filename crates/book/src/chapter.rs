//! The chapter of a topic: the question, the pair, its memory, prose, mistakes, claims, what the programs print.

mod other_files;
mod programs;
mod search;

use std::{fs, path::Path};

use anyhow::Context as _;
use lab_judge::ledger;
use lab_verify::{mistakes::Fixture, notes};
use lab_workspace::project::{Project, Topic};

use crate::{
    claim::{self, ClaimCard},
    claim_picture,
    compiler_remarks::Answers,
    file_pages,
    highlight::Highlighter,
    messages::Warnings,
    mistake,
    pair::{Pair, RUST},
    playground,
    plot::{self, Plot},
    prose::{Links, Prose, prose},
    result_figures::Measured,
    result_plots,
    topic_output::TopicOutput,
    verdicts::{self, Judged, Verdicts, sentence},
    watch::{self, Scene},
};
use maud::{Markup, html};

/// All that a chapter is made of.
pub struct Chapter {
    /// The topic.
    pub topic: Topic,
    /// The rooms in order, the one that teaches first.
    pub rooms: Vec<(&'static str, Pair)>,
    /// The README.
    pub prose: Prose,
    /// What the programs print; nothing where they could not be asked.
    pub output: Option<TopicOutput>,
    /// What the compilers say, where the topic is about that.
    pub answers: Option<Answers>,
}

/// The rooms, as files of both sides and as a reader calls them.
const ROOMS: [(&str, &str); 4] = [
    ("lib", "The pair"),
    ("script", "The demo and the operations of scripts"),
    ("contrast", "The facts that differ"),
    ("measure", "The measured cases"),
];

/// Words of prose and lines of code that one reads in a minute.
const PACE: (usize, usize) = (220, 25);

impl Chapter {
    /// Reads a topic's sources and its README; what cannot be read is left out.
    pub fn read(
        project: &Project,
        topic: &Topic,
        output: Option<TopicOutput>,
        answers: Option<Answers>,
        highlighter: &Highlighter,
        warnings: &Warnings,
    ) -> Self {
        let page = format!("{}.html", topic.name);
        let mut rooms = rooms(project, topic, highlighter, warnings);
        if let (Some(answers), Some((_, pair))) = (&answers, rooms.first_mut()) {
            answers.write(pair);
        }
        let path = format!("crates/{}/README.md", topic.name);
        let text = fs::read_to_string(project.root.join(&path));
        let text = warnings.part(&page, text.with_context(|| format!("cannot read {path}")));
        let folder = Path::new(&path).parent().unwrap_or(Path::new(""));
        let links = Links {
            file: &|to| file_pages::find(project, folder, to),
            word: &|word| {
                let row = rooms.first()?.1.find(word.trim_end_matches("()"))?;
                (!row.id.is_empty()).then(|| format!("#{}", row.id))
            },
        };
        let prose = prose(&text, &links, highlighter);
        Chapter {
            topic: topic.clone(),
            prose,
            rooms,
            output,
            answers,
        }
    }

    /// Whether nothing was left out.
    pub fn is_whole(&self) -> bool {
        self.output.is_some() && !self.rooms.is_empty()
    }

    /// The file of its page.
    pub fn path(&self) -> String {
        format!("{}.html", self.topic.name)
    }

    /// How many minutes its prose and its pair take to read.
    pub fn minutes(&self) -> usize {
        let words = |text: &str| text.split_whitespace().count();
        let prose: usize = self.prose.sections.iter().map(|s| words(&s.text)).sum();
        let lines = self.rooms.first().map_or(0, |(_, pair)| pair.line_count());
        (prose / PACE.0 + lines / PACE.1).max(1)
    }

    /// The address of the line of Rust's side, in an item of the room that teaches, in which this code
    /// stands, and the item's title.
    pub fn teaches(&self, item: &str, code: &str) -> Option<(String, String)> {
        let pair = &self.rooms.first()?.1;
        let row = pair.find(item)?;
        let line = pair.line(row, RUST, code)?;
        Some((format!("rust-{line}"), row.title()))
    }

    /// The page's content.
    pub fn html(
        &self,
        project: &Project,
        fixtures: &[Fixture],
        verdicts: &Verdicts,
        highlighter: &Highlighter,
        warnings: &Warnings,
    ) -> Markup {
        let is_own = |fixture: &&Fixture| fixture.topic == self.topic.name;
        let own: Vec<&Fixture> = fixtures.iter().filter(is_own).collect();
        let measured = Measured(&verdicts.files);
        let mut drawn = Vec::new();
        let claims = verdicts.claims.iter();
        let claims = claims.filter(|claim| claim.topic == self.topic.name);
        let (article, others): (Vec<&Judged>, Vec<_>) =
            claims.partition(|claim| claim.source.is_none());
        let [article, others] =
            [article, others].map(|claims| claim::cards(claims, measured, &mut drawn));
        let of_cases = result_plots::of_topic(&self.topic.name, measured, &mut drawn);
        let cards = article.iter().chain(&others);
        let shown = cards.flat_map(ClaimCard::plots);
        let shown: Vec<&Plot> = shown.chain(of_cases.iter().take(programs::PLOTS)).collect();
        let mistake = |fixture: &&Fixture| {
            let made = mistake::html(project, fixture, highlighter).map(Some);
            warnings.part(&self.path(), made)
        };
        html! {
            (self.opening(!own.is_empty(), !article.is_empty(), !others.is_empty()))
            (self.pair())
            @if let [_, ..] = self.scenes() { (watch::html(&self.topic.name, self.scenes())) }
            (playground::html(&self.topic.name, self.output.as_ref()))
            (self.prose())
            @if !own.is_empty() {
                section.band {
                    h2 #mistakes { "Mistakes" }
                    p.hint { "What you might write first, and what the tools really answer." }
                    @for mistake in own.iter().filter_map(mistake) { (mistake) }
                }
            }
            (self.claimed(&article, &others, !shown.is_empty()))
            section.band { (self.prints()) }
            @if self.has_facts() { section.band { (self.differs(project)) } }
            section.band {
                (self.cases_measured(measured, &of_cases))
                (plot::legend(shown))
            }
        }
    }

    /// The article's claims and those of other sources, below how to read them.
    fn claimed(&self, article: &[ClaimCard], others: &[ClaimCard], has_plots: bool) -> Markup {
        let sections = [
            ("claims", "What the article claims here", article),
            ("others", ledger::OTHERS, others),
        ];
        let sections = sections.into_iter().filter(|(.., cards)| !cards.is_empty());
        html! {
            @for (place, (id, title, cards)) in sections.enumerate() {
                section.band {
                    h2 id=(id) { (title) }
                    @if place == 0 {
                        p.hint {
                            (claim_picture::LEGEND) " "
                            @if has_plots { a href={ "#" (plot::LEGEND_ID) } { "How to read the plots" } ". " }
                            a href={ (verdicts::LEDGER) "#topic=" (self.topic.name) } { "These claims in the ledger" } "."
                        }
                    }
                    (claim::html(cards))
                }
            }
        }
    }

    /// The question, both answers, what is on the page.
    fn opening(&self, has_mistakes: bool, has_claims: bool, has_others: bool) -> Markup {
        let parts = [
            (!self.rooms.is_empty(), "the-pair", "The pair"),
            (!self.scenes().is_empty(), "watch", "Watch the memory"),
            (true, "playground", "Change a line"),
            (true, "reading", "What surprises"),
            (has_mistakes, "mistakes", "Mistakes"),
            (has_claims, "claims", "Claims"),
            (has_others, "others", ledger::OTHERS),
            (true, "prints", "What it prints"),
            (self.has_facts(), "differs", "What differs"),
            (true, "measured", "Measured cases"),
        ];
        html! {
            header.chap data-topic=(self.topic.name) {
                h1 { (self.topic.title) }
                p.intro { (sentence(&self.topic.intro)) }
                nav.within aria-label="On this page" {
                    @for (_, id, name) in parts.iter().filter(|(is_there, ..)| *is_there) {
                        a href={ "#" (id) } { (name) }
                    }
                }
            }
        }
    }

    fn scenes(&self) -> &[Scene] {
        self.output.as_ref().map_or(&[], |output| &output.scenes)
    }

    fn pair(&self) -> Markup {
        html! {
            @if let Some((title, pair)) = self.rooms.first() {
                h2.vh #the-pair { (title) }
                (pair.html(""))
                @if let Some(answers) = &self.answers { (answers.html()) }
                (slide())
            }
        }
    }

    /// The README: what the pair shows takes the whole width, for code stands in it.
    fn prose(&self) -> Markup {
        let sections = &self.prose.sections;
        let (before, after) = sections.split_at(sections.len().min(2));
        html! {
            section.band #reading {
                @for section in before { div.prose { (section.html) } }
                div.columns.two { @for section in after { div.prose { (section.html) } } }
            }
        }
    }
}

/// One item on the whole screen, for a class.
fn slide() -> Markup {
    html! {
        dialog.slide aria-labelledby="presented" {
            header {
                h2 #presented {}
                span.place {}
                button.before type="button" { "← Previous" }
                button.after type="button" autofocus { "Next →" }
                button.close type="button" { "Close" }
            }
            div.lanes {}
        }
    }
}

/// The rooms of a topic that both sides have.
fn rooms(
    project: &Project,
    topic: &Topic,
    highlighter: &Highlighter,
    warnings: &Warnings,
) -> Vec<(&'static str, Pair)> {
    let mut rooms = Vec::new();
    for (room, title) in ROOMS {
        let (rust, go) = match room {
            "lib" => (topic.rust_source(), topic.go_source()),
            _ => (
                format!("crates/{}/src/{room}.rs", topic.name).into(),
                format!("go/{}/{room}.go", topic.name).into(),
            ),
        };
        if project.root.join(&rust).is_file() && project.root.join(&go).is_file() {
            let pair = Pair::read(&project.root, room, &rust, &go, highlighter).map(Some);
            let page = format!("{}.html", topic.name);
            rooms.extend(warnings.part(&page, pair).map(|pair| (title, pair)));
        }
    }
    if let Some((_, pair)) = rooms.first_mut() {
        annotate(project, topic, pair, warnings);
    }
    rooms
}

/// Puts the topic's notes beside the items of its teaching file.
fn annotate(project: &Project, topic: &Topic, pair: &mut Pair, warnings: &Warnings) {
    let page = format!("{}.html", topic.name);
    let notes = notes::read(project, topic, pair.report()).map(Some);
    if let Some(notes) = warnings.part(&page, notes) {
        for problem in &notes.problems {
            warnings.wrong(&page, &problem.to_string());
        }
        pair.annotate(notes.sections);
    }
}

#[cfg(test)]
mod tests;
