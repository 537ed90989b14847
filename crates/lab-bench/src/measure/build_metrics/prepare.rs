//! Builds the programs that a block measures.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Map, Value};

use lab_workspace::{
    build_variant::BuildVariant,
    environment,
    process_group::ProcessGroup,
    programs::{Programs, program, timed},
    project::Topic,
    run_limited::last_words,
    smallest_programs::{GO, GO_IDLE, RUST, RUST_IDLE},
};

use super::{
    Both, Kind, Metrics, Prepared, Sources,
    compile::{
        BUILDING, Buildable, RUSTFLAGS, STATIC_RUST, cargo, compile_go, note, rust_pair, sizes,
    },
};
use crate::failure::NotBuilt;

const MANIFEST: &str =
    "[package]\nname = \"smallest\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";

impl Metrics<'_> {
    /// Builds what a block measures.
    pub(super) fn prepare(&self) -> Result<Prepared> {
        match self.kind {
            Kind::Smallest { is_static } => self.smallest(is_static),
            Kind::Pair(topic) => self.pair(topic),
            Kind::Linked => self.linked(),
        }
    }

    fn smallest(&self, is_static: bool) -> Result<Prepared> {
        let Sources {
            go,
            project,
            folder,
            ..
        } = self.sources;
        let folder = folder.path().join(&self.key.case);
        write_smallest(&folder)?;
        let built_by_go = |name: &str| {
            let source = folder.join(format!("{name}.go"));
            let mut command = compile_go(go, project, &folder);
            let output = program(&folder.join("go"), name);
            command.arg("-o").arg(output).arg(&source);
            let edits = 0;
            Buildable {
                command,
                source,
                edits,
            }
        };
        let built_by_cargo = |name: &str| {
            let (mut command, _) = cargo(&folder, "release");
            command.args(["--bin", name]);
            if is_static {
                command.env(RUSTFLAGS, STATIC_RUST);
            }
            let (source, edits) = (folder.join("src/main.rs"), 0);
            Buildable {
                command,
                source,
                edits,
            }
        };
        let mut edited = Both {
            go: built_by_go("smallest"),
            rust: built_by_cargo("smallest"),
        };
        let cold = cold(&mut edited)?;
        built_by_go("idle").build()?;
        built_by_cargo("idle").build()?;
        let in_folder = |outputs: &Path| ["smallest", "idle"].map(|name| program(outputs, name));
        Ok(Prepared {
            figures: Both {
                go: Map::new(),
                rust: Map::new(),
            },
            starts: Some(Both {
                go: in_folder(&folder.join("go")),
                rust: in_folder(&cargo(&folder, "release").1),
            }),
            edited: Some(edited),
            cold: Some(cold),
        })
    }

    fn pair(&self, topic: &Topic) -> Result<Prepared> {
        let Sources {
            project,
            taught,
            folder,
            ..
        } = self.sources;
        let figures = |source: &Path, programs: &Path| -> Result<Map<String, Value>> {
            let mut figures = sizes(&program(programs, &topic.name), folder.path())?;
            let [tokens, lines] = taught(&project.root, source)?;
            note(&mut figures, "tokens", Some(tokens as u64));
            note(&mut figures, "lines", Some(lines as u64));
            Ok(figures)
        };
        let rust_programs = timed(project).join(BuildVariant::System.name());
        let figures = Both {
            go: figures(&topic.go_source(), &Programs::locate(project).go)?,
            rust: figures(&topic.rust_source(), &rust_programs)?,
        };
        let (mut edited, mut built) = (None, None);
        if topic.name == BUILDING {
            let copy = self.sources.copied()?;
            let both = edited.insert(Both {
                go: Buildable {
                    command: self.sources.go_pair(&copy),
                    source: copy.join(topic.go_source()),
                    edits: 0,
                },
                rust: Buildable {
                    command: rust_pair(&copy),
                    source: copy.join(topic.rust_source()),
                    edits: 0,
                },
            });
            built = Some(cold(both)?);
        }
        Ok(Prepared {
            figures,
            starts: None,
            edited,
            cold: built,
        })
    }

    fn linked(&self) -> Result<Prepared> {
        let folder = self.sources.folder.path();
        let (copy, profile) = (self.sources.copied()?, BuildVariant::System.name());
        let mut rust = rust_pair(&copy);
        // Named, the target leaves what only the compiler runs as it is.
        let target = environment::host().context("rustc does not tell its host")?;
        rust.args(["--target", target]);
        rust.env(RUSTFLAGS, STATIC_RUST);
        let mut go = self.sources.go_pair(&copy);
        go.env("CGO_ENABLED", "0");
        for mut command in [rust, go] {
            let output = ProcessGroup::output(&mut command).context("cannot start a compiler")?;
            if !output.status.success() {
                let last = last_words(&output.stderr);
                let why = format!("it cannot be linked with all that it needs: {last}");
                return Err(NotBuilt(why).into());
            }
        }
        let built = copy.join("target").join(target).join(profile);
        Ok(Prepared {
            figures: Both {
                go: sizes(&copy.join("program"), folder)?,
                rust: sizes(&program(&built, BUILDING), folder)?,
            },
            starts: None,
            edited: None,
            cold: None,
        })
    }
}

/// Writes the sources of the smallest programs.
fn write_smallest(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src/bin"))?;
    for (path, text) in [
        ("Cargo.toml", MANIFEST),
        ("src/main.rs", RUST),
        ("src/bin/idle.rs", RUST_IDLE),
        ("smallest.go", GO),
        ("idle.go", GO_IDLE),
    ] {
        fs::write(folder.join(path), text)?;
    }
    Ok(())
}

/// Builds both for the first time; returns the times.
fn cold(both: &mut Both<Buildable>) -> Result<Both<Duration>> {
    Ok(Both {
        go: both.go.build()?,
        rust: both.rust.build()?,
    })
}
