//! Runs compilers, linters and the program itself on a fixture.

use std::{env, fmt::Write as _, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use tempfile::TempDir;

use super::{
    Answer, Fixture, Language,
    output::{ToolOutput, missing, without_traces},
};
use lab_workspace::{
    environment, optional_tools,
    project::Project,
    run_limited::{self, End, Outcome},
    toolchain::{self, Go},
};

/// Time limit of a compiler or linter.
const TOOL_LIMIT: Duration = Duration::from_mins(10);

/// Time limit of a program: one that does not end within it hangs.
const RUN_LIMIT: Duration = Duration::from_secs(5);

/// Runs the tools that an answer names, or the program, on a fixture.
pub fn run_tools(
    project: &Project,
    go: &Go,
    fixture: &Fixture,
    answer: &Answer,
) -> Result<Vec<ToolOutput>> {
    let scratch = scratch(project)?;
    let tools = Toolbox {
        project,
        go,
        fixture,
        scratch,
    };
    Ok(match (answer, fixture.language) {
        (Answer::Rustc(_), _) => vec![tools.rustc()?],
        (Answer::Clippy(lint), _) => vec![tools.clippy(Some(lint))?],
        (Answer::Build(_) | Answer::Link(_), _) => vec![tools.go_build()?],
        (Answer::Vet(_), _) => vec![tools.vet()?],
        (Answer::Staticcheck(_), _) => vec![tools.staticcheck()?],
        (Answer::Silent, Language::Rust) => vec![tools.rustc()?, tools.clippy(None)?],
        (Answer::Silent, Language::Go) => {
            vec![tools.go_build()?, tools.vet()?, tools.staticcheck()?]
        }
        (Answer::Run(_), Language::Rust) => vec![tools.run(tools.rustc()?)?],
        (Answer::Run(_), Language::Go) => vec![tools.run(tools.go_build()?)?],
    })
}

/// The tools, and the fixture that they read.
struct Toolbox<'a> {
    project: &'a Project,
    go: &'a Go,
    fixture: &'a Fixture,
    /// Removed in the end.
    scratch: TempDir,
}

impl Toolbox<'_> {
    fn program(&self) -> PathBuf {
        self.scratch
            .path()
            .join(format!("program{}", env::consts::EXE_SUFFIX))
    }

    fn rustc(&self) -> Result<ToolOutput> {
        self.rust("rustc", &mut environment::rustc())
    }

    /// Runs clippy with its defaults; if it does not name the lint, again with the lint switched on.
    fn clippy(&self, lint: Option<&str>) -> Result<ToolOutput> {
        if !self.answers("clippy-driver") {
            return Ok(missing("clippy", "rustup component add clippy"));
        }
        let output = self.rust("clippy-driver", &mut environment::tool("clippy-driver"))?;
        let Some(lint) = lint else { return Ok(output) };
        let name = format!("clippy::{}", lint.trim_start_matches("clippy::"));
        if output.messages.iter().any(|message| message.says == name) {
            return Ok(output);
        }
        let mut clippy = environment::tool("clippy-driver");
        self.rust(
            &format!("clippy-driver -W {name}"),
            clippy.args(["-W", &name]),
        )
    }

    fn answers(&self, program: &str) -> bool {
        let version = environment::tool(program)
            .current_dir(self.scratch.path())
            .arg("--version")
            .output();
        version.is_ok_and(|output| output.status.success())
    }

    fn rust(&self, shown: &str, command: &mut Command) -> Result<ToolOutput> {
        let folder = self.project.root.join(&self.fixture.path);
        command.current_dir(folder.parent().unwrap_or(&folder));
        command.args([
            "--edition",
            "2024",
            "--crate-name",
            "mistake",
            "--error-format=json",
        ]);
        command
            .arg("-o")
            .arg(self.program())
            .arg(self.fixture.file());
        let outcome = run_tool(shown, command)?;
        let mut output = ToolOutput::new(format!("{shown} --edition 2024 {}", self.fixture.file()));
        output.read_rust(&outcome.stderr);
        Ok(output)
    }

    fn go_build(&self) -> Result<ToolOutput> {
        let mut build = self.go.command(self.project);
        build
            .args(["build", "-buildvcs=false", "-trimpath", "-o"])
            .arg(self.program());
        self.go_tool("go build", &mut build)
    }

    fn vet(&self) -> Result<ToolOutput> {
        self.go_tool("go vet", self.go.command(self.project).arg("vet"))
    }

    fn staticcheck(&self) -> Result<ToolOutput> {
        let Some(program) = optional_tools::staticcheck(self.project, self.go) else {
            return Ok(missing("staticcheck", &optional_tools::get_staticcheck()));
        };
        let mut output =
            self.go_tool("staticcheck", &mut self.go.around(self.project, &program)?)?;
        // "…: sentence (SA5001)": the code is the answer.
        for message in &mut output.messages {
            if let Some((_, code)) = message.says.rsplit_once(" (") {
                message.says = code.trim_end_matches(')').to_owned();
            }
        }
        Ok(output)
    }

    /// Runs a Go tool on the fixture alone, in a module of its own.
    fn go_tool(&self, shown: &str, command: &mut Command) -> Result<ToolOutput> {
        let file = self.fixture.file();
        let module = format!(
            "module mistake\n\ngo {}\n",
            toolchain::needed(self.project)?
        );
        fs::write(self.scratch.path().join("go.mod"), module)?;
        fs::copy(
            self.project.root.join(&self.fixture.path),
            self.scratch.path().join(file),
        )?;
        command.current_dir(self.scratch.path()).arg(".");
        let outcome = run_tool(shown, command)?;
        let mut output = ToolOutput::new(format!("{shown} {file}"));
        for text in [&outcome.stdout, &outcome.stderr] {
            output.read_go(file, text);
        }
        Ok(output)
    }

    /// Runs the program, if it was built.
    fn run(&self, built: ToolOutput) -> Result<ToolOutput> {
        let program = self.program();
        if !program.is_file() {
            return Ok(built);
        }
        let mut command = environment::program(&program);
        command.current_dir(self.scratch.path());
        let Outcome {
            stdout,
            stderr,
            end,
        } = run_limited::run(&mut command, RUN_LIMIT)
            .with_context(|| format!("cannot run {}", program.display()))?;
        let file = self.fixture.file();
        let mut output = ToolOutput::new(format!("./{}", file.split('.').next().unwrap_or(file)));
        for text in [stdout, stderr] {
            output.text += &without_traces(&String::from_utf8_lossy(&text));
        }
        let _ = writeln!(output.text, "({end})");
        output.end = Some(end);
        output.messages = built.messages;
        Ok(output)
    }
}

/// Runs a compiler or linter to its end: one that was stopped or died would seem to say nothing.
fn run_tool(shown: &str, command: &mut Command) -> Result<Outcome> {
    let outcome =
        run_limited::run(command, TOOL_LIMIT).with_context(|| format!("cannot start {shown}"))?;
    let end = outcome.end;
    ensure!(matches!(end, End::Exit(_)), "{shown} {end}");
    Ok(outcome)
}

/// A new folder for what a fixture is built into: two builds at once do not meet.
fn scratch(project: &Project) -> Result<TempDir> {
    let folder = project.target().join("mistakes");
    let made = fs::create_dir_all(&folder).and_then(|()| tempfile::tempdir_in(&folder));
    made.with_context(|| format!("cannot create a folder in {}", folder.display()))
}
