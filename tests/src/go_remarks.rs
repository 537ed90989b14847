//! Remarks of Go's compiler about each line.

use std::fs;

use crate::project;
use lab_workspace::toolchain::Go;

/// One remark of `go build -gcflags=-m`.
#[derive(Debug)]
pub struct Remark {
    /// The file's name, without its folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The text.
    pub says: String,
}

impl Remark {
    /// Whether it says that something goes to the heap.
    pub fn names_the_heap(&self) -> bool {
        self.says.contains("escapes to heap") || self.says.contains("moved to heap")
    }
}

/// Compiles a package of the project with remarks.
pub fn ask(package: &str) -> Vec<Remark> {
    let go = Go::find(project()).expect("a Go");
    let mut build = go.command(project());
    build.args([
        "build",
        "-buildvcs=false",
        "-gcflags=-m",
        &format!("./{package}"),
    ]);
    let output = build.output().expect("go build starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let remarks: Vec<_> = said.lines().filter_map(remark).collect();
    assert!(
        !remarks.is_empty(),
        "the compiler says something of {package}"
    );
    remarks
}

/// The first line of a Go file of the project that contains a text, from 1.
pub fn line_of(package: &str, file: &str, text: &str) -> usize {
    let path = project().root.join("go").join(package).join(file);
    let source = fs::read_to_string(path).expect("a source");
    let found = source.lines().position(|line| line.contains(text));
    found.unwrap_or_else(|| panic!("{file} has no line with {text:?}")) + 1
}

fn remark(line: &str) -> Option<Remark> {
    let mut parts = line.splitn(4, ':');
    let (path, line, _column) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Remark {
        file: path.rsplit('/').next()?.to_owned(),
        line: line.parse().ok()?,
        says: parts.next()?.trim().to_owned(),
    })
}
