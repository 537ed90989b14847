//! A small project in which the lab measures one topic of two cases; shell scripts are its programs.

use std::{
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::Command,
};

use lab_results::{
    result::{Measurement, ResultFile},
    store,
};
use tests::process::{Ended, ended};

/// The content of its table.
pub const CASES: [&str; 2] = ["x/one", "x/two"];

/// The project.
pub struct Stage(tests::stage::Stage);

impl Deref for Stage {
    type Target = tests::stage::Stage;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Stage {
    /// Its programs run `before` first, which may look at `$case` and `$allocator`.
    pub fn new(before: &str) -> Self {
        let stage = Stage(tests::stage::Stage::default());
        for (build, allocator) in [
            ("release", "counting"),
            ("go", "go"),
            ("go-timed", "go"),
            ("lab/system", "system"),
        ] {
            let program = format!(
                r#"if [ $1 = cases ]; then
    printf 'one\tns\tA case.\ntwo\tns\tA case.\n'
    exit
fi
allocator={allocator} case=$2 scale=1000
shift 2
while [ $# -gt 0 ]; do
    case $1 in
    --scale) scale=$2 ;;
    --samples) samples=$2 ;;
    esac
    shift 2
done
echo "$allocator $case" >> calls
{before}
echo '{{"allocator":"'$allocator'","answer":"7","case":"'$case'","language":"x","samples":'$samples',"scale":'$scale',"unit":"ns"}}'
i=1
while [ $i -le $samples ]; do
    echo '{{"sample":'$i',"wall_ns":5000,"cpu_ns":4000}}'
    i=$((i + 1))
done
echo '{{"runtime":{{"live_bytes":1000}}}}'
echo '{{"process":{{"peak_bytes":1000}}}}'"#
            );
            stage.script(&format!("target/{build}/x"), &program);
        }
        stage
    }

    /// The lab with these arguments.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
        command.args(words);
        self.inside(command)
    }

    /// The same, after these shell commands.
    pub fn shell(&self, before: &str, words: &[&str]) -> Command {
        self.inside(on(self.folder(), before, words))
    }

    /// Runs the lab with these arguments.
    pub fn lab(&self, words: &[&str]) -> Ended {
        ended(&mut self.command(words))
    }

    /// Every process that was measured.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.folder().join("calls")).unwrap_or_default()
    }

    /// All results; none may be torn.
    pub fn results(&self) -> Vec<ResultFile> {
        let paths = store::list(&self.folder().join("results")).unwrap();
        let read = paths.iter().map(|path| store::read(path));
        read.collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// The blocks, those that the machine disturbed among them, that a run left which did not end.
    pub fn blocks_in_journal(&self) -> usize {
        let text = fs::read(self.folder().join("results/unfinished.jsonl")).unwrap_or_default();
        let replayed = store::replay(&text);
        assert_eq!(replayed.damage, None);
        replayed.found.as_ref().map_or(0, blocks)
    }
}

/// The blocks of a result, those that the machine disturbed among them.
pub fn blocks(result: &ResultFile) -> usize {
    let of = |m: &Measurement| m.blocks.len() + m.rejected.len();
    result.measurements.iter().map(of).sum()
}

/// The project itself.
pub fn folder_of_the_project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The lab in this folder, behind these commands of a shell; on a terminal of its own if they are about
/// one.
pub fn on(folder: &Path, before: &str, words: &[&str]) -> Command {
    let line = format!(
        "{before}\nexec '{}' {}",
        env!("CARGO_BIN_EXE_lab"),
        words.join(" ")
    );
    let mut command = if before.starts_with("stty") {
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]);
        script.env("TERM", "xterm").env_remove("NO_COLOR");
        script.env("SHELL", "/bin/sh");
        script
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]);
        shell
    };
    command.current_dir(folder);
    command
}
