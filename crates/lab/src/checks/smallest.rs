//! Claim N2: the smallest program without a library, in Rust and in C, with the same linker and C
//! library; with the usual libraries, and Go's, for comparison.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, Result};

use super::{Answer, built};
use crate::{project::Project, stats, toolchain::Go};

/// How often each program is started.
const STARTS: usize = 200;

const C: &str = "int main(void) { return 0; }\n";

const NO_STD: &str = r#"#![no_std]
#![no_main]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    0
}
"#;

const STD: &str = "fn main() {}\n";

const GO: &str = "package main\n\nfunc main() {}\n";

/// The size of a program, stripped, and how long it takes to start and end.
struct Program {
    path: PathBuf,
    bytes: u64,
    starts: Vec<f64>,
}

/// Size and start-up time within 1.25 of C's.
pub fn is_like_c(go: &Go, project: &Project) -> Result<Answer> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let rustc = |name: &str, text: &str, more: &[&str]| {
        let mut compiler = Command::new("rustc");
        compiler.args([
            "--edition",
            "2024",
            "-Copt-level=3",
            "-Cpanic=abort",
            "-Cstrip=symbols",
        ]);
        compiler.args(more);
        program(folder, name, text, compiler)
    };
    let mut c = Command::new("cc");
    c.args(["-O2", "-s"]);
    let mut go_build = go.command(project);
    go_build.args(["build", "-buildvcs=false", "-ldflags=-s -w"]);
    let mut all = [
        program(folder, "c.c", C, c)?,
        rustc("no_std.rs", NO_STD, &["-Clink-arg=-lc"])?,
        rustc("std.rs", STD, &[])?,
        program(folder, "go.go", GO, go_build)?,
    ];
    // One after the other in turn, so that what disturbs the machine disturbs all.
    for _ in 0..STARTS {
        for program in &mut all {
            let begun = Instant::now();
            Command::new(&program.path)
                .status()
                .context("cannot start a program just built")?;
            program.starts.push(begun.elapsed().as_secs_f64());
        }
    }
    let [c, no_std, std, go] = &all;
    let starts: Vec<_> = no_std
        .starts
        .iter()
        .copied()
        .zip(c.starts.iter().copied())
        .collect();
    let start = stats::ratio(&starts).context("too few starts")?;
    let size = no_std.bytes as f64 / c.bytes as f64;
    let middle = |program: &Program| {
        let mut starts = program.starts.clone();
        starts.sort_by(f64::total_cmp);
        stats::median(&starts) * 1e3
    };
    let seen = format!(
        "no_std Rust over C: size {size:.2}x, start {:.2}x [{:.2}, {:.2}]; {} B and {:.2} ms, C {} B and {:.2} ms, with std {} B and {:.2} ms, Go {} B and {:.2} ms",
        start.value,
        start.low,
        start.high,
        no_std.bytes,
        middle(no_std),
        c.bytes,
        middle(c),
        std.bytes,
        middle(std),
        go.bytes,
        middle(go),
    );
    let is_so = if size > 1.25 || start.low > 1.25 {
        Some(false)
    } else if start.high <= 1.25 {
        Some(true)
    } else {
        None
    };
    Ok((is_so, seen))
}

fn program(folder: &Path, name: &str, text: &str, mut compiler: Command) -> Result<Program> {
    let source = folder.join(name);
    fs::write(&source, text)?;
    let path = source.with_extension("program");
    built(compiler.arg("-o").arg(&path).arg(&source), &source)?;
    let bytes = fs::metadata(&path)?.len();
    Ok(Program {
        path,
        bytes,
        starts: Vec::new(),
    })
}
