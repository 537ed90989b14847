//! Only targets with tests are built for tests.

use std::{
    fs,
    path::{Path, PathBuf},
};

use lab_workspace::folder;
use tests::project;
use toml::{Table, Value};

/// The number of tests in a file and in the modules that it declares.
fn count_tests(file: &Path) -> usize {
    let text = fs::read_to_string(file).expect("a source");
    let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "main" | "mod") => file.with_file_name(""),
        _ => file.with_extension(""),
    };
    let declared = |line: &str| -> Option<PathBuf> {
        let (before, rest) = line.split_once("mod ")?;
        let is_declaration = before.is_empty() || before.starts_with("pub");
        let name = rest.strip_suffix(';').filter(|_| is_declaration)?;
        let files = [format!("{name}.rs"), format!("{name}/mod.rs")];
        let mut files = files.iter().map(|file| folder.join(file));
        files.find(|path| path.is_file())
    };
    let own = text.lines().filter(|line| line.trim() == "#[test]").count();
    let below: usize = text
        .lines()
        .filter_map(declared)
        .map(|file| count_tests(&file))
        .sum();
    own + below
}

#[test]
fn a_target_is_built_for_tests_where_it_has_one() {
    let root = &project().root;
    for folder in folder::entries(&root.join("crates")).expect("crates") {
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        let manifest: Table = manifest.parse().expect("TOML");
        let bin = manifest.get("bin").and_then(|bins| bins.get(0));
        for (file, target) in [("lib.rs", manifest.get("lib")), ("main.rs", bin)] {
            let file = folder.join("src").join(file);
            if !file.is_file() {
                continue;
            }
            let is_tested = target.and_then(|target| target.get("test"));
            let is_tested = is_tested.and_then(Value::as_bool).unwrap_or(true);
            let tests = count_tests(&file);
            let shown = file.display();
            assert_eq!(is_tested, tests > 0, "{shown} has {tests} tests");
        }
    }
}
