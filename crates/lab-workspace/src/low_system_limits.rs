//! Shortages: where the system lets a process have less than the pairs need.

use crate::{project::Project, run_limited::in_one_line};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Files that the pairs have open at once at most: a hundred in a script, and a server's connections.
const DESCRIPTORS: u64 = 256;

/// Asked for where the system allows it.
const AMPLE: u64 = 1024;

/// Go reserves more addresses than it uses.
const ADDRESSES: u64 = 4 << 30;

/// Raises what a process may raise by itself, for this one and for all that it starts.
pub fn raise_limits() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < AMPLE
    {
        // `doctor` reports where it cannot be raised.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard.min(AMPLE), hard);
    }
}

/// Finds what is too little for the pairs: what there is, and the command that mends it.
pub fn find() -> Vec<[String; 2]> {
    let soft = |resource| getrlimit(resource).map_or(u64::MAX, |(soft, _)| soft);
    let (files, addresses) = (soft(Resource::RLIMIT_NOFILE), soft(Resource::RLIMIT_AS));
    let mut all = Vec::new();
    if files < DESCRIPTORS {
        all.push([
            format!("a process may have {files} files open here, and the pairs need {DESCRIPTORS}"),
            format!("ulimit -n {AMPLE}"),
        ]);
    }
    if addresses < ADDRESSES {
        let mebibytes = addresses >> 20;
        all.push([
            format!("a process may have {mebibytes} MiB of addresses here, and Go reserves more"),
            "ulimit -v unlimited".to_owned(),
        ]);
    }
    all
}

/// What to do where an error comes of sources to which nothing can be written.
pub fn read_only(error: &anyhow::Error) -> Option<String> {
    let text = format!("{error:#}");
    let denied = ["Read-only file system", "Permission denied"];
    let root = Project::find().ok()?.root;
    let is_read_only = tempfile::tempfile_in(&root).is_err();
    (is_read_only && denied.iter().any(|words| text.contains(words))).then(|| {
        format!(
            "cannot write to {}: set CARGO_TARGET_DIR to a writable folder, and use --results DIR for the results ({})",
            root.display(),
            in_one_line(error)
        )
    })
}
