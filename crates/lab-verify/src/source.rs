//! The items of a source file, in either language: what the parity test compares, the lab counts and
//! the book lays out.

mod comments;
mod go;
mod rust;
mod scan;

use std::{
    collections::BTreeSet,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow};
use tree_sitter::{Node, Parser, Tree};

pub use lab_workspace::language::Language;

/// A source file, parsed.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it lies, from the top folder.
    pub path: PathBuf,
    /// Its language, by the end of its path.
    pub language: Language,
    /// The whole text.
    pub text: String,
    /// The syntax tree of that text.
    pub tree: Tree,
    /// Its items in order; a member follows the item that it stands in.
    pub items: Vec<Item>,
    /// The sentences about the whole module or package.
    pub doc: Option<Comment>,
    /// From the first import to the last above the first item.
    pub imports: Option<Span>,
}

/// One thing that a file declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Can others use it? A member of something private cannot be.
    pub exported: bool,
    /// The type it belongs to.
    pub owner: Option<String>,
    /// Its name as written; of an `impl` its type, of a group nothing.
    pub name: String,
    /// The names of a function's parameters, Go's receiver first.
    pub parameters: Vec<String>,
    /// The item whose lines it stands in: a struct, an `impl`, a group. Others are rows of their own.
    pub within: Option<usize>,
    /// Its doc comment.
    pub doc: Option<Comment>,
    /// The plain comments in it or directly above it, without those of its members.
    pub comments: Vec<Comment>,
    /// The reason behind `only here:`.
    pub only_here: Option<Comment>,
    /// All of it: the comments above and the code.
    pub span: Span,
    /// The code alone, with its attributes.
    pub code: Span,
    /// The line on which the declaration itself begins, below its attributes.
    pub signature: usize,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A struct, an enum, a trait, an interface, a named type.
    Type,
    /// A field with a name.
    Field,
    /// A variant of an enum; in Go a constant whose type the same file declares.
    Variant,
    /// A function without a receiver; in Rust it may belong to a type.
    Function,
    /// A function with a receiver.
    Method,
    /// A constant, a static, a package's variable.
    Constant,
    /// `impl Drop`. Its twin in Go is a method `Close`.
    Drop,
    /// `impl T`.
    Impl,
    /// `impl Trait for T`, but for `Drop`.
    TraitImpl,
    /// Go's declarations in one pair of parentheses.
    Group,
    /// Anything else: a module, a macro.
    Other,
}

/// A comment of one or more lines, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its text without the signs that make it a comment.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its bytes.
    pub bytes: Range<usize>,
    /// Its first line, from 1.
    pub first: usize,
    /// Its last line.
    pub last: usize,
}

impl Source {
    /// Reads and parses the file at this path, which is counted from the top folder.
    pub fn read(root: &Path, path: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join(path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        Source::parse(path, text)
    }

    /// Parses a text; the end of its path names the language.
    pub fn parse(path: &Path, text: String) -> Result<Self> {
        let (language, grammar) = match path.extension().and_then(|end| end.to_str()) {
            Some("rs") => (Language::Rust, tree_sitter_rust::LANGUAGE),
            Some("go") => (Language::Go, tree_sitter_go::LANGUAGE),
            _ => return Err(anyhow!("{} is neither Rust nor Go", path.display())),
        };
        let mut parser = Parser::new();
        parser.set_language(&grammar.into())?;
        let tree = parser
            .parse(&text, None)
            .ok_or_else(|| anyhow!("cannot parse {}", path.display()))?;
        let outline = match language {
            Language::Rust => rust::outline(tree.root_node(), &text),
            Language::Go => go::outline(tree.root_node(), &text),
        };
        Ok(Source {
            path: path.to_owned(),
            language,
            items: outline.items,
            doc: outline.doc,
            imports: outline.imports,
            text,
            tree,
        })
    }

    /// The path behind `// Twin: ` in the first line.
    pub fn twin(&self) -> Option<&str> {
        twin_of(self.line(1))
    }

    /// A line, from 1, without its end; nothing where the file has ended.
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number - 1).unwrap_or_default()
    }

    /// The text of a part.
    pub fn slice(&self, span: &Span) -> &str {
        &self.text[span.bytes.clone()]
    }

    /// The first line that the grammar does not understand.
    pub fn syntax_error(&self) -> Option<usize> {
        fn find(node: Node) -> Option<usize> {
            if node.is_error() || node.is_missing() {
                return Some(node.start_position().row + 1);
            }
            let mut cursor = node.walk();
            let children: Vec<_> = node.children(&mut cursor).collect();
            children.into_iter().filter(Node::has_error).find_map(find)
        }
        find(self.tree.root_node())
    }

    /// Where the comments stand.
    pub fn comments(&self) -> Vec<Range<usize>> {
        fn find(node: Node, found: &mut Vec<Range<usize>>) {
            if scan::is_comment(node) {
                found.push(node.byte_range());
            }
            for child in scan::children(node) {
                find(child, found);
            }
        }
        let mut found = Vec::new();
        find(self.tree.root_node(), &mut found);
        found
    }

    /// The tokens in order, comments excluded. A literal or a lifetime counts as one.
    pub fn tokens(&self) -> Vec<Token<'_>> {
        let mut tokens = Vec::new();
        self.collect(self.tree.root_node(), &mut tokens);
        tokens
    }

    /// The number of lines with at least one token.
    pub fn code_lines(&self) -> usize {
        let lines: BTreeSet<_> = self
            .tokens()
            .iter()
            .flat_map(|token| token.line..=token.line + token.text.matches('\n').count())
            .collect();
        lines.len()
    }

    fn collect<'a>(&'a self, node: Node, tokens: &mut Vec<Token<'a>>) {
        if node.kind().ends_with("comment") {
            return;
        }
        let whole = node.child_count() == 0
            || node.kind().ends_with("_literal") && node.kind().contains("string")
            || matches!(node.kind(), "char_literal" | "rune_literal" | "lifetime");
        if whole {
            let text = &self.text[node.byte_range()];
            // The end of a line is a token of Go's grammar, but nobody writes it.
            if !text.trim().is_empty() {
                let (start, line) = (node.start_byte(), node.start_position().row + 1);
                tokens.push(Token { text, start, line });
            }
            return;
        }
        for child in node.children(&mut node.walk()) {
            self.collect(child, tokens);
        }
    }
}

/// The smallest piece of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// As written.
    pub text: &'a str,
    /// Its first byte.
    pub start: usize,
    /// The line on which it begins, from 1.
    pub line: usize,
}

impl Item {
    /// The name under which its twin is found: without case, underscores and each language's ways of
    /// saying whose it is. Twins have the same, and kinds that go together.
    pub fn twin_name(&self) -> String {
        let name = canonical(&self.name);
        let owner = self.owner.as_deref().map(canonical);
        match (self.kind, owner) {
            (Kind::Function | Kind::Constant, Some(owner)) => name + &owner,
            (Kind::Drop, Some(owner)) => owner + ".close",
            (Kind::Variant, Some(owner)) => {
                let short = name.strip_prefix(&owner).filter(|rest| !rest.is_empty());
                format!("{owner}.{}", short.unwrap_or(&name))
            }
            (Kind::Field | Kind::Method, Some(owner)) => format!("{owner}.{name}"),
            _ => name,
        }
    }

    /// What a reader calls it: `Node::new`, `Node.Link`, `NewNode`.
    pub fn title(&self, language: Language) -> String {
        match (&self.owner, self.kind, language) {
            (Some(owner), Kind::Drop, _) => format!("impl Drop for {owner}"),
            (_, Kind::Impl | Kind::TraitImpl, _) => format!("impl {}", self.name),
            (Some(_), Kind::Variant, Language::Go) | (None, ..) => self.name.clone(),
            (Some(owner), _, Language::Rust) => format!("{owner}::{}", self.name),
            (Some(owner), _, Language::Go) => format!("{owner}.{}", self.name),
        }
    }

    /// The number of lines from the signature to the closing brace.
    pub fn lines(&self) -> usize {
        self.code.last + 1 - self.signature
    }
}

/// A name without case and underscores.
pub fn canonical(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

/// The path in a line `// Twin: PATH`.
pub fn twin_of(line: &str) -> Option<&str> {
    line.strip_prefix("// Twin: ").map(str::trim)
}

#[cfg(test)]
mod tests;
