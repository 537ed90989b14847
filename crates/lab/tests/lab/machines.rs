//! What the command `lab` does on machines that are set up otherwise. Shell scripts stand in place of the
//! programs, of Go and of cargo, and note what they see.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    process::Command,
};

use tests::process::{Ended, ended};

use crate::stage::{Stage, folder_of_the_project, on};

/// A stage whose Go and cargo write down what they see.
fn noting() -> Stage {
    let stage = Stage::new("env >> seen-by-programs");
    let note = r#"env | sort >> "$(dirname "$0")/../seen-by-NAME"; echo "$@" >> "$(dirname "$0")/../said-to-NAME""#;
    let go = note.replace("NAME", "go") + "\necho go version go1.99.0 x/x";
    stage.script("bin/go", &go);
    stage.script("bin/cargo", &note.replace("NAME", "cargo"));
    stage
}

fn seen(stage: &Stage, by: &str) -> String {
    fs::read_to_string(stage.folder().join(by)).unwrap_or_default()
}

fn measured(stage: &Stage, set: &[(&str, &str)]) -> Ended {
    let mut command = stage.command(&["measure", "--blocks", "1"]);
    ended(
        command
            .env("HOME", stage.folder())
            .envs(set.iter().copied()),
    )
}

/// Demands that a tool saw this line in its environment.
#[track_caller]
fn assert_sees(seen: &str, line: &str) {
    assert!(seen.lines().any(|seen| seen == line), "{seen} lacks {line}");
}

/// Settings of a user's own builds.
const FLAGS: [(&str, &str); 15] = [
    ("GOFLAGS", "-gcflags=all=-N"),
    ("GOAMD64", "v4"),
    ("GOOS", "windows"),
    ("GOWORK", "/odd/go.work"),
    ("GO111MODULE", "off"),
    ("GOEXPERIMENT", "odd"),
    ("GOGC", "off"),
    ("RUSTFLAGS", "-Codd"),
    ("CARGO_ENCODED_RUSTFLAGS", "-Codd"),
    ("CARGO_BUILD_TARGET", "odd"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_INCREMENTAL", "1"),
    ("RUSTC_WRAPPER", "/odd/wrapper"),
    ("CFLAGS", "-O0"),
    ("MALLOC_ARENA_MAX", "1"),
];

/// Settings that tools need, and that programs do not see.
const KEPT: [(&str, &str); 5] = [
    ("GOPROXY", "https://proxy.example"),
    ("https_proxy", "http://proxy.example"),
    ("SSL_CERT_FILE", "/certificates"),
    ("RUSTUP_HOME", "/elsewhere/rustup"),
    ("CARGO_HOME", "/elsewhere/cargo"),
];

#[test]
fn what_a_user_sets_for_his_own_builds_reaches_no_compiler_and_no_program() {
    let stage = noting();
    let ended = measured(&stage, &[&FLAGS[..], &KEPT[..]].concat());
    assert_eq!(ended.code, 0, "{ended:?}");
    let (go, cargo) = (seen(&stage, "seen-by-go"), seen(&stage, "seen-by-cargo"));
    let programs = seen(&stage, "seen-by-programs");
    assert!(!programs.is_empty());
    for (name, value) in FLAGS {
        let line = format!("{name}={value}\n");
        assert!(!go.contains(&line), "Go sees {line}");
        assert!(!cargo.contains(&line), "cargo sees {line}");
        assert!(
            !programs.contains(&format!("{name}=")),
            "programs see {line}"
        );
    }
    for line in [
        "GOENV=off",
        "GOWORK=off",
        "GOFLAGS=-buildvcs=false",
        "GOAMD64=v1",
    ] {
        assert_sees(&go, line);
    }
    for line in [
        "CARGO_ENCODED_RUSTFLAGS=",
        "RUSTC_WRAPPER=",
        "CARGO_INCREMENTAL=0",
    ] {
        assert_sees(&cargo, line);
    }
    for (name, value) in KEPT {
        let line = format!("{name}={value}");
        if name != "GOPROXY" {
            assert_sees(&cargo, &line);
        }
        assert_sees(&go, &line);
        assert!(!programs.contains(&line), "programs see {line}");
    }
    // It prints one line, and the result records the replacement.
    let notes = ended
        .stderr
        .lines()
        .filter(|line| line.starts_with("Ignored"));
    let notes: Vec<&str> = notes.collect();
    assert_eq!(notes.len(), 1, "{ended:?}");
    for (name, _) in FLAGS {
        assert!(notes[0].contains(name), "{notes:?} lacks {name}");
    }
    let flags = &stage.results()[0].flags;
    assert!(flags["rust"].contains("opt-level=3"), "{flags:?}");
    assert!(flags["go"].contains("GOAMD64=v1"), "{flags:?}");
}

#[test]
fn what_go_env_w_has_written_tells_whom_to_ask_and_changes_no_build() {
    let stage = noting();
    stage.write(
        ".config/go/env",
        "GOPROXY=https://company.example\nGOPRIVATE=company.example\nGOOS=windows\nGOFLAGS=-mod=vendor\n",
    );
    let ended = measured(&stage, &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let go = seen(&stage, "seen-by-go");
    for line in [
        "GOPROXY=https://company.example\n",
        "GOPRIVATE=company.example\n",
    ] {
        assert!(go.contains(line), "{go} lacks {line}");
    }
    assert!(!go.contains("windows") && !go.contains("vendor"), "{go}");
    // The environment of this test may hold further settings.
    let mut lines = ended.stderr.lines();
    let line = lines.find(|line| line.starts_with("Ignored"));
    let line = line.unwrap_or_else(|| panic!("nothing is set aside: {ended:?}"));
    for name in ["GOFLAGS (go env -w)", "GOOS (go env -w)"] {
        assert!(line.contains(name), "{line}");
    }
}

#[test]
fn what_a_cargo_configuration_sets_is_replaced_on_the_command_line() {
    let stage = noting();
    let target = stage.folder().join("target");
    stage.write(
        ".cargo/config.toml",
        "[build]\ntarget = \"odd\"\nrustflags = [\"-Codd\"]\n[profile.release.package.x]\nopt-level = 0\n",
    );
    // Where cargo puts a program when a target is named; it says so.
    let place = target.join("host/release/x");
    stage.script("target/host/release/x", "echo the new one");
    let message = format!(
        r#"{{"reason":"compiler-artifact","target":{{"name":"x"}},"executable":"{}"}}"#,
        place.display()
    );
    stage.script(
        "bin/cargo",
        &format!("echo \"$@\" >> \"$(dirname \"$0\")/../said-to-cargo\"\necho '{message}'"),
    );
    let ended = stage.lab(&["build", "--language", "rust"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let said = seen(&stage, "said-to-cargo");
    for words in [
        "--target host-tuple",
        "--config profile.release.opt-level=3",
        "--config profile.release.package.x.opt-level=3",
    ] {
        assert!(said.contains(words), "{said} lacks {words}");
    }
    let moved = fs::read_to_string(target.join("release/x")).unwrap();
    assert!(moved.contains("the new one"), "{moved}");
}

#[test]
fn a_program_that_go_did_not_write_is_never_compared() {
    let stage = Stage::new("");
    fs::remove_file(stage.folder().join("target/go/x")).unwrap();
    let ended = stage.lab(&["build", "--language", "go"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("Go succeeded, but there is no program"),
        "{ended:?}"
    );
}

#[test]
fn a_go_that_is_there_and_does_not_work_is_told_and_none_is_fetched() {
    let stage = Stage::new("");
    stage.script("bin/go", "echo 'go: parsing $GOFLAGS: odd' >&2; exit 1");
    stage.script(
        "bin/python3",
        "echo fetched >> \"$(dirname \"$0\")/../fetched\"",
    );
    let ended = stage.lab(&["build", "--language", "go"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let says = "Go is installed and does not work: go version: go: parsing $GOFLAGS: odd";
    assert!(ended.stderr.contains(says), "{ended:?}");
    assert_eq!(seen(&stage, "fetched"), "");
}

#[test]
fn pips_own_words_tell_why_go_cannot_be_fetched() {
    let stage = Stage::new("");
    stage.script("bin/go", "echo go version go1.2.0 x/x");
    let why =
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device";
    stage.script(
        "bin/python3",
        &format!("[ \"$3\" = --version ] && exit 0\necho '{why}' >&2; exit 1"),
    );
    let ended = stage.lab(&["build", "--language", "go"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains(why), "{ended:?}");
    assert!(!ended.stderr.contains("network"), "{ended:?}");
}

#[test]
fn a_missing_folder_for_temporary_files_is_replaced_by_one_below_target() {
    let stage = noting();
    let missing = stage.folder().join("missing");
    let done = measured(&stage, &[("TMPDIR", missing.to_str().unwrap())]);
    assert_eq!(done.code, 0, "{done:?}");
    let own = format!("TMPDIR={}\n", stage.folder().join("target/tmp").display());
    for by in ["seen-by-go", "seen-by-cargo", "seen-by-programs"] {
        assert!(seen(&stage, by).contains(&own), "{}", seen(&stage, by));
    }
    let mut doctor = stage.command(&["doctor"]);
    let doctor = ended(doctor.env("TMPDIR", &missing));
    let line = doctor
        .stdout
        .lines()
        .find(|line| line.starts_with("TMPDIR"));
    assert!(
        line.is_some_and(|line| line.contains("export TMPDIR=")),
        "{doctor:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn too_few_descriptors_are_told_as_the_reason_and_raised_where_they_may_be() {
    let project = folder_of_the_project();
    let verified = |limit: &str| {
        ended(&mut on(
            &project,
            limit,
            &["verify", "--only", "destruction"],
        ))
    };
    let few = verified("ulimit -n 64");
    let says =
        "note: a process may have 64 files open here, and the pairs need 256: ulimit -n 1024";
    assert_eq!(few.code, 1, "{few:?}");
    assert!(few.stderr.contains(says), "{few:?}");
    let soft = verified("ulimit -S -n 64");
    assert_eq!(soft.code, 0, "{soft:?}");
    let doctor = ended(&mut on(&project, "ulimit -n 64", &["doctor"]));
    assert_eq!(doctor.code, 1, "{doctor:?}");
    assert!(doctor.stdout.contains("ulimit -n 1024"), "{doctor:?}");
}

/// The lab as somebody who may read the project and write nothing to it, where one can become such.
fn as_a_guest(stage: &Stage, words: &[&str]) -> Option<Command> {
    let (folder, bin) = (stage.folder(), stage.folder().join("bin"));
    for path in [folder, &bin, &folder.join("target")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let guest = || {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command
    };
    // Root alone becomes somebody else.
    let is_root = fs::metadata(folder).unwrap().uid() == 0;
    if !is_root || !guest().arg("true").status().is_ok_and(|s| s.success()) {
        println!("skipped: it takes root and setpriv");
        return None;
    }
    // The build's own folder may be hidden from others.
    // Another process writes it: one that this process starts meanwhile would hold it open, and busy.
    let mut copy = Command::new("cp");
    copy.arg(env!("CARGO_BIN_EXE_lab")).arg(bin.join("lab"));
    assert!(copy.status().unwrap().success());
    let mut command = guest();
    command.arg(bin.join("lab")).args(words).current_dir(folder);
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    command
        .env("CARGO", bin.join("cargo"))
        .env_remove("CARGO_TARGET_DIR");
    command.env("HOME", "/nonexistent");
    Some(command)
}

#[test]
fn a_read_only_tree_works_with_both_folders_named_and_else_both_are_named() {
    let stage = Stage::new("");
    let own = tempfile::tempdir().unwrap();
    fs::set_permissions(own.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let words = ["measure", "--blocks", "1"];
    let Some(mut command) = as_a_guest(&stage, &words) else {
        return;
    };
    let denied = ended(&mut command);
    assert_eq!(denied.code, 2, "{denied:?}");
    let error = denied
        .stderr
        .lines()
        .find(|line| line.starts_with("error: "))
        .unwrap_or_default();
    for words in ["CARGO_TARGET_DIR", "--results DIR"] {
        assert!(error.contains(words), "{denied:?}");
    }
    // The scripts lie where a build would have put them.
    let (target, results) = (own.path().join("target"), own.path().join("results"));
    let copied = Command::new("cp")
        .arg("-r")
        .args([&stage.folder().join("target"), &target])
        .status();
    assert!(copied.unwrap().success());
    for folder in ["", "go", "release", "lab", "lab/system"] {
        let writable = fs::Permissions::from_mode(0o777);
        fs::set_permissions(target.join(folder), writable).unwrap();
    }
    let results = results.to_str().unwrap();
    let mut command = as_a_guest(&stage, &[&words[..], &["--results", results]].concat()).unwrap();
    let done = ended(command.env("CARGO_TARGET_DIR", &target));
    assert_eq!(done.code, 0, "{done:?}");
}
