//! The chapter of a topic: prose, the pair, what it prints, what differs, mistakes, claims.

use std::{fs, path::Path};

use anyhow::Context as _;
use lab_judge::ledger;
use lab_verify::mistakes::Fixture;
use lab_workspace::project::{Project, Topic};

use crate::{
    answers::Answers,
    catalogue, claim,
    highlight::Highlighter,
    measured::Measured,
    memory, mistake,
    pair::Pair,
    places,
    plot::Plot,
    plots,
    prose::{Links, Prose, prose},
    report::Warnings,
    told::{Printed, Script, Told},
    verdicts::{Judged, Verdicts},
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
    pub told: Option<Told>,
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

impl Chapter {
    /// Reads a topic's sources and its README; what cannot be read is left out.
    pub fn read(
        project: &Project,
        topic: &Topic,
        told: Option<Told>,
        answers: Option<Answers>,
        highlighter: &Highlighter,
        warnings: &Warnings,
    ) -> Self {
        let page = format!("{}.html", topic.name);
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
                rooms.extend(warnings.part(&page, pair).map(|pair| (title, pair)));
            }
        }
        if let (Some(answers), Some((_, pair))) = (&answers, rooms.first_mut()) {
            answers.note(pair);
        }
        let path = format!("crates/{}/README.md", topic.name);
        let text = fs::read_to_string(project.root.join(&path));
        let text = warnings.part(&page, text.with_context(|| format!("cannot read {path}")));
        let folder = Path::new(&path).parent().unwrap_or(Path::new(""));
        let links = Links {
            file: &|to| places::of(project, folder, to),
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
            told,
            answers,
        }
    }

    /// Whether nothing was left out.
    pub fn is_whole(&self) -> bool {
        self.told.is_some() && !self.rooms.is_empty()
    }

    fn facts(&self) -> &[[String; 3]] {
        self.told.as_ref().map_or(&[], |told| &told.contrast)
    }

    /// Whether there are facts, told or not.
    fn has_facts(&self) -> bool {
        self.told.is_none() || !self.facts().is_empty()
    }

    /// The measured cases, as far as the programs told them.
    pub fn cases(&self) -> &[[String; 3]] {
        self.told.as_ref().map_or(&[], |told| &told.cases)
    }

    /// The file of its page.
    pub fn path(&self) -> String {
        format!("{}.html", self.topic.name)
    }

    /// The address and the title of an item of the room that teaches.
    pub fn teaches(&self, item: &str) -> Option<(String, String)> {
        let row = self.rooms.first()?.1.find(item)?;
        (!row.id.is_empty()).then(|| (row.id.clone(), row.title()))
    }

    /// Whether the programs tell a fact of this name.
    pub fn tells(&self, fact: &str) -> bool {
        self.facts().iter().any(|[name, ..]| name == fact)
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
        let (before, after) = self
            .prose
            .sections
            .split_at(self.prose.sections.len().min(2));
        let own: Vec<&Fixture> = fixtures
            .iter()
            .filter(|fixture| fixture.topic == self.topic.name)
            .collect();
        let measured = Measured(&verdicts.files);
        let mut drawn = Vec::new();
        let claims = verdicts.claims.iter();
        let claims = claims.filter(|claim| claim.topic == self.topic.name);
        let (article, others): (Vec<&Judged>, Vec<_>) =
            claims.partition(|claim| claim.source.is_none());
        let mistake = |fixture: &&Fixture| {
            warnings.part(
                &self.path(),
                mistake::html(project, fixture, highlighter).map(Some),
            )
        };
        html! {
            h1 { (self.topic.title) }
            nav.within aria-label="On this page" {
                @if !self.rooms.is_empty() { a href="#the-pair" { "The pair" } }
                a href="#prints" { "What it prints" }
                @if self.has_facts() { a href="#differs" { "What differs" } }
                @if !own.is_empty() { a href="#mistakes" { "Mistakes" } }
                @if !article.is_empty() { a href="#claims" { "Claims" } }
                @if !others.is_empty() { a href="#others" { (ledger::OTHERS) } }
                a href="#measured" { "Measured cases" }
            }
            div.prose { @for section in before { (section.html) } }
            @if let Some((title, pair)) = self.rooms.first() {
                h2 #the-pair { (title) }
                p.hint { "Point at an item, or go to it with the keyboard, to see its twin. A comment with a bar says where the languages part." }
                @if let Some(answers) = &self.answers { (answers.html()) }
                (pair.html(""))
            }
            @for (title, pair) in self.rooms.iter().skip(1) {
                details.room {
                    summary { (title) }
                    (pair.html(""))
                }
            }
            div.prose { @for section in after { (section.html) } }
            (self.prints())
            @if self.has_facts() { (self.differs(project)) }
            @if !own.is_empty() {
                h2 #mistakes { "Mistakes" }
                p { "Wrong code, and what the tools really answer to it." }
                @for mistake in own.iter().filter_map(mistake) { (mistake) }
            }
            @if !article.is_empty() {
                h2 #claims { "What the article claims here" }
                @for claim in article { (claim::html(claim, &plots::of_claim(claim, measured, &mut drawn))) }
            }
            @if !others.is_empty() {
                h2 #others { "What other sources claim here" }
                @for claim in others { (claim::html(claim, &plots::of_claim(claim, measured, &mut drawn))) }
            }
            (self.measured(measured, &plots::of_topic(&self.topic.name, measured, &mut drawn)))
        }
    }

    fn measured(&self, measured: Measured, plots: &[Plot]) -> Markup {
        html! {
            h2 #measured { "Measured cases" }
            div.scroll tabindex="0" role="region" aria-label="Measured cases" {
                table.facts {
                    thead { tr { th scope="col" { "case" } th scope="col" { "unit" } th scope="col" { "what is measured" } } }
                    tbody {
                        @for [name, unit, says] in self.cases() {
                            tr { th scope="row" { a href=(catalogue::place(&self.topic.name, name)) { (name) } } td { (unit) } td.says { (says) } }
                        }
                    }
                }
            }
            @if plots.is_empty() {
                p { "No figures are here yet: " code { "cargo lab measure --only " (self.topic.name) } " measures them." }
            }
            (memory::html(&memory::of_topic(&self.topic.name, measured), &self.topic.name))
            div.plots { @for plot in plots { (plot.html()) } }
        }
    }

    fn prints(&self) -> Markup {
        let name = &self.topic.name;
        html! {
            h2 #prints { "What it prints" }
            @match &self.told {
                Some(told) => { (printed(&told.demo)) }
                None => { (untold()) }
            }
            p.command { "Run it: " code { "cargo run -p " (name) } " and " code { "go -C go run ./cmd/" (name) } }
            @let scripts = self.told.as_ref().map_or(&[][..], |told| &told.scripts);
            @if !scripts.is_empty() {
                p { "Scripts, each line with what both programs print for it:" }
                @for script in scripts { (stepped(script, name)) }
            }
        }
    }

    fn differs(&self, project: &Project) -> Markup {
        let path = format!("tests/tests/pairs/{}.rs", self.topic.name);
        let test = fs::read_to_string(project.root.join(&path)).unwrap_or_default();
        let quoted = |name: &str| {
            let name = format!("\"{name}\"");
            test.lines().position(|line| line.contains(&name))
        };
        let asserted = |name: &str| -> Option<String> {
            // A test may put what all names begin with before each.
            let end = || quoted(name.split_once(", ")?.1);
            let line = quoted(name).or_else(end)?;
            Some(format!("source/{path}.html#L{}", line + 1))
        };
        html! {
            h2 #differs { "What differs" }
            @if self.told.is_none() { (untold()) }
            p { "Facts that each program tells of itself. A name leads to the test that demands the values; where a star stands there the toolchain's version decides, and a test compares the value with what that says or with another figure." }
            div.scroll tabindex="0" role="region" aria-label="What differs" {
                table.facts {
                    thead { tr { th scope="col" { "fact" } th.go scope="col" { "Go" } th.rust scope="col" { "Rust" } } }
                    tbody {
                        @for [name, go, rust] in self.facts() {
                            tr {
                                th scope="row" {
                                    @if let Some(place) = asserted(name) { a href=(place) { (name) } } @else { (name) }
                                }
                                td { (go) }
                                td { (rust) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What the search finds in it: a title, an address, a text.
    pub fn entries(&self) -> Vec<[String; 3]> {
        let page = self.path();
        let mut entries = vec![[self.topic.title.clone(), page.clone(), String::new()]];
        for section in &self.prose.sections {
            let title = if section.heading.is_empty() {
                &self.topic.title
            } else {
                &section.heading
            };
            let place = if section.heading.is_empty() {
                page.clone()
            } else {
                format!("{page}#{}", section.id)
            };
            entries.push([
                format!("{title} · {}", self.topic.name),
                place,
                section.text.clone(),
            ]);
        }
        if let Some((_, pair)) = self.rooms.first() {
            for row in pair.rows().iter().filter(|row| !row.id.is_empty()) {
                let names: Vec<&str> = row.names.iter().map(String::as_str).collect();
                entries.push([
                    format!("{} · {}", row.title(), self.topic.name),
                    format!("{page}#{}", row.id),
                    names.join(" "),
                ]);
            }
        }
        entries
    }
}

fn untold() -> Markup {
    html! {
        p { "The programs could not be run when this page was made: " code { "cargo lab doctor" } " says what is missing." }
    }
}

fn printed(printed: &Printed) -> Markup {
    html! {
        @if printed.go == printed.rust {
            p.same { "Identical in both languages, when this page was made:" }
            pre.output tabindex="0" aria-label="Output of both programs" { (printed.go) }
        } @else {
            p.differs { "The two programs do not print the same. That is a defect." }
            pre.output tabindex="0" aria-label="Output of Go" { (printed.go) }
            pre.output tabindex="0" aria-label="Output of Rust" { (printed.rust) }
        }
    }
}

fn stepped(script: &Script, topic: &str) -> Markup {
    let name = script.path.rsplit('/').next().unwrap_or_default();
    let sentence = script
        .steps
        .first()
        .and_then(|(line, _)| line.strip_prefix("# "));
    html! {
        details.script {
            summary { @if let Some(sentence) = sentence { (sentence) } @else { (name.trim_end_matches(".txt")) } }
            ol.steps {
                @for (line, printed) in script.steps.iter().skip(usize::from(sentence.is_some())) {
                    li {
                        @if line.is_empty() { "The script ends, and what is open closes:" } @else { code { (line) } }
                        @if !printed.is_empty() { output { (printed.join("\n")) } }
                    }
                }
            }
            p.command { button.step type="button" { "Step" } " " code { "cargo run -q -p " (topic) " replay " (script.path) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        browser::Browser,
        page::{self, Page},
    };

    const HOSTILE: &str =
        "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>\">";

    /// A chapter in which everything that can be written is hostile, as a whole page.
    fn hostile(root: &Path) -> String {
        let text = format!(
            "# {HOSTILE}\n\n{HOSTILE}\n\n## {HOSTILE}\n\na {HOSTILE} `{HOSTILE}`\n\n\
             [x](javascript:window.hurt=1) ![x](x.png)\n\n```go\n// {HOSTILE}\n```\n\n| {HOSTILE} |\n|---|\n"
        );
        for (path, text) in [
            ("crates/x/README.md", text),
            (
                "crates/x/src/lib.rs",
                format!("// only here: {HOSTILE}\n/// {HOSTILE}\npub fn a() {{}}\n"),
            ),
            ("go/x/x.go", format!("package x\n\n// {HOSTILE}\n")),
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let owned = || HOSTILE.to_owned();
        let topic = Topic {
            name: "x".to_owned(),
            title: owned(),
            order: 1,
        };
        let project = Project {
            root: root.to_owned(),
            version: String::new(),
            topics: vec![topic.clone()],
        };
        let told = Told {
            demo: Printed {
                go: owned(),
                rust: owned(),
            },
            scripts: vec![Script {
                path: owned(),
                steps: vec![(owned(), vec![owned()])],
            }],
            contrast: vec![[owned(), owned(), owned()]],
            cases: vec![[owned(), owned(), owned()]],
        };
        let judgement = serde_json::json!({
            "id": "X", "topic": "x", "says": owned(), "source": owned(), "said": owned(),
            "verdict": { "is": "holds" }, "finding": owned(), "ahead": null, "front": null,
            "tests": [], "shown": [], "control": [], "settings": [], "ablations": [],
            "caveats": [owned()],
            "counter_argument": { "says": owned(), "tested": null, "elsewhere": owned() },
            "memory": [], "reproduce": [owned()], "measured": [], "revised": [],
        });
        let claim = Judged {
            judgement: serde_json::from_value(judgement).unwrap(),
            page: "x.html".to_owned(),
        };
        let verdicts = Verdicts {
            claims: vec![claim],
            files: Vec::new(),
            is_reference: false,
            sweep: Vec::new(),
        };
        let highlighter = Highlighter::new().unwrap();
        let warnings = Warnings::default();
        let chapter = Chapter::read(&project, &topic, Some(told), None, &highlighter, &warnings);
        let body = chapter.html(&project, &[], &verdicts, &highlighter, &warnings);
        let page = Page {
            path: "x.html".to_owned(),
            title: owned(),
            body,
            wide: true,
        };
        let contents = vec![("pairs", vec![(page.path.clone(), owned())])];
        page::render(&page, &contents)
    }

    #[test]
    fn a_hostile_chapter_stays_text() {
        let folder = tempfile::tempdir().unwrap();
        let shown = hostile(folder.path());
        assert!(!shown.contains("<img") && !shown.contains("<script>window"));
        assert!(!shown.contains("href=\"javascript:"));
        for part in ["h1", "pre", "code", "td", "li", "output"] {
            let begin = format!("<{part}");
            let mut parts = shown.split(&begin).skip(1);
            let holds = |piece: &str| {
                let text = piece.split_once('>').map_or("", |(_, text)| text);
                text.split(&format!("</{part}>"))
                    .next()
                    .unwrap_or_default()
                    .contains("&lt;script&gt;")
            };
            assert!(parts.any(holds), "no {part} shows it");
        }
        let Some(mut browser) = Browser::start().unwrap() else {
            return;
        };
        let path = folder.path().join("x.html");
        fs::write(&path, shown).unwrap();
        browser.open(&format!("file://{}", path.display())).unwrap();
        let made =
            "[window.hurt ?? 0, document.querySelectorAll('img, main script, [onerror]').length]";
        assert_eq!(browser.eval(made).unwrap(), serde_json::json!([0, 0]));
    }
}
