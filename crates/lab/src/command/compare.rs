use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use lab::ledger_text;
use lab_judge::{
    claims::Claims,
    compare_results::{self, Changes},
};
use lab_results::layout;
use lab_verify::live_evidence::LiveEvidence;
use lab_workspace::project::Project;

use super::{Usage, print, read_named};

/// Compares two results: how time and memory of each language changed, and which verdicts changed.
///
/// A result may consist of several files, such as the shares of a partition. Name all of them:
/// `cargo lab compare old-1.json old-2.json --with new-1.json new-2.json`.
#[derive(Args)]
pub struct Compare {
    /// The old and the new result, each a file or a folder with all its files. With `--with`: all files of the
    /// old result.
    #[arg(value_name = "RESULT", required = true)]
    results: Vec<PathBuf>,
    /// All files of the new result.
    #[arg(long = "with", value_name = "NEW", num_args = 1..)]
    new: Vec<PathBuf>,
    /// Exit with code 1 if a verdict changed, or if a figure changed by surely more than 10 %.
    #[arg(long)]
    fail_on_change: bool,
    /// Print one JSON object and nothing else.
    #[arg(long)]
    json: bool,
}

impl Compare {
    pub fn run(&self) -> Result<ExitCode> {
        let project = Project::find()?;
        let [old, new] = self.both()?;
        let (old, new) = (read_named(old)?, read_named(new)?);
        let claims = Claims::read(&project)?;
        let world = LiveEvidence::new(&project);
        let changes = Changes::between(&old, &new, &claims, &world)?;
        world.save_cache()?;
        if changes.rows.is_empty() && !self.json {
            bail!("the two results have no measurement in common: measure the same cases in both");
        }
        let text = if self.json {
            serde_json::to_string_pretty(&changes)?
        } else {
            let heads = [("old: ", &old), ("new: ", &new)];
            let width = layout::width();
            let heads = heads.map(|(name, files)| {
                let heading = ledger_text::heading(files, usize::MAX);
                layout::hang(name, &heading, width) + "\n"
            });
            format!(
                "{}{}",
                heads.concat(),
                compare_results::text(&changes, width)
            )
        };
        print(text.trim_end())?;
        if self.fail_on_change && changes.any() {
            return Ok(ExitCode::FAILURE);
        }
        Ok(super::report_failed(&world))
    }

    /// What makes the old result, and what the new one.
    fn both(&self) -> Result<[&[PathBuf]; 2], Usage> {
        match (&self.results[..], &self.new[..]) {
            ([old, new], []) => Ok([old, new].map(std::slice::from_ref)),
            (_, []) => Err(Usage(
                "expected two results, OLD and NEW; if one has several files, name those of the new one after \
                 --with"
                    .to_owned(),
            )),
            (old, new) => Ok([old, new]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory as _, FromArgMatches as _, Parser};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        compare: Compare,
    }

    fn parsed(words: &str) -> Option<[Vec<String>; 2]> {
        let words = words.split(' ').filter(|word| !word.is_empty());
        let matches = Line::command()
            .try_get_matches_from(["lab"].into_iter().chain(words))
            .ok()?;
        let line = Line::from_arg_matches(&matches).ok()?;
        let both = line.compare.both().ok()?;
        let names = |paths: &[PathBuf]| paths.iter().map(|p| p.display().to_string()).collect();
        Some(both.map(names))
    }

    #[test]
    fn each_result_may_lie_in_several_files() {
        let both = |old: &[&str], new: &[&str]| {
            Some([old, new].map(|names| names.iter().map(ToString::to_string).collect()))
        };
        assert_eq!(parsed("a b"), both(&["a"], &["b"]));
        assert_eq!(parsed("a b --with c d"), both(&["a", "b"], &["c", "d"]));
        assert_eq!(parsed("a --fail-on-change --with c"), both(&["a"], &["c"]));
        for wrong in ["", "a", "a b c", "--with c"] {
            assert_eq!(parsed(wrong), None, "{wrong:?}");
        }
    }
}
