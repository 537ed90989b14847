//! What the two languages' outlines have in common: collecting comments, closing items.

use tree_sitter::Node;

use super::{
    Comment, Item, Kind, Language, Span,
    comments::{self, Raw},
};

/// The parts of a file.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) items: Vec<Item>,
    pub(super) doc: Option<Comment>,
    pub(super) imports: Option<Span>,
}

/// A walk over a file's declarations.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    language: Language,
    pub(super) items: Vec<Item>,
    /// Comments since the last item.
    pending: Vec<Raw>,
    /// Where the attributes of the next item begin.
    attributes: Option<(usize, usize)>,
    pub(super) doc: Option<Comment>,
    imports: Option<Span>,
}

/// How an item is called and whose it is.
pub(super) struct Naming {
    pub(super) kind: Kind,
    pub(super) exported: bool,
    pub(super) owner: Option<String>,
    pub(super) name: String,
    pub(super) within: Option<usize>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str, language: Language) -> Self {
        Scan {
            text,
            language,
            items: Vec::new(),
            pending: Vec::new(),
            attributes: None,
            doc: None,
            imports: None,
        }
    }

    /// The source of a node.
    pub(super) fn text(&self, node: Node) -> &'a str {
        &self.text[node.byte_range()]
    }

    /// The source of a node's field.
    pub(super) fn field(&self, node: Node, field: &str) -> String {
        let field = node.child_by_field_name(field);
        field.map_or_else(String::new, |node| self.text(node).to_owned())
    }

    /// Keeps a comment for the next item, or gives it to the one that ends on its line.
    pub(super) fn comment(&mut self, node: Node, within: Option<usize>) {
        let raw = Raw::new(node, self.text);
        if raw.is_twin_line() || raw.inner {
            return;
        }
        let ends_here =
            |item: &&mut Item| item.within == within && item.code.last == raw.span.first;
        match self.items.iter_mut().rev().find(ends_here) {
            Some(item) => {
                let trailing = comments::joined(&[raw], "");
                item.span.bytes.end = trailing.span.bytes.end;
                let is_value = matches!(item.kind, Kind::Field | Kind::Variant | Kind::Constant);
                if self.language == Language::Go && is_value && item.exported && item.doc.is_none()
                {
                    item.doc = Some(trailing);
                } else {
                    item.comments.push(trailing);
                }
            }
            None => self.pending.push(raw),
        }
    }

    /// Counts this node to the code of the next item.
    pub(super) fn attribute(&mut self, node: Node) {
        let start = (node.start_byte(), node.start_position().row + 1);
        self.attributes.get_or_insert(start);
    }

    /// Counts this node to the imports, if no item came yet.
    pub(super) fn import(&mut self, node: Node) {
        self.pending.clear();
        self.attributes = None;
        if !self.items.is_empty() {
            return;
        }
        let found = span(node);
        self.imports = Some(match self.imports.take() {
            Some(before) => Span {
                bytes: before.bytes.start..found.bytes.end,
                first: before.first,
                last: found.last,
            },
            None => found,
        });
    }

    /// The comments that touch this node, as the doc of the whole file.
    pub(super) fn file_doc(&mut self, node: Node) {
        // A line like `//go:build linux` belongs to the file.
        self.attributes = None;
        let raws = std::mem::take(&mut self.pending);
        self.doc = comments::lead(raws, self.language, node.start_position().row + 1).doc;
    }

    /// Adds an item with all the comments that stand above it.
    pub(super) fn add(&mut self, node: Node, naming: Naming) -> usize {
        let mut code = span(node);
        let signature = code.first;
        if let Some((byte, line)) = self.attributes.take() {
            code.bytes.start = byte;
            code.first = line;
        }
        let raws = std::mem::take(&mut self.pending);
        let mut whole = code.clone();
        if let Some(first) = raws.first() {
            whole.bytes.start = first.span.bytes.start.min(code.bytes.start);
            whole.first = first.span.first.min(code.first);
        }
        let mut lead = comments::lead(raws, self.language, code.first);
        // What touches something private in Go is its doc only if it begins with its name.
        let is_plain = |doc: &mut Comment| !doc.text.starts_with(&naming.name);
        if self.language == Language::Go && !naming.exported {
            lead.comments.extend(lead.doc.take_if(is_plain));
        }
        self.items.push(Item {
            kind: naming.kind,
            exported: naming.exported,
            owner: naming.owner,
            name: naming.name,
            parameters: Vec::new(),
            within: naming.within,
            doc: lead.doc,
            comments: lead.comments,
            only_here: lead.only_here,
            span: whole,
            code,
            signature,
        });
        self.items.len() - 1
    }

    /// Adds an item that has no members: all comments in it are its own.
    pub(super) fn add_leaf(&mut self, node: Node, naming: Naming) -> usize {
        let index = self.add(node, naming);
        let mut raws = Vec::new();
        self.inside(node, &mut raws);
        self.items[index].comments.extend(comments::plain(raws));
        index
    }

    fn inside(&self, node: Node, raws: &mut Vec<Raw>) {
        for child in node.children(&mut node.walk()) {
            if is_comment(child) {
                raws.push(Raw::new(child, self.text));
            } else {
                self.inside(child, raws);
            }
        }
    }

    /// Gives comments that no item followed to what they stand in, or else to the last row.
    pub(super) fn close(&mut self, within: Option<usize>) {
        self.attributes = None;
        let left = comments::plain(std::mem::take(&mut self.pending));
        let is_row = |item: &Item| item.within.is_none();
        let Some(index) = within.or_else(|| self.items.iter().rposition(is_row)) else {
            return;
        };
        let item = &mut self.items[index];
        if let Some(last) = left.last() {
            item.span.last = item.span.last.max(last.span.last);
            item.span.bytes.end = item.span.bytes.end.max(last.span.bytes.end);
        }
        item.comments.extend(left);
    }

    /// Ends the walk: what belongs to a private type of this file is private.
    pub(super) fn end(mut self) -> Outline {
        self.close(None);
        let private: Vec<_> = self
            .items
            .iter()
            .filter(|item| item.kind == Kind::Type && !item.exported)
            .map(|item| item.name.clone())
            .collect();
        for item in &mut self.items {
            item.exported &= item
                .owner
                .as_ref()
                .is_none_or(|owner| !private.contains(owner));
        }
        Outline {
            items: self.items,
            doc: self.doc,
            imports: self.imports,
        }
    }
}

/// Is it a comment, in either grammar?
pub(super) fn is_comment(node: Node) -> bool {
    matches!(node.kind(), "comment" | "line_comment" | "block_comment")
}

/// Where a node stands.
pub(super) fn span(node: Node) -> Span {
    Span {
        bytes: node.byte_range(),
        first: node.start_position().row + 1,
        last: node.end_position().row + 1,
    }
}

/// The children of a node; a list, since the cursor of an iterator would have to outlive it.
pub(super) fn children(node: Node) -> Vec<Node> {
    node.children(&mut node.walk()).collect()
}
