//! Calibration: one run of a single sample, for its answer, time and memory. It is kept as long as the program stays
//! the same.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use lab_results::settings::Held;
use lab_workspace::process_statistics::Curve;

use crate::measure::child::Launch;

/// A run that takes less than this is short.
const SHORT_NS: u64 = 300_000_000;

/// The result of a calibration run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// The scale.
    pub scale: u64,
    /// The answer.
    pub answer: String,
    /// Nanoseconds from start to end.
    pub wall_ns: u64,
    /// Nanoseconds of the sample alone, where it is timed.
    #[serde(default)]
    pub sample_ns: Option<u64>,
    /// Peak memory; 0 where the system does not report it.
    pub peak_bytes: u64,
    /// Largest live heap after a complete collection.
    pub live_bytes: u64,
    /// Memory of the runtime outside of the heap, at the end.
    #[serde(default)]
    pub outside_heap_bytes: u64,
    /// Resident memory over time.
    pub resident: Curve,
}

impl Calibration {
    /// Nanoseconds of a further sample. Where samples are not timed it is half of the process, which works once for
    /// its answer and once for its sample.
    pub fn sample(&self) -> u64 {
        self.sample_ns.unwrap_or(self.wall_ns / 2)
    }

    /// The memory that a memory limit has to leave room for.
    pub fn held(&self) -> Held {
        Held {
            live_bytes: self.live_bytes,
            outside_heap_bytes: self.outside_heap_bytes,
            ..Held::default()
        }
    }
}

/// All calibrations of this machine.
#[derive(Debug)]
pub struct Calibrations {
    path: PathBuf,
    known: BTreeMap<String, Calibration>,
}

impl Calibrations {
    /// Reads the kept ones; an unreadable file counts as empty.
    pub fn open(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_default();
        Calibrations {
            path,
            known: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    /// The known calibration of a launch of the program with this hash.
    pub fn known(&self, hash: &str, launch: &Launch) -> Option<&Calibration> {
        self.known.get(&key(hash, launch))
    }

    /// The calibration of a launch; runs it if none is known.
    pub fn get(&mut self, hash: &str, launch: &Launch, root: &Path) -> Result<Calibration> {
        let launch = Launch {
            samples: 1,
            ..launch.clone()
        };
        let key = key(hash, &launch);
        if let Some(seen) = self.known.get(&key) {
            return Ok(seen.clone());
        }
        let mut seen = once(&launch, root)?;
        if seen.wall_ns < SHORT_NS {
            // A short run is easily disturbed: the faster of two counts.
            seen.wall_ns = seen.wall_ns.min(once(&launch, root)?.wall_ns);
        }
        self.known.insert(key, seen.clone());
        Ok(seen)
    }

    /// Writes all calibrations to disk.
    pub fn keep(&self) -> Result<()> {
        let shown = || format!("cannot write {}", self.path.display());
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).with_context(shown)?;
        let file = tempfile::NamedTempFile::new_in(folder).with_context(shown)?;
        serde_json::to_writer(&file, &self.known).with_context(shown)?;
        file.persist(&self.path).with_context(shown)?;
        Ok(())
    }
}

fn once(launch: &Launch, root: &Path) -> Result<Calibration> {
    let (output, resident) = launch.watch(root)?;
    let figure =
        |figures: &Map<String, Value>, name| figures.get(name).and_then(Value::as_u64).unwrap_or(0);
    let timed = output.run.samples.first().and_then(|s| s.get("wall_ns"));
    Ok(Calibration {
        scale: output.scale,
        sample_ns: timed.and_then(Value::as_u64),
        answer: output.run.answer,
        wall_ns: figure(&output.run.process, "wall_process_ns"),
        peak_bytes: figure(&output.run.process, "peak_bytes"),
        live_bytes: figure(&output.run.runtime, "live_bytes").max(most_live(&output.trace)),
        outside_heap_bytes: figure(&output.run.runtime, "outside_heap_bytes"),
        resident,
    })
}

/// The environment in which Go's collector reports its live heap, some twenty times while the heap doubles. It stops
/// the world for each whole collection: what a program allocates while a collector marks counts as alive.
pub fn traced() -> Vec<(String, String)> {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    [("GODEBUG", "gctrace=1,gcstoptheworld=1"), ("GOGC", "5")]
        .map(owned)
        .to_vec()
}

/// The largest live heap of a trace, whose lines hold `heap at start->at end->live MB` in whole mebibytes; 0 without
/// a trace.
fn most_live(trace: &str) -> u64 {
    let live = |line: &str| {
        let (before, _) = line.strip_prefix("gc ")?.split_once(" MB, ")?;
        let (_, live) = before.rsplit_once("->")?;
        Some((live.parse::<u64>().ok()? + 1) << 20)
    };
    trace.lines().filter_map(live).max().unwrap_or(0)
}

fn key(hash: &str, launch: &Launch) -> String {
    let Launch {
        case,
        scale,
        environment,
        one_core,
        ..
    } = launch;
    let scale = scale.map_or("own".to_owned(), |scale| scale.to_string());
    let mut words = vec![hash.to_owned(), format!("{case}@{scale}")];
    words.extend(
        environment
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    words.extend(one_core.then(|| "one".to_owned()));
    words.join(" ")
}

/// The expected figure at a scale, from the figures at two smaller ones: it grows with the scale.
pub fn expected(smaller: [(u64, u64); 2], scale: u64) -> u64 {
    let [(size, figure), (next_size, next_figure)] = smaller;
    let steps = next_size.saturating_sub(size).max(1) as f64;
    let slope = next_figure.saturating_sub(figure) as f64 / steps;
    next_figure + (slope * scale.saturating_sub(next_size) as f64) as u64
}

/// The two smaller scales from which the cost of a scale is estimated.
pub fn smaller(scale: u64) -> [u64; 2] {
    [(scale / 100).max(1), (scale / 10).max(1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn memory_grows_with_the_size() {
        let base = 4 << 20;
        let seen = |size: u64| (size, base + 32 * size);
        let [one, two] = smaller(10_000_000);
        assert_eq!([one, two], [100_000, 1_000_000]);
        assert_eq!(
            expected([seen(one), seen(two)], 10_000_000),
            base + 320_000_000
        );
        assert_eq!(expected([(1, 5), (1, 5)], 1), 5);
        assert_eq!(expected([(1, 9), (10, 5)], 100), 5);
    }

    #[test]
    fn a_trace_tells_the_most_that_lived_and_not_what_is_left() {
        let line = |live| {
            format!(
                "gc 7 @0.020s 2%: 0.013+0.21+0.02 ms clock, 0.02+0.1/0.1/0+0.04 ms cpu, \
                 30->31->{live} MB, 32 MB goal, 0 MB stacks, 0 MB globals, 2 P\n"
            )
        };
        let trace = [line(3), line(17), "no collection".to_owned(), line(0)].concat();
        assert_eq!(most_live(&trace), 18 << 20);
        assert_eq!(most_live(""), 0);
    }

    #[test]
    fn what_is_known_is_kept_and_not_run_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab/trials.json");
        let launch = Launch {
            program: "/nowhere/program".into(),
            allocator: "go",
            case: "tree".to_owned(),
            scale: None,
            samples: 9,
            environment: Vec::new(),
            one_core: false,
            probed: false,
            simulated: false,
            limit: Duration::from_secs(1),
        };
        let mut calibrations = Calibrations::open(path.clone());
        assert!(calibrations.get("hash", &launch, folder.path()).is_err());
        let (scale, answer) = (10, "7".to_owned());
        let seen = Calibration {
            scale,
            answer,
            wall_ns: 1,
            sample_ns: None,
            peak_bytes: 2,
            live_bytes: 3,
            outside_heap_bytes: 0,
            resident: vec![[1, 2]],
        };
        calibrations
            .known
            .insert(key("hash", &launch), seen.clone());
        calibrations.keep().unwrap();
        let mut calibrations = Calibrations::open(path);
        assert_eq!(
            calibrations.get("hash", &launch, folder.path()).unwrap(),
            seen
        );
        assert!(calibrations.get("other", &launch, folder.path()).is_err());
    }
}
