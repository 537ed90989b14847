//! Claim N2: the smallest program without a library, in Rust and in C, with the same linker, named to both, and C
//! library; with the usual libraries, and Go's, for comparison.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::compile;
use lab_results::evidence::Answer;
use lab_results::stats::{self, Estimate};
use lab_workspace::{
    environment, process_statistics::idle_bytes, project::Project, smallest_programs, toolchain::Go,
};

/// Largest allowed ratio to the C baseline.
const MAX_RATIO: f64 = 1.25;

/// How often each program is started.
const STARTS: usize = 200;

/// Tells a C compiler, which both languages link with, to use GNU's linker: rustc names another one by itself.
const LINKER: &str = "-fuse-ld=bfd";

const C: &str = "int main(void) { return 0; }\n";

const C_IDLE: &str = "#include <unistd.h>\nint main(void) { sleep(600); return 0; }\n";

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

const NO_STD_IDLE: &str = r#"#![no_std]
#![no_main]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
// SAFETY: C's sleep takes any number of seconds.
unsafe extern "C" {
    safe fn sleep(seconds: u32) -> u32;
}
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    sleep(600);
    0
}
"#;

/// A smallest program, and its figures.
struct Program {
    path: PathBuf,
    /// Size, stripped.
    bytes: u64,
    /// Resident memory of the same program when it sleeps.
    idle: Option<u64>,
    /// Seconds from start to end, run by run.
    starts: Vec<f64>,
}

impl Program {
    /// The median time from start to end, in milliseconds.
    fn median_start(&self) -> f64 {
        let mut starts = self.starts.clone();
        starts.sort_by(f64::total_cmp);
        stats::median(&starts) * 1e3
    }

    fn describe(&self) -> String {
        let idle = self.idle.map_or("idle memory is not told".to_owned(), |b| {
            format!("{} KiB", b / 1024)
        });
        format!("{} B, {:.2} ms, {idle}", self.bytes, self.median_start())
    }
}

/// Checks that size, start-up time and idle memory are within 1.25× of C's.
pub fn is_like_c(go: &Go, project: &Project) -> Result<Answer> {
    let folder = tempfile::tempdir()?;
    let mut all = build_all(folder.path(), go, project)?;
    // Interleaved, so that a disturbance hits all of them.
    for _ in 0..STARTS {
        for program in &mut all {
            let begun = Instant::now();
            environment::program(&program.path)
                .status()
                .with_context(|| format!("cannot start {}", program.path.display()))?;
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
    let idle = no_std.idle.zip(c.idle);
    let idle = idle.map(|(no_std, c)| no_std as f64 / c as f64);
    let seen = format!(
        "no_std Rust over C, both with {LINKER}: size {size:.2}×, start {:.2}× [{:.2}, {:.2}], idle memory {}; {}; C {}; with std {}; Go {}",
        start.value,
        start.low,
        start.high,
        idle.map_or("unknown".to_owned(), |idle| format!("{idle:.2}×")),
        no_std.describe(),
        c.describe(),
        std.describe(),
        go.describe(),
    );
    Ok((decided(size, start, idle), seen))
}

/// Builds the smallest programs: C, Rust without std, Rust with std, Go.
fn build_all(folder: &Path, go: &Go, project: &Project) -> Result<[Program; 4]> {
    let rustc = |more: &[&str]| {
        let mut compiler = environment::rustc();
        compiler.args(["--edition", "2024", "-Copt-level=3", "-Cpanic=abort"]);
        compiler.arg("-Cstrip=symbols").args(more);
        compiler
    };
    let cc = || {
        let mut compiler = environment::tool("cc");
        compiler.args(["-O2", "-s", LINKER]);
        compiler
    };
    let go_build = || {
        let mut compiler = go.command(project);
        compiler.args(["build", environment::GO_FLAGS, "-ldflags=-s -w"]);
        compiler
    };
    // The last one that is named counts.
    let linker = format!("-Clink-arg={LINKER}");
    let bare = || rustc(&["-Clink-arg=-lc", &linker]);
    Ok([
        program(folder, "c", [C, C_IDLE], cc)?,
        program(folder, "rs", [NO_STD, NO_STD_IDLE], bare)?,
        program(
            folder,
            "rs",
            [smallest_programs::RUST, smallest_programs::RUST_IDLE],
            || rustc(&[]),
        )?,
        program(
            folder,
            "go",
            [smallest_programs::GO, smallest_programs::GO_IDLE],
            go_build,
        )?,
    ])
}

/// Whether the ratios of size, start-up and idle memory to C's are all within the bound; `None` if one of them
/// is not known and no other is too large.
fn decided(size: f64, start: Estimate, idle: Option<f64>) -> Option<bool> {
    let is_over = |ratio: f64| ratio > MAX_RATIO;
    if is_over(size) || is_over(start.low) || idle.is_some_and(is_over) {
        return Some(false);
    }
    (start.high <= MAX_RATIO && idle.is_some()).then_some(true)
}

/// Builds a program that ends at once, and one that sleeps.
fn program(
    folder: &Path,
    end: &str,
    [text, idle]: [&str; 2],
    compiler: impl Fn() -> Command,
) -> Result<Program> {
    let build = |text: &str| -> Result<PathBuf> {
        let folder = tempfile::tempdir_in(folder)?.keep();
        let source = folder.join(format!("program.{end}"));
        fs::write(&source, text)?;
        let path = folder.join("program");
        compile(compiler().arg("-o").arg(&path).arg(&source), &source)?;
        Ok(path)
    };
    let path = build(text)?;
    let bytes = fs::metadata(&path)?.len();
    Ok(Program {
        path,
        bytes,
        idle: idle_bytes(&build(idle)?)?,
        starts: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lab_results::synthetic::estimate;

    #[test]
    fn what_is_not_known_passes_nothing() {
        let start = |high| estimate(0.9, 1.0, high);
        assert_eq!(decided(1.0, start(1.1), Some(1.0)), Some(true));
        assert_eq!(decided(1.0, start(1.1), None), None);
        assert_eq!(decided(1.0, start(1.5), Some(1.0)), None);
        assert_eq!(decided(1.0, start(1.1), Some(1.3)), Some(false));
        assert_eq!(decided(1.3, start(1.5), None), Some(false));
    }
}
