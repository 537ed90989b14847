//! Tools that a check can do without, and how one gets them.

use std::{env, path::PathBuf, sync::OnceLock};

use crate::{
    project::Project,
    toolchain::{Go, on_path},
};

/// The pinned staticcheck, as `go install` takes it: the version stands only there.
pub const STATICCHECK: &str = include_str!("../pinned/staticcheck.txt");

/// Whether a missing tool is a failure: `LAB_REQUIRE_TOOLS=1`.
pub fn required() -> bool {
    env::var_os("LAB_REQUIRE_TOOLS").is_some_and(|value| value == "1")
}

/// The program `staticcheck`: on the PATH, or where `go install` puts it.
pub fn staticcheck(project: &Project, go: &Go) -> Option<PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        on_path("staticcheck").or_else(|| {
            let output = go
                .command(project)
                .args(["env", "GOBIN", "GOPATH"])
                .output()
                .ok()?;
            let output = String::from_utf8(output.stdout).ok()?;
            let (bin, paths) = output.trim_end().split_once('\n')?;
            let path = env::split_paths(paths).next()?;
            let folder = if bin.is_empty() {
                path.join("bin")
            } else {
                bin.into()
            };
            let program = folder.join(format!("staticcheck{}", env::consts::EXE_SUFFIX));
            program.is_file().then_some(program)
        })
    };
    FOUND.get_or_init(find).clone()
}

/// The command that gets the pinned staticcheck.
pub fn get_staticcheck() -> String {
    format!("cargo lab go install {}", STATICCHECK.trim_end())
}
