//! The project's folders and topics: found, not listed.

use std::{
    env, fs,
    path::{self, Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::suggest;

/// Where the claims about all topics together stand, from the top folder.
pub const CLAIMS: &str = "crates/lab-judge/claims.toml";

/// The topic of claims about all topics together.
const TOGETHER: &str = "verdict";

/// Where everything lies.
#[derive(Debug, Clone)]
pub struct Project {
    /// The top folder.
    pub root: PathBuf,
    /// The project's version, from Cargo.toml.
    pub version: String,
    /// Where the book is published, from Cargo.toml; none where nobody publishes it.
    pub homepage: Option<String>,
    /// The topics in the article's order.
    pub topics: Vec<Topic>,
}

/// One topic, as its crate's `[package.metadata.pair]` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name: the crate, the Go package, both programs.
    pub name: String,
    /// Its title in the book, a question.
    pub title: String,
    /// The answer of each language, in two sentences below the title.
    pub intro: String,
    /// Its place in the article's order.
    pub order: u32,
    /// The items that stand for all pairs on the book's front page, if those of this topic do.
    pub excerpt: Vec<String>,
}

#[derive(Deserialize)]
struct Workspace {
    workspace: WorkspaceTable,
}

#[derive(Deserialize)]
struct WorkspaceTable {
    package: WorkspacePackage,
}

#[derive(Deserialize)]
struct WorkspacePackage {
    version: String,
    homepage: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
struct Metadata {
    pair: Option<PairMetadata>,
}

#[derive(Deserialize)]
struct PairMetadata {
    title: String,
    #[serde(default)]
    intro: String,
    order: u32,
    #[serde(default)]
    excerpt: Vec<String>,
}

impl Project {
    /// Finds the project around the folder in which one is, and its topics.
    pub fn find() -> Result<Self> {
        let here = env::current_dir().context("cannot tell the current folder")?;
        let is_root = |folder: &&Path| folder.join("go/go.mod").is_file();
        match here.ancestors().find(is_root) {
            Some(root) => Project::at(root),
            None => bail!(
                "{} is not inside the project (no folder above it holds go/go.mod): change to the project's folder",
                here.display()
            ),
        }
    }

    /// The project whose top folder this is.
    pub fn at(root: &Path) -> Result<Self> {
        let workspace: Workspace = read_toml(&root.join("Cargo.toml"))?;
        let crates = root.join("crates");
        let mut topics = Vec::new();
        let entries =
            fs::read_dir(&crates).with_context(|| format!("cannot read {}", crates.display()))?;
        for entry in entries {
            let manifest = entry?.path().join("Cargo.toml");
            if !manifest.is_file() {
                continue;
            }
            let Manifest { package } = read_toml(&manifest)?;
            if let Some(PairMetadata {
                title,
                intro,
                order,
                excerpt,
            }) = package.metadata.pair
            {
                topics.push(Topic {
                    name: package.name,
                    title,
                    intro,
                    order,
                    excerpt,
                });
            }
        }
        topics.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
        Ok(Project {
            root: root.to_owned(),
            version: workspace.workspace.package.version,
            homepage: workspace.workspace.package.homepage,
            topics,
        })
    }

    /// The folder for what is built: `CARGO_TARGET_DIR`, or `target` in the top folder.
    pub fn target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// The folder of the results: `results` in the top folder, or the one that is named, counted from
    /// where one stands.
    pub fn results(&self, named: Option<&Path>) -> Result<PathBuf> {
        match named {
            None => Ok(self.root.join("results")),
            Some(named) => path::absolute(named)
                .with_context(|| format!("cannot tell where {} is", named.display())),
        }
    }

    /// The files of claims, each with its topic: those of pairs that have one, then that of all topics together.
    pub fn claims(&self) -> Vec<(&str, PathBuf)> {
        let file = |name| (name, self.root.join(format!("crates/{name}/claims.toml")));
        let mut all: Vec<_> = self.names().into_iter().map(file).collect();
        all.retain(|(_, path)| path.is_file());
        all.push((TOGETHER, self.root.join(CLAIMS)));
        all
    }

    /// The names of all topics.
    pub fn names(&self) -> Vec<&str> {
        self.topics
            .iter()
            .map(|topic| topic.name.as_str())
            .collect()
    }

    /// The topic of this name.
    pub fn topic(&self, name: &str) -> Result<&Topic> {
        match self.topics.iter().find(|topic| topic.name == name) {
            Some(topic) => Ok(topic),
            None => bail!(
                "{}",
                suggest::unknown_name("topic", name, &self.names(), None)
            ),
        }
    }
}

/// All places that a topic's own files may have, from the top folder; beside them it has an entry in Cargo.lock.
pub fn places(topic: &str) -> Vec<String> {
    vec![
        format!("crates/{topic}"),
        format!("go/{topic}"),
        format!("go/cmd/{topic}"),
        format!("tests/tests/pairs/{topic}.rs"),
        format!("tests/tests/pairs/{topic}"),
        format!("tests/scripts/{topic}"),
        format!("tests/parts/{topic}"),
        format!("tests/mutants/{topic}"),
        format!("crates/lab-judge/reference/difftest/{topic}.json"),
        format!("crates/lab-judge/reference/mutants/{topic}.json"),
    ]
}

impl Topic {
    /// The file of the Rust side that teaches, from the top folder.
    pub fn rust_source(&self) -> PathBuf {
        format!("crates/{}/src/lib.rs", self.name).into()
    }

    /// The file of the Go side that teaches, from the top folder.
    pub fn go_source(&self) -> PathBuf {
        format!("go/{0}/{0}.go", self.name).into()
    }
}

fn read_toml<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
}
