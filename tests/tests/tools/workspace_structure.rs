//! The structure of the workspace: which crate may use which, no cycles between modules, short files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use lab_workspace::{folder, project::Project};
use syn::{
    ItemMod, ItemUse, UseTree,
    visit::{self, Visit},
};

/// The crates of the lab, and the crates that each may use.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("lab-workspace", &[]),
    ("lab-results", &["lab-workspace"]),
    ("lab-verify", &["lab-results", "lab-workspace"]),
    ("lab-bench", &["lab-results", "lab-workspace", "load"]),
    ("lab-judge", &["lab-results", "lab-workspace"]),
    (
        "lab",
        &[
            "lab-bench",
            "lab-judge",
            "lab-results",
            "lab-verify",
            "lab-workspace",
            "load",
        ],
    ),
    (
        "book",
        &["lab-judge", "lab-results", "lab-verify", "lab-workspace"],
    ),
];

#[test]
fn the_crates_of_the_lab_use_each_other_in_one_direction_only() {
    let project = Project::find().unwrap();
    for (user, allowed) in ALLOWED {
        let used = dependencies(&project.root.join("crates").join(user));
        let is_ours = |name: &&String| project.root.join("crates").join(name).is_dir();
        for name in used.iter().filter(is_ours) {
            assert!(allowed.contains(&name.as_str()), "{user} uses {name}");
        }
    }
}

#[test]
fn a_topic_uses_no_crate_of_the_project_but_pair() {
    let project = Project::find().unwrap();
    for topic in project.names() {
        let used = dependencies(&project.root.join("crates").join(topic));
        let ours = used
            .into_iter()
            .filter(|name| project.root.join("crates").join(name).is_dir());
        assert_eq!(ours.collect::<Vec<_>>(), ["pair"], "{topic}");
    }
}

#[test]
fn no_crate_has_a_circle_of_modules() {
    let project = Project::find().unwrap();
    let mut found = Vec::new();
    for folder in folder::entries(&project.root.join("crates")).unwrap() {
        let name = folder.file_name().unwrap();
        let all = circles(&arrows(&read_modules(&folder.join("src"))));
        let shown = |circle: &Vec<String>| format!("{}: {}", name.display(), circle.join(" <-> "));
        found.extend(all.iter().map(shown));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Most lines of a source file.
const MAX_LINES: usize = 400;

#[test]
fn no_source_file_is_longer_than_400_lines() {
    let root = Project::find().unwrap().root;
    let mut files = vec![root.join("Makefile.toml"), root.join("Cargo.toml")];
    for top in ["crates", "go", "tests"] {
        // A copy of a library, and the folder of a build.
        let excluded = ["axe", "target"];
        files.extend(folder::files_below(&root.join(top), &excluded).unwrap());
    }
    let is_source = |path: &&PathBuf| {
        let end = path.extension().and_then(|end| end.to_str());
        matches!(
            end,
            Some("rs" | "go" | "js" | "css" | "scm" | "sh" | "toml")
        )
    };
    let (mut count, mut long) = (0, Vec::new());
    for path in files.iter().filter(is_source) {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        count += 1;
        if lines > MAX_LINES {
            long.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(count > 800, "{count} files");
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn a_circle_is_seen() {
    let module = |text: &str| syn::parse_file(text).unwrap();
    let modules = |texts: &[(&str, &str)]| -> BTreeMap<String, syn::File> {
        let each = texts.iter();
        each.map(|(name, text)| ((*name).to_owned(), module(text)))
            .collect()
    };
    let circle = modules(&[
        ("", "mod a; mod b;"),
        ("a", "use crate::b::{x, y::Z}; fn f() {}"),
        ("b", "fn g() { super::a::f() }"),
    ]);
    assert_eq!(circles(&arrows(&circle)), [["a", "b"]]);
    let siblings = modules(&[
        ("", "mod a;"),
        ("a", "mod c; mod d; use c::X; pub const SIZE: u32 = 1;"),
        ("a::c", "use super::{SIZE, d::Y}; pub struct X;"),
        ("a::d", "pub struct Y(super::c::X);"),
    ]);
    assert_eq!(circles(&arrows(&siblings)), [["a::c", "a::d"]]);
    let straight = modules(&[
        ("", "mod a; mod b;"),
        (
            "a",
            "use crate::b::X; #[cfg(test)] mod tests { use super::X; }",
        ),
        (
            "b",
            "pub struct X; #[cfg(test)] mod tests { use crate::a; }",
        ),
    ]);
    assert!(circles(&arrows(&straight)).is_empty());
}

/// Names of the crates that a manifest lists.
fn dependencies(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let table = manifest.get("dependencies").and_then(|all| all.as_table());
    table.map_or_else(BTreeSet::new, |all| all.keys().cloned().collect())
}

/// The modules below a folder of sources by their paths; the crate's root is empty.
fn read_modules(sources: &Path) -> BTreeMap<String, syn::File> {
    let files = folder::files_below(sources, &[]).unwrap().into_iter();
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let file = syn::parse_file(&text);
        let file = file.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (module_name(path.strip_prefix(sources).unwrap()), file)
    };
    files.map(read).collect()
}

fn module_name(path: &Path) -> String {
    let mut parts: Vec<String> = PathBuf::from(path)
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts
        .last()
        .is_some_and(|last| last == "mod" || last == "lib")
    {
        parts.pop();
    }
    parts.join("::")
}

/// Which module uses which.
fn arrows(modules: &BTreeMap<String, syn::File>) -> BTreeMap<String, BTreeSet<String>> {
    let each = modules.iter().map(|(name, file)| {
        let mut uses = Uses {
            module: name,
            modules,
            found: BTreeSet::new(),
        };
        uses.visit_file(file);
        // A module and its folder count as one; the crate's root declares all.
        uses.found
            .retain(|other| !other.is_empty() && !is_inside_the_other(name, other));
        (name.clone(), uses.found)
    });
    each.filter(|(name, _)| !name.is_empty()).collect()
}

fn is_inside_the_other(one: &str, other: &str) -> bool {
    let lies_in = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    lies_in(one, other) || lies_in(other, one)
}

/// Collects the modules that a file uses.
struct Uses<'a> {
    module: &'a str,
    modules: &'a BTreeMap<String, syn::File>,
    found: BTreeSet<String>,
}

impl Uses<'_> {
    /// Notes the module that a path leads to, if it is one of the crate's.
    fn note(&mut self, path: &[String]) {
        let inner = |name: &str| match self.module {
            "" => name.to_owned(),
            module => format!("{module}::{name}"),
        };
        let above = |levels: usize| {
            let parts: Vec<&str> = self.module.split("::").collect();
            parts[..parts.len().saturating_sub(levels)].join("::")
        };
        let supers = path.iter().take_while(|part| *part == "super").count();
        let (base, rest) = match path.first().map(String::as_str) {
            Some("crate") => (String::new(), &path[1..]),
            Some("self") => (self.module.to_owned(), &path[1..]),
            Some("super") => (above(supers), &path[supers..]),
            Some(first) if self.modules.contains_key(&inner(first)) => {
                (self.module.to_owned(), path)
            }
            _ => return,
        };
        let mut found = base;
        for part in rest {
            let next = if found.is_empty() {
                part.clone()
            } else {
                format!("{found}::{part}")
            };
            if !self.modules.contains_key(&next) {
                break;
            }
            found = next;
        }
        self.found.insert(found);
    }

    fn note_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.note_tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.note(&with(&name.ident)),
            UseTree::Rename(name) => self.note(&with(&name.ident)),
            UseTree::Glob(_) => self.note(before),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.note_tree(tree, before);
                }
            }
        }
    }
}

impl<'a> Visit<'a> for Uses<'_> {
    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.note_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if parts.len() > 1 {
            self.note(&parts);
        }
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        // Tests may use everything.
        if !item.attrs.iter().any(|attr| attr.path().is_ident("cfg")) {
            visit::visit_item_mod(self, item);
        }
    }
}

/// Sets of modules that reach each other (Tarjan's strongly connected components would be faster, and
/// these graphs are small).
fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reach = |from: &String| -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = arrows[from].iter().collect();
        while let Some(name) = open.pop() {
            if seen.insert(name.clone()) {
                open.extend(arrows.get(name).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> =
        arrows.keys().map(|name| (name, reach(name))).collect();
    let mut found = BTreeSet::new();
    for (name, all) in &reached {
        if all.contains(*name) {
            let circle = all
                .iter()
                .filter(|other| reached.get(other).is_some_and(|back| back.contains(*name)));
            found.insert(circle.cloned().collect::<Vec<_>>());
        }
    }
    found.into_iter().collect()
}
