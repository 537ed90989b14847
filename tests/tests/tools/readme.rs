//! README shows what is so.

use lab::readme;
use lab_workspace::{toolchain::Go, tools};
use tests::project;

#[test]
fn the_ledger_in_readme_is_that_of_the_reference() {
    let go = Go::find(project()).expect("there is a Go");
    if tools::staticcheck(project(), &go).is_none() && !tools::required() {
        return eprintln!("skipped: a verdict needs {}", tools::get_staticcheck());
    }
    let [expected, shown] = readme::readme(project()).unwrap_or_else(|e| panic!("{e:#}"));
    let parted = expected.lines().zip(shown.lines()).find(|(e, s)| e != s);
    let [expected_line, shown_line] = parted.map_or(["", ""], |(e, s)| [e, s]);
    assert!(
        expected == shown,
        "README and crates/lab-judge/reference part; \"cargo lab judge --readme\" mends it.\n\
         README:    {shown_line}\nreference: {expected_line}"
    );
}
