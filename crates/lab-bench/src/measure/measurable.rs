//! Preflight: checks and a short calibration run of each language say whether a query is measurable, and how.

use std::time::Duration;

use anyhow::Result;

use lab_results::{
    budget::Budget,
    query::Query,
    result::{CaseKey, Resident, SkipReason, Skipped},
    settings::{self, Held, LimitedBy, MIN_TWIN_PEAK},
};
use lab_workspace::language::Language;

use crate::failure::skipped;
use crate::measure::{
    CALIBRATION_LIMIT, Lab,
    block::Launches,
    both_builds, cachegrind,
    calibration::{self, Calibration},
    child::Launch,
};

/// A query that can be measured.
#[derive(Debug, Clone)]
pub struct Calibrated {
    /// Case, scale and settings.
    pub key: CaseKey,
    /// Whether the scale is the case's own.
    pub own_scale: bool,
    /// Whether a verdict rests on it; others are only shown, and get fewer blocks.
    pub judged: bool,
    /// Whether Rust's instructions and cache misses are counted by simulation.
    pub simulated: bool,
    /// Both processes.
    pub launches: Launches,
    /// Resident memory of both, in the calibration runs.
    pub resident: Resident,
    /// Estimated duration of a block.
    pub cost: Duration,
    /// Duration of a further sample, in Go and in Rust.
    sample: [Duration; 2],
}

impl Calibrated {
    /// Lets each process take at least this many samples.
    pub fn take_samples(&mut self, samples: u64) {
        for (launch, sample) in [&mut self.launches.go, &mut self.launches.rust]
            .into_iter()
            .zip(self.sample)
        {
            let more = samples.saturating_sub(launch.samples);
            launch.samples += more;
            launch.limit += 10 * sample * more as u32;
            // Each language runs once, and every second control is one of it.
            self.cost += sample * more as u32 * 3 / 2;
        }
    }

    /// Runs a jitter probe during both processes.
    pub fn probe(&mut self) {
        self.launches.go.probed = true;
        self.launches.rust.probed = true;
    }

    /// Duration of counting, before the first block.
    pub fn counting(&self) -> Duration {
        // Two simulated runs, with all that comes before their samples.
        let simulated = if self.simulated && cachegrind::valgrind().is_some() {
            2 * cachegrind::SLOWER * (self.sample[1] * 3)
        } else {
            Duration::ZERO
        };
        self.cost / 3 + simulated
    }
}

impl Lab<'_> {
    /// The launches of both languages, with a single sample each.
    pub fn launches(&mut self, query: &Query) -> Result<Launches> {
        let go_setting = settings::get(Language::Go, &query.go)?;
        let rust_setting = settings::get(Language::Rust, &query.rust)?;
        let mut go = self.launch(Some(go_setting.build), query);
        let mut rust = self.launch(Some(rust_setting.build), query);
        rust.environment = rust_setting.environment(Held::default());
        let held = match go_setting.limited_by() {
            Some(LimitedBy::LiveSize) => {
                // What lives does not depend on the cores, and more of them find it sooner.
                let traced = Launch {
                    environment: calibration::traced(),
                    one_core: false,
                    ..go.clone()
                };
                self.calibration(go_setting.build, &traced, &query.topic)?
                    .held()
            }
            Some(LimitedBy::TwinPeak) => {
                let twin = self.calibration(rust_setting.build, &rust, &query.topic)?;
                Held {
                    twin_peak_bytes: twin.peak_bytes,
                    ..Held::default()
                }
            }
            None => Held::default(),
        };
        go.environment = go_setting.environment(held);
        Ok(Launches { go, rust })
    }

    /// Checks a query and runs both languages once: answers, memory and time decide whether and how it is
    /// measured.
    pub fn preflight(
        &mut self,
        query: &Query,
        budget: &Budget,
    ) -> Result<Result<Calibrated, Skipped>> {
        let refuse = |reason, why| {
            Ok(Err(Skipped {
                query: query.to_string(),
                reason,
                why,
            }))
        };
        if let Some(why) = self.refused(query)? {
            return refuse(SkipReason::Toolchain, why);
        }
        if let Some((reason, why)) = self.too_much(query, budget)? {
            return refuse(reason, why);
        }
        let (launches, [go, rust]) = match self.calibrate(query) {
            Ok(calibrated) => calibrated,
            Err(error) => return Ok(Err(skipped(query, &error))),
        };
        if let Some((reason, why)) = self.unfit(&launches, [&go, &rust], budget) {
            return refuse(reason, why);
        }
        let go_setting = settings::get(Language::Go, &query.go)?;
        let follows_twin = go_setting.limited_by() == Some(LimitedBy::TwinPeak);
        if follows_twin && rust.peak_bytes < MIN_TWIN_PEAK {
            let [peak, least] = [rust.peak_bytes, MIN_TWIN_PEAK].map(|bytes| bytes >> 20);
            let why = format!(
                "Rust's program takes {peak} MiB, and a memory limit of less than {least} MiB limits Go's runtime"
            );
            return refuse(SkipReason::Limit, why);
        }
        let max = go_setting
            .never_collects()
            .then(|| self.samples_in_memory(go.peak_bytes));
        let launches = Launches {
            go: sized(&launches.go, &go, budget, max),
            rust: sized(&launches.rust, &rust, budget, None),
        };
        let processes = process(&launches.go, &go) + process(&launches.rust, &rust);
        let key = CaseKey {
            topic: query.topic.clone(),
            case: query.case.clone(),
            scale: go.scale,
            go: query.go.clone(),
            rust: query.rust.clone(),
            cores: query.cores.clone(),
        };
        Ok(Ok(Calibrated {
            key,
            own_scale: query.scale.is_none(),
            judged: true,
            simulated: false,
            launches,
            // Each language runs once, and every second control is one of it.
            cost: Duration::from_nanos(processes * 3 / 2),
            sample: [&go, &rust].map(|seen| Duration::from_nanos(seen.sample())),
            resident: Resident {
                go: go.resident,
                rust: rust.resident,
            },
        }))
    }

    /// Runs both languages once, with a single sample each.
    fn calibrate(&mut self, query: &Query) -> Result<(Launches, [Calibration; 2])> {
        let launches = self.launches(query)?;
        let [go_build, rust_build] = both_builds(query)?;
        let go = self.calibration(go_build, &launches.go, &query.topic)?;
        let rust = self.calibration(rust_build, &launches.rust, &query.topic)?;
        Ok((launches, [go, rust]))
    }

    /// Why what the calibration runs showed keeps a query from being measured, if it does.
    fn unfit(
        &self,
        launches: &Launches,
        [go, rust]: [&Calibration; 2],
        budget: &Budget,
    ) -> Option<(SkipReason, String)> {
        if go.answer != rust.answer || go.scale != rust.scale {
            let why = format!(
                "the answers differ: {} in Go, {} in Rust; {} and {} show it",
                go.answer,
                rust.answer,
                launches.go.shown(self.root),
                launches.rust.shown(self.root),
            );
            return Some((SkipReason::Answers, why));
        }
        let peak = go.peak_bytes.max(rust.peak_bytes);
        if let Some(why) = self.over_memory(peak) {
            return Some((SkipReason::Memory, why));
        }
        let why = too_slow(go.wall_ns.max(rust.wall_ns), budget)?;
        Some((SkipReason::Budget, why))
    }

    /// Whether a given scale would take too much memory or time: two smaller scales show it before anything that
    /// large is started.
    fn too_much(&mut self, query: &Query, budget: &Budget) -> Result<Option<(SkipReason, String)>> {
        let Some(scale) = query.scale else {
            return Ok(None);
        };
        let mut seen = [[None, None], [None, None]];
        for (place, size) in calibration::smaller(scale).into_iter().enumerate() {
            let small = Query {
                scale: Some(size),
                ..query.clone()
            };
            let launches = self.launches(&small)?;
            let [go, rust] = both_builds(query)?;
            for (language, (build, launch)) in [(go, &launches.go), (rust, &launches.rust)]
                .into_iter()
                .enumerate()
            {
                // A small run that fails says nothing: the large one reports its own failure.
                let Ok(calibration) = self.calibration(build, launch, &query.topic) else {
                    return Ok(None);
                };
                seen[language][place] = Some(calibration);
            }
            let slow = seen
                .iter()
                .filter_map(|pair| pair[place].as_ref())
                .map(|seen| seen.wall_ns);
            if let Some(why) = slow.max().and_then(|wall| too_slow(wall, budget)) {
                return Ok(Some((SkipReason::Budget, why)));
            }
        }
        for pair in &seen {
            let [Some(small), Some(next)] = pair else {
                continue;
            };
            let expected = |figure: fn(&Calibration) -> u64| {
                calibration::expected(
                    [(small.scale, figure(small)), (next.scale, figure(next))],
                    scale,
                )
            };
            if let Some(why) = self.over_memory(expected(|seen| seen.peak_bytes)) {
                return Ok(Some((SkipReason::Memory, why)));
            }
            if let Some(why) = too_slow(expected(|seen| seen.wall_ns), budget) {
                return Ok(Some((SkipReason::Budget, why)));
            }
        }
        Ok(None)
    }

    /// The number of samples that fit into memory for a process that never frees: two took this peak.
    fn samples_in_memory(&self, peak: u64) -> u64 {
        let max = self.available / 2;
        (max / (peak / 2).max(1)).saturating_sub(1).max(1)
    }

    /// Why this peak is too much memory, if it is.
    pub fn over_memory(&self, peak: u64) -> Option<String> {
        over(peak, self.available)
    }
}

/// A launch with its number of samples, at most `max`.
fn sized(launch: &Launch, seen: &Calibration, budget: &Budget, max: Option<u64>) -> Launch {
    let samples = budget.samples(seen.wall_ns, seen.sample());
    let samples = samples.min(max.unwrap_or(samples));
    let limit = Duration::from_nanos(10 * seen.wall_ns.saturating_mul(samples));
    Launch {
        samples,
        scale: Some(seen.scale),
        limit: CALIBRATION_LIMIT + limit,
        ..launch.clone()
    }
}

/// Estimated duration of a process, in nanoseconds.
fn process(launch: &Launch, seen: &Calibration) -> u64 {
    seen.wall_ns + (launch.samples - 1) * seen.sample()
}

/// Why a peak is too large, if it is: half of the available memory has to be left.
fn over(peak: u64, available: u64) -> Option<String> {
    let mebibytes = |bytes: u64| bytes.div_ceil(1 << 20);
    (peak > available / 2).then(|| {
        format!(
            "it needs {} MiB, more than half of the {} MiB that are available",
            mebibytes(peak),
            mebibytes(available)
        )
    })
}

fn too_slow(wall_ns: u64, budget: &Budget) -> Option<String> {
    let wall = Duration::from_nanos(wall_ns);
    (wall > budget.slowest).then(|| {
        format!(
            "one run takes {:.0} s, and the limit of this kind of run is {} s",
            wall.as_secs_f64(),
            budget.slowest.as_secs()
        )
    })
}
