//! A part that fails does not prevent the others. Shell scripts replace the programs, Go and cargo.

use crate::stage::{self, Stage};

/// A stage with a claim that a compiler decides, one that a program decides, and a result.
fn with_checks() -> Stage {
    let stage = Stage::new("");
    stage.write(
        "crates/lab-judge/claims.toml",
        r#"
        [[claim]]
        id = "X1"
        topic = "x"
        says = "It works."
        test = [{ check = "printing-allocator-works" }]

        [[claim]]
        id = "X2"
        topic = "x"
        says = "It is fast."
        test = [{ value = "go{x/one}.wall_ns / rust{x/one}.wall_ns", unit = "ratio", most = 2.0 }]
    "#,
    );
    stage.write(
        "crates/allocator/mistakes/printing_allocator.rs",
        "fn main() {}\n",
    );
    stage
}

#[test]
fn a_compiler_that_fails_leaves_its_claim_undecided_and_all_others_are_judged() {
    let stage = with_checks();
    let rustup = "echo 'error: rustup could not choose a version of rustc to run' >&2; exit 1";
    stage.script(
        "bin/rustc",
        &format!("[ \"$1\" = -vV ] && exit 0\n{rustup}"),
    );
    assert_eq!(stage.lab(&["measure", "--blocks", "20"]).code, 0);
    let judged = stage.lab(&["judge", "--brief"]);
    assert_eq!(judged.code, 1, "{judged:?}");
    let line = |id: &str| {
        let mut lines = judged.stdout.lines();
        lines
            .find(|line| line.contains(id))
            .unwrap_or_else(|| panic!("{judged:?}"))
    };
    assert!(line("X1").contains("undecided"), "{judged:?}");
    assert!(line("X2").contains("holds"), "{judged:?}");
    let why = "rustup could not choose a version of rustc to run";
    assert!(judged.stderr.contains(why), "{judged:?}");
    let full = stage.lab(&["judge", "X1"]);
    assert!(full.stdout.contains(why), "{full:?}");
    // Once the compiler works, it is asked again.
    stage.script("bin/rustc", "exec /bin/true");
    assert!(!stage.lab(&["judge", "X1"]).stdout.contains(why));
}

#[test]
fn judging_goes_on_where_no_program_can_be_built() {
    let stage = with_checks();
    assert_eq!(stage.lab(&["measure", "--blocks", "20"]).code, 0);
    stage.script("bin/go", "echo go version go1.99.0 x/x; [ $1 = version ] || { echo 'go: no such tool \"compile\"' >&2; exit 1; }");
    let judged = stage.lab(&["judge", "--brief"]);
    assert_eq!(judged.code, 1, "{judged:?}");
    assert!(judged.stdout.contains("holds"), "{judged:?}");
    assert!(
        judged.stderr.contains("no such tool \"compile\""),
        "{judged:?}"
    );
}

#[test]
fn an_allocator_that_cannot_be_built_is_left_out_and_the_usual_one_is_measured() {
    let stage = Stage::new("");
    stage.script(
        "bin/cargo",
        "case \"$*\" in *mimalloc*) echo 'error: no C++ compiler' >&2; exit 101 ;; esac",
    );
    let ended = stage.lab(&["measure", "--blocks", "1", "--settings", "default,mimalloc"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("not measured: the Rust programs with mimalloc could not be built: error: no C++ compiler"), "{ended:?}");
    assert_eq!(ended.cases()[..2], stage::CASES, "{ended:?}");
}

#[test]
fn what_of_the_programs_themselves_cannot_be_built_is_left_out_one_by_one() {
    let stage = Stage::new("");
    let ended = stage.lab(&["measure", "--only", "programs"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    for case in ["smallest", "smallest_static", "x"] {
        let line = format!("programs/{case}@1: not measured: ");
        assert!(ended.stdout.contains(&line), "{ended:?} lacks {line}");
    }
    assert!(stage.results()[0].complete);
}
