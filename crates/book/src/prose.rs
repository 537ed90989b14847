//! Prose: Markdown to HTML. HTML in it stays text, and links lead into the book.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::highlight::{Highlighter, escaped};

/// A text, in parts: what stands before the first heading, and each heading with what follows.
#[derive(Default)]
pub struct Prose {
    /// The title, from the first line.
    pub title: String,
    /// The parts.
    pub sections: Vec<Section>,
}

/// A heading and what follows.
pub struct Section {
    /// The heading; empty before the first.
    pub heading: String,
    /// Its address.
    pub id: String,
    /// It and what follows, as HTML.
    pub html: Markup,
    /// What follows, as text that can be searched.
    pub text: String,
}

/// How a text finds what it refers to.
pub struct Links<'a> {
    /// Where a link to a file of the project leads to.
    pub file: &'a dyn Fn(&str) -> Option<String>,
    /// Where a word of code leads to.
    pub word: &'a dyn Fn(&str) -> Option<String>,
}

/// Makes a text into HTML.
pub fn prose(text: &str, links: &Links, highlighter: &Highlighter) -> Prose {
    let mut prose = Prose::default();
    let options = Options::ENABLE_TABLES;
    let parser = Parser::new_ext(text, options);
    let parser = parser.filter(|event| !is_comment(event));
    let events: Vec<Event> = parser.map(harmless).collect();
    let mut section: Vec<Event> = Vec::new();
    let mut heading = String::new();
    let mut at = 0;
    while at < events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { level, .. }) => {
                let end = at
                    + events[at..]
                        .iter()
                        .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                        .count();
                let words = plain(&events[at..end]);
                let level = *level as usize;
                if level <= 2 {
                    prose.sections.push(finish(&heading, &section));
                    section.clear();
                    heading.clone_from(&words);
                }
                if level == 1 {
                    prose.title.clone_from(&words);
                    heading.clear();
                } else {
                    let (id, words) = (slug(&words), escaped(&words));
                    section.push(Event::Html(
                        format!("<h{level} id=\"{id}\">{words}</h{level}>\n").into(),
                    ));
                }
                at = end + 1;
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let (shown, next) = block(&events, at, kind, highlighter);
                section.push(Event::Html(shown.into()));
                at = next;
            }
            event => {
                section.extend(inline(event, links));
                at += 1;
            }
        }
    }
    prose.sections.push(finish(&heading, &section));
    prose
        .sections
        .retain(|section| !section.html.0.trim().is_empty());
    prose
}

/// An event with links into the book; `None` for a picture, which would be a request.
fn inline<'a>(event: &Event<'a>, links: &Links) -> Option<Event<'a>> {
    let html = match event {
        Event::Code(code) => {
            let shown = format!("<code>{}</code>", escaped(code));
            match (links.word)(code) {
                // The item is a stop of the Tab key already.
                Some(place) => {
                    format!("<a href=\"{}\" tabindex=-1>{shown}</a>", escaped(&place)).into()
                }
                None => shown.into(),
            }
        }
        Event::Start(Tag::Link { dest_url, .. }) => {
            let dest = match dest_url.split_once(':') {
                Some(("http" | "https" | "mailto", _)) => Some(dest_url.to_string()),
                Some(_) => None,
                None => (links.file)(dest_url),
            };
            match dest {
                Some(dest) => format!("<a href=\"{}\">", escaped(&dest)).into(),
                None => CowStr::from("<a>"),
            }
        }
        Event::End(TagEnd::Link) => "</a>".into(),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        event => return Some(event.clone()),
    };
    Some(Event::InlineHtml(html))
}

/// A comment, such as the mark of a generated part.
fn is_comment(event: &Event) -> bool {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => {
            let inside = text.trim().strip_prefix("<!--");
            let inside = inside.and_then(|rest| rest.strip_suffix("-->"));
            inside.is_some_and(|inside| !inside.contains("-->"))
        }
        _ => false,
    }
}

/// HTML in a text is text.
fn harmless(event: Event) -> Event {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    }
}

fn finish(heading: &str, events: &[Event]) -> Section {
    let mut shown = String::new();
    html::push_html(&mut shown, events.iter().cloned());
    Section {
        heading: heading.to_owned(),
        id: slug(heading),
        html: PreEscaped(shown),
        text: plain(events),
    }
}

fn plain(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(words) | Event::Code(words) => text += words,
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push(' '),
            // Words of code became links.
            Event::InlineHtml(html) => {
                if let Some((_, rest)) = html.split_once("<code>") {
                    text += rest.split("</code>").next().unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A block of code; one in Go that one in Rust follows stands beside it.
fn block(
    events: &[Event],
    at: usize,
    kind: &CodeBlockKind,
    highlighter: &Highlighter,
) -> (String, usize) {
    let (language, lines, next) = code(events, at, kind, highlighter);
    if language == "go"
        && let Some(Event::Start(Tag::CodeBlock(kind))) = events.get(next)
    {
        let (other, more, after) = code(events, next, kind, highlighter);
        if other == "rust" {
            let shown = format!(
                "<div class=beside>{}{}</div>",
                figure(&language, &lines),
                figure(&other, &more)
            );
            return (shown, after);
        }
    }
    (figure(&language, &lines), next)
}

fn figure(language: &str, lines: &[String]) -> String {
    let label = match language {
        "go" => "Go",
        "rust" => "Rust",
        _ => "Text",
    };
    format!(
        "<pre class=\"snippet {}\" role=group aria-label=\"{label}\"><code>{}</code></pre>",
        slug(language),
        lines.join("\n")
    )
}

fn code(
    events: &[Event],
    at: usize,
    kind: &CodeBlockKind,
    highlighter: &Highlighter,
) -> (String, Vec<String>, usize) {
    let language = match kind {
        CodeBlockKind::Fenced(info) => info.split([',', ' ']).next().unwrap_or_default().to_owned(),
        CodeBlockKind::Indented => String::new(),
    };
    let mut text = String::new();
    let mut next = at + 1;
    while let Some(Event::Text(more)) = events.get(next) {
        text += more;
        next += 1;
    }
    if language == "rust" {
        // Rustdoc hides these lines too.
        let is_shown = |line: &&str| !line.starts_with("# ") && *line != "#";
        let shown: Vec<&str> = text.lines().filter(is_shown).collect();
        text = shown.join("\n");
    }
    (
        language.clone(),
        highlighter.snippet(&language, text.trim_end()),
        next + 1,
    )
}

/// A heading or a name as an address.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests;
