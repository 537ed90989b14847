//! Dependencies: each is listed with its reason, and none runs code before a build.

use std::{collections::BTreeSet, fs};

use tests::project;
use toml::{Table, Value};

fn read(path: &str) -> String {
    let path = project().root.join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folders of all our crates, from the top folder; fuzz targets are a workspace of their own.
fn members() -> Vec<String> {
    let crates = fs::read_dir(project().root.join("crates")).expect("crates");
    let names = crates.map(|entry| entry.expect("a folder").file_name());
    let mut members: Vec<_> = names
        .map(|name| format!("crates/{}", name.display()))
        .filter(|folder| {
            let manifest = project().root.join(folder).join("Cargo.toml");
            manifest.is_file()
        })
        .collect();
    members.extend(["tests", "tests/fuzz"].map(str::to_owned));
    members
}

/// The crates of a manifest that come from a registry, whatever platform they are for.
fn from_registry(manifest: &Table) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, value) in manifest {
        let Value::Table(table) = value else { continue };
        if !name.ends_with("dependencies") {
            found.extend(from_registry(table));
            continue;
        }
        let ours = |value: &Value| {
            let has = |key| value.get(key).is_some();
            has("path") || has("workspace")
        };
        let foreign = table.iter().filter(|(_, value)| !ours(value));
        found.extend(foreign.map(|(name, _)| name.clone()));
    }
    found
}

/// All direct dependencies of both languages; a Go module without its host and owner.
fn dependencies() -> BTreeSet<String> {
    let manifests = members().into_iter().map(|folder| folder + "/Cargo.toml");
    let mut found = BTreeSet::new();
    for manifest in manifests.chain(["Cargo.toml".to_owned()]) {
        let text = read(&manifest);
        found.extend(from_registry(&text.parse().expect("a manifest")));
    }
    let module = read("go/go.mod");
    for line in module.lines().filter(|line| !line.contains("// indirect")) {
        let line = line.trim().trim_start_matches("require ");
        if let Some((path, version)) = line.split_once(' ')
            && version.starts_with('v')
        {
            let short = path
                .strip_prefix("github.com/")
                .and_then(|p| p.split('/').nth(1));
            found.insert(short.unwrap_or(path).to_owned());
        }
    }
    found
}

#[test]
fn every_direct_dependency_has_its_reason_in_contributing() {
    let text = read("CONTRIBUTING.md");
    let (_, rows) = text
        .split_once("| crate | why |\n|---|---|\n")
        .expect("the table of dependencies");
    let rows = rows.lines().take_while(|line| line.starts_with('|'));
    let mut named = BTreeSet::new();
    for row in rows {
        let (given, why) = row[1..].split_once('|').expect("two columns");
        assert!(why.trim_end_matches('|').trim().len() > 5, "{row}");
        let given = given.split(',').map(|name| name.split('(').next());
        named.extend(given.flatten().map(|name| name.trim().to_owned()));
    }
    let used = dependencies();
    let missing: Vec<_> = used.difference(&named).collect();
    assert!(missing.is_empty(), "no reason for {missing:?}");
    let stale: Vec<_> = named.difference(&used).collect();
    assert!(stale.is_empty(), "nobody depends on {stale:?}");
}

#[test]
fn only_the_list_of_the_pairs_tests_is_made_by_a_build_script() {
    for folder in members().into_iter().filter(|it| it != "tests") {
        let manifest: Table = read(&format!("{folder}/Cargo.toml")).parse().expect("TOML");
        assert!(manifest["package"].get("build").is_none(), "{folder}");
        let script = project().root.join(&folder).join("build.rs");
        assert!(!script.exists(), "{folder}");
    }
}

#[test]
fn versions_are_pinned_by_lock_files() {
    let mut locked = BTreeSet::new();
    for lock in ["Cargo.lock", "tests/fuzz/Cargo.lock"] {
        let lock: Table = read(lock).parse().expect("TOML");
        let packages = lock["package"].as_array().expect("packages");
        let names = packages
            .iter()
            .filter_map(|package| package["name"].as_str());
        locked.extend(names.map(str::to_owned));
    }
    let sums = read("go/go.sum");
    for name in dependencies() {
        assert!(locked.contains(&name) || sums.contains(&name), "{name}");
    }
}
