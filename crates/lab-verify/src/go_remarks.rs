//! Remarks of Go's compiler about each line: `go build -gcflags=-m`.

use anyhow::{Context as _, Result, ensure};
use lab_workspace::{
    process_group::ProcessGroup, project::Project, run_limited::last_words, toolchain::Go,
};

/// One remark.
#[derive(Debug, PartialEq, Eq)]
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

/// Compiles a package of the project with remarks; they come in the order of the lines of each file.
pub fn ask(project: &Project, go: &Go, package: &str) -> Result<Vec<Remark>> {
    let mut build = go.command(project);
    let package = format!("./{package}");
    build.args(["build", "-buildvcs=false", "-gcflags=-m", &package]);
    let output = ProcessGroup::output(&mut build).context("cannot start Go")?;
    ensure!(
        output.status.success(),
        "go build -gcflags=-m {package}: {}",
        last_words(&output.stderr)
    );
    Ok(read(&String::from_utf8_lossy(&output.stderr)))
}

fn read(report: &str) -> Vec<Remark> {
    let remark = |line: &str| {
        let mut parts = line.splitn(4, ':');
        let (path, line, _column) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Remark {
            file: path.rsplit('/').next()?.to_owned(),
            line: line.parse().ok()?,
            says: parts.next()?.trim().to_owned(),
        })
    };
    report.lines().filter_map(remark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_line_by_line() {
        let report = "# m/escape\nescape/escape.go:20:2: moved to heap: x\nno remark\n";
        let [remark] = &read(report)[..] else {
            panic!("{report}");
        };
        let place = (&remark.file[..], remark.line, &remark.says[..]);
        assert_eq!(place, ("escape.go", 20, "moved to heap: x"));
        assert!(remark.names_the_heap());
    }
}
