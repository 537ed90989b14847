use super::*;

fn rust(text: &str) -> Source {
    Source::parse(Path::new("lib.rs"), text.to_owned()).expect("Rust parses")
}

fn go(text: &str) -> Source {
    let text = format!("package t\n{text}");
    Source::parse(Path::new("t.go"), text).expect("Go parses")
}

/// Each item's kind, title and name for twins; private ones in parentheses.
fn items(source: &Source) -> Vec<String> {
    let line = |item: &Item| {
        let title = item.title(source.language);
        let line = format!("{:?} {title} {}", item.kind, item.twin_name());
        let line = line.trim().to_owned();
        if item.exported {
            line
        } else {
            format!("({line})")
        }
    };
    source.items.iter().map(line).collect()
}

#[test]
fn rust_items_are_found_in_order() {
    let source = rust(
        "pub struct File<T: Ord> { pub name: T, size: u8 }
        impl<T: Ord> File<T> {
            pub const MOST: u8 = 1;
            pub fn open(path: &Path) -> Self {}
            pub fn len_of(self: &Rc<Self>, part: u8) {}
            pub(crate) fn helper(&self) {}
        }
        impl<T: Ord> fmt::Display for File<T> { fn fmt(&self) {} }
        impl<T: Ord> Drop for File<T> { fn drop(&mut self) {} }
        pub enum Kind { Whole, Signed(u8) }
        pub trait Shape { fn area(&self) -> f64; }
        pub struct Pair(pub u8, pub u8);
        pub const MAX_LINE: usize = 1;
        pub static SEEN: u8 = 1;
        pub type Link = u8;
        mod inner;
        fn helper() {}
        struct Inner { pub field: u8 }
        impl Inner { pub fn new() {} }",
    );
    assert_eq!(
        items(&source),
        [
            "Type File file",
            "Field File::name file.name",
            "(Field File::size file.size)",
            "(Impl impl File file)",
            "Constant File::MOST mostfile",
            "Function File::open openfile",
            "Method File::len_of file.lenof",
            "(Method File::helper file.helper)",
            "(TraitImpl impl Display for File display for file)",
            "(Method File::fmt file.fmt)",
            "Drop impl Drop for File file.close",
            "(Method File::drop file.drop)",
            "Type Kind kind",
            "Variant Kind::Whole kind.whole",
            "Variant Kind::Signed kind.signed",
            "Type Shape shape",
            "Method Shape::area shape.area",
            "Type Pair pair",
            "Constant MAX_LINE maxline",
            "Constant SEEN seen",
            "Type Link link",
            "(Other inner inner)",
            "(Function helper helper)",
            "(Type Inner inner)",
            "(Field Inner::field inner.field)",
            "(Impl impl Inner inner)",
            "(Function Inner::new newinner)",
        ]
    );
    assert_eq!(source.items[5].parameters, ["path"]);
    assert_eq!(source.items[6].parameters, ["part"]);
    assert_eq!(source.items[6].within, Some(3));
}

#[test]
fn go_items_are_found_in_order() {
    let source = go("
type File[T any] struct {
	Name, Path T
	size       int
	sync.Mutex
}
func OpenFile[T any](path string) (*File[T], error) { return nil, nil }
func (f *File[T]) LenOf(part, rest int) int { return 0 }
func (f File[T]) helper() {}
func (File[T]) String() string { return \"\" }
type Kind int
const (
	KindWhole Kind = iota
	KindSigned
	MaxLine = 1
)
type Shape interface { Area() float64 }
const limit = 1
var Seen, other = 1, 2
var _ Shape = File{}
type inner struct { Field int }
func (i *inner) Len() int { return 0 }
");
    assert_eq!(
        items(&source),
        [
            "Type File file",
            "Field File.Name file.name",
            "Field File.Path file.path",
            "(Field File.size file.size)",
            "Field File.Mutex file.mutex",
            "Function OpenFile openfile",
            "Method File.LenOf file.lenof",
            "(Method File.helper file.helper)",
            "Method File.String file.string",
            "Type Kind kind",
            "Group",
            "Variant KindWhole kind.whole",
            "Variant KindSigned kind.signed",
            "Constant MaxLine maxline",
            "Type Shape shape",
            "Method Shape.Area shape.area",
            "(Constant limit limit)",
            "Constant Seen seen",
            "(Constant other other)",
            "(Other _)",
            "(Type inner inner)",
            "(Field inner.Field inner.field)",
            "(Method inner.Len inner.len)",
        ]
    );
    assert_eq!(source.items[6].parameters, ["f", "part", "rest"]);
    assert_eq!(source.items[11].within, Some(10));
}

#[test]
fn comments_are_docs_plain_or_a_reason_in_rust() {
    let source = rust(
        "// Twin: go/t/t.go

//! All about it,
//! in two lines.

use std::rc::Rc;
use std::mem;

// Apart.

// only here: a reason
// in two lines.
/// The doc,
/// in two lines.
#[derive(Clone)]
pub struct T {
    // Inside.
    a: u8, // Behind.
    // Last.
}
",
    );
    let item = &source.items[0];
    let text = |comment: &Option<Comment>| comment.as_ref().map(|it| it.text.clone()).unwrap();
    assert_eq!(source.twin(), Some("go/t/t.go"));
    assert_eq!(text(&source.doc), "All about it,\nin two lines.");
    assert_eq!(
        source.imports.as_ref().map(|it| (it.first, it.last)),
        Some((6, 7))
    );
    assert_eq!(text(&item.doc), "The doc,\nin two lines.");
    assert_eq!(text(&item.only_here), "a reason in two lines.");
    let own: Vec<_> = item.comments.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(own, ["Apart.", "Last."]);
    let field: Vec<_> = source.items[1]
        .comments
        .iter()
        .map(|it| it.text.as_str())
        .collect();
    assert_eq!(field, ["Inside.", "Behind."]);
    assert_eq!((item.span.first, item.span.last), (9, 20));
    assert_eq!((item.code.first, item.signature, item.lines()), (15, 16, 5));
    let doc = source.slice(&item.doc.as_ref().unwrap().span);
    assert_eq!(doc, "/// The doc,\n/// in two lines.");
}

#[test]
fn comments_are_docs_plain_or_a_reason_in_go() {
    let source = go("
// Apart.

// F does it,
// in two lines.
//
// only here: a reason
// in two lines.
//
//go:noinline
func F() {
	// Inside.
}

// only here: why.

/* G does it. */
func G() {}

type T struct {
	A int // A is behind.
	// Plain, for what is private.
	b int // Plain too.
}
");
    let text = |comment: &Option<Comment>| comment.as_ref().map(|it| it.text.clone());
    let plain = |index: usize| -> Vec<_> {
        let comments = source.items[index].comments.iter();
        comments.map(|it| it.text.clone()).collect()
    };
    assert_eq!(
        text(&source.items[0].doc).unwrap(),
        "F does it,\nin two lines."
    );
    assert_eq!(
        text(&source.items[0].only_here).unwrap(),
        "a reason in two lines."
    );
    assert_eq!(plain(0), ["Apart.", "Inside."]);
    assert_eq!(source.items[0].code.first + 1, source.items[0].signature);
    assert_eq!(text(&source.items[1].doc).unwrap(), "G does it.");
    assert_eq!(text(&source.items[1].only_here).unwrap(), "why.");
    assert_eq!(text(&source.items[3].doc).unwrap(), "A is behind.");
    assert_eq!(text(&source.items[4].doc), None);
    assert_eq!(plain(4), ["Plain, for what is private.", "Plain too."]);
}

#[test]
fn tokens_leave_out_comments_and_count_a_literal_once() {
    let rust = rust("/// Doc.\nfn f<'a>() -> &'a str {\n\n    \"a b\\n\" // c\n}\n");
    assert_eq!(rust.tokens().len(), 14);
    assert_eq!(rust.code_lines(), 3);
    let go = go("// Doc.\nfunc f() string {\n\treturn `a\nb` // c\n}\n");
    assert_eq!(go.tokens().len(), 11);
    assert_eq!(go.code_lines(), 5);
}

#[test]
fn a_build_tag_belongs_to_no_item() {
    let text = "//go:build linux\n\npackage t\n\nfunc f() {}\n".to_owned();
    let source = Source::parse(Path::new("t.go"), text).expect("Go parses");
    assert_eq!(source.items[0].span.first, 5);
}

#[test]
fn a_line_that_does_not_parse_is_found() {
    assert_eq!(rust("fn f() {}\n").syntax_error(), None);
    assert_eq!(rust("fn f() {}\nfn fn (\n").syntax_error(), Some(2));
    assert_eq!(go("func f() {\n").syntax_error(), Some(2));
}

#[test]
fn a_file_of_another_language_is_refused() {
    assert!(Source::parse(Path::new("a.c"), String::new()).is_err());
}
