//! Remarks of Go's compiler about each line of a pair.

use std::fs;

use crate::project;
pub use lab_verify::go_remarks::Remark;
use lab_workspace::toolchain::Go;

/// Compiles a package of the project with remarks.
pub fn ask(package: &str) -> Vec<Remark> {
    let go = Go::find(project()).expect("a Go");
    let remarks = lab_verify::go_remarks::ask(project(), &go, package).expect("remarks");
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
