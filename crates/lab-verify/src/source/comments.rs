//! Comments: which are docs, which are plain, and which say `only here`.

use tree_sitter::Node;

use super::{Comment, Language, Span};

/// One comment as the grammar sees it: a line, or a block.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    text: String,
    pub(super) span: Span,
    doc: bool,
    /// About the whole file, in Rust.
    pub(super) inner: bool,
}

/// What stands directly above an item.
#[derive(Debug, Default)]
pub(super) struct Lead {
    pub(super) doc: Option<Comment>,
    pub(super) only_here: Option<Comment>,
    pub(super) comments: Vec<Comment>,
}

impl Raw {
    pub(super) fn new(node: Node, text: &str) -> Self {
        // The grammar of Rust counts the end of the line to a doc comment.
        let whole = text[node.byte_range()].trim_end();
        let start = node.start_byte();
        let first = node.start_position().row + 1;
        let span = Span {
            bytes: start..start + whole.len(),
            first,
            last: first + whole.matches('\n').count(),
        };
        let (signs, block) = match whole {
            _ if whole.starts_with("/*") => (["/**", "/*!", "/*"], true),
            _ => (["///", "//!", "//"], false),
        };
        let sign = signs.iter().find(|sign| whole.starts_with(**sign));
        let sign = sign.copied().unwrap_or_default();
        let body = &whole[sign.len()..];
        let text = if block {
            let lines = body.trim_end_matches("*/").lines();
            let lines: Vec<_> = lines
                .map(|line| line.trim().trim_start_matches('*').trim())
                .collect();
            lines.join("\n").trim().to_owned()
        } else {
            body.strip_prefix(' ').unwrap_or(body).to_owned()
        };
        Raw {
            text,
            span,
            doc: matches!(sign, "///" | "/**"),
            inner: matches!(sign, "//!" | "/*!"),
        }
    }

    /// Is this the first line that names the twin?
    pub(super) fn is_twin_line(&self) -> bool {
        self.span.first == 1 && self.text.starts_with("Twin: ")
    }
}

/// Parts the comments above an item whose code begins on this line.
pub(super) fn lead(mut raws: Vec<Raw>, language: Language, line: usize) -> Lead {
    if language == Language::Go {
        // Go's doc is what touches the declaration.
        let mut next = line;
        for raw in raws.iter_mut().rev() {
            if raw.span.last + 1 != next {
                break;
            }
            raw.doc = true;
            next = raw.span.first;
        }
    }
    let mut lead = Lead::default();
    for group in groups(raws) {
        let doc = group[0].doc;
        let (reason, rest) = part(group);
        if !reason.is_empty() {
            let Comment { text, span } = joined(&reason, " ");
            let text = text["only here:".len()..].trim().to_owned();
            lead.only_here = Some(Comment { text, span });
        }
        if rest.is_empty() {
            continue;
        }
        let rest = joined(&rest, "\n");
        if doc {
            lead.doc = Some(rest);
        } else {
            lead.comments.push(rest);
        }
    }
    lead
}

/// The comments one after the other, those on adjoining lines as one.
pub(super) fn plain(raws: Vec<Raw>) -> Vec<Comment> {
    groups(raws).map(|group| joined(&group, "\n")).collect()
}

/// Several comments as one.
pub(super) fn joined(raws: &[Raw], between: &str) -> Comment {
    let texts: Vec<_> = raws.iter().map(|raw| raw.text.as_str()).collect();
    let (first, last) = (&raws[0].span, &raws[raws.len() - 1].span);
    Comment {
        text: texts.join(between).trim().to_owned(),
        span: Span {
            bytes: first.bytes.start..last.bytes.end,
            first: first.first,
            last: last.last,
        },
    }
}

fn groups(raws: Vec<Raw>) -> impl Iterator<Item = Vec<Raw>> {
    let mut groups: Vec<Vec<Raw>> = Vec::new();
    for raw in raws {
        match groups.last_mut() {
            Some(group) if touches(group, &raw) => group.push(raw),
            _ => groups.push(vec![raw]),
        }
    }
    groups.into_iter()
}

fn touches(group: &[Raw], raw: &Raw) -> bool {
    let last = &group[group.len() - 1];
    last.span.last + 1 == raw.span.first && last.doc == raw.doc
}

/// Takes `only here: REASON`, up to an empty comment line or the end, out of a group.
fn part(mut group: Vec<Raw>) -> (Vec<Raw>, Vec<Raw>) {
    let is_start = |raw: &Raw| raw.text.starts_with("only here:");
    let Some(start) = group.iter().position(is_start) else {
        return (Vec::new(), group);
    };
    let is_blank = |raw: &Raw| raw.text.trim().is_empty();
    let end = group[start..].iter().position(is_blank);
    let end = end.map_or(group.len(), |lines| start + lines);
    let reason = group.drain(start..end).collect();
    while group.last().is_some_and(is_blank) {
        group.pop();
    }
    let blanks = group.iter().take_while(|raw| is_blank(raw)).count();
    group.drain(..blanks);
    (reason, group)
}
