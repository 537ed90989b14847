//! Whether and how a subject can be measured: what one run of each side tells.

use std::time::Duration;

use anyhow::Result;

use lab_results::{
    budget::Budget,
    query::Wanted,
    result::{Because, LeftOut, Resident, Subject},
    settings::{self, Held},
};
use lab_workspace::language::Side;

use crate::failure::skipped;
use crate::measure::{
    CALIBRATION_LIMIT, Lab,
    block::Sides,
    both_builds,
    calibration::{self, Calibration},
    child::Launch,
    simulated,
};

/// A subject that can be measured.
#[derive(Debug, Clone)]
pub struct Calibrated {
    /// What it is.
    pub subject: Subject,
    /// Whether it is at the case's own size.
    pub own_scale: bool,
    /// Whether anything is judged by it; what is only shown gets fewer blocks.
    pub judged: bool,
    /// Whether what Rust's side does is counted by simulation.
    pub simulated: bool,
    /// Both of its processes.
    pub sides: Sides,
    /// The memory of both, as the trials saw it.
    pub resident: Resident,
    /// What a block of it takes.
    pub cost: Duration,
    /// What a further sample of Go's process takes, and of Rust's.
    sample: [Duration; 2],
}

impl Calibrated {
    /// Lets each process take so many samples at least.
    pub fn take(&mut self, samples: u64) {
        for (side, sample) in [&mut self.sides.go, &mut self.sides.rust]
            .into_iter()
            .zip(self.sample)
        {
            let more = samples.saturating_sub(side.samples);
            side.samples += more;
            side.limit += 10 * sample * more as u32;
            // Each side runs once, and every second control is one of it.
            self.cost += sample * more as u32 * 3 / 2;
        }
    }

    /// Lets a probe sleep beside both.
    pub fn probe(&mut self) {
        self.sides.go.probed = true;
        self.sides.rust.probed = true;
    }

    /// What counting takes, before the first block.
    pub fn counting(&self) -> Duration {
        // Twice under the simulation, with all that comes before the samples.
        let simulated = if self.simulated && simulated::valgrind().is_some() {
            2 * simulated::SLOWER * (self.sample[1] * 3)
        } else {
            Duration::ZERO
        };
        self.cost / 3 + simulated
    }
}

impl Lab<'_> {
    /// Both sides' launches of what is wanted, of a single sample each.
    pub fn launches(&mut self, wanted: &Wanted) -> Result<Sides> {
        let go_setting = settings::get(Side::Go, &wanted.go)?;
        let rust_setting = settings::get(Side::Rust, &wanted.rust)?;
        let mut go = self.launch(Some(go_setting.build), wanted);
        let held = if go_setting.needs_live_size() {
            let traced = Launch {
                environment: calibration::traced(),
                ..go.clone()
            };
            self.try_once(go_setting.build, &traced, &wanted.topic)?
                .held()
        } else {
            Held::default()
        };
        go.environment = go_setting.environment(held);
        let mut rust = self.launch(Some(rust_setting.build), wanted);
        rust.environment = rust_setting.environment(Held::default());
        Ok(Sides { go, rust })
    }

    /// Tries both sides of what is wanted: their answers, their memory and their time decide whether
    /// and how it can be measured.
    pub fn preflight(
        &mut self,
        wanted: &Wanted,
        budget: &Budget,
    ) -> Result<Result<Calibrated, LeftOut>> {
        let refuse = |because, why| {
            Ok(Err(LeftOut {
                subject: wanted.to_string(),
                because,
                why,
            }))
        };
        if let Some(why) = self.refused(wanted)? {
            return refuse(Because::Toolchain, why);
        }
        if let Some((because, why)) = self.too_much(wanted, budget)? {
            return refuse(because, why);
        }
        let sides = match self.launches(wanted) {
            Ok(sides) => sides,
            Err(error) => return Ok(Err(skipped(wanted, &error))),
        };
        let [go_build, rust_build] = both_builds(wanted)?;
        let mut seen = Vec::new();
        for (build, launch) in [(go_build, &sides.go), (rust_build, &sides.rust)] {
            match self.try_once(build, launch, &wanted.topic) {
                Ok(one) => seen.push(one),
                Err(error) => return Ok(Err(skipped(wanted, &error))),
            }
        }
        let (go, rust) = (&seen[0], &seen[1]);
        if go.answer != rust.answer || go.scale != rust.scale {
            let why = format!(
                "the answers differ: {} in Go, {} in Rust; {} and {} show it",
                go.answer,
                rust.answer,
                sides.go.shown(self.root),
                sides.rust.shown(self.root),
            );
            return refuse(Because::Answers, why);
        }
        let peak = go.peak_bytes.max(rust.peak_bytes);
        if let Some(why) = self.over_memory(peak) {
            return refuse(Because::Memory, why);
        }
        if let Some(why) = too_slow(go.wall_ns.max(rust.wall_ns), budget) {
            return refuse(Because::Budget, why);
        }
        let never_collects = settings::get(Side::Go, &wanted.go)?.never_collects();
        let most = never_collects.then(|| self.passes_in_memory(go.peak_bytes));
        let sides = Sides {
            go: sized(&sides.go, go, budget, most),
            rust: sized(&sides.rust, rust, budget, None),
        };
        let processes = process(&sides.go, go) + process(&sides.rust, rust);
        let subject = Subject {
            topic: wanted.topic.clone(),
            case: wanted.case.clone(),
            scale: go.scale,
            go: wanted.go.clone(),
            rust: wanted.rust.clone(),
            cores: wanted.cores.clone(),
        };
        Ok(Ok(Calibrated {
            subject,
            own_scale: wanted.scale.is_none(),
            judged: true,
            simulated: false,
            sides,
            resident: Resident {
                go: go.resident.clone(),
                rust: rust.resident.clone(),
            },
            // Each side runs once, and every second control is one of it.
            cost: Duration::from_nanos(processes * 3 / 2),
            sample: [go, rust].map(|seen| Duration::from_nanos(seen.sample())),
        }))
    }

    /// Whether a size that somebody asked for would take too much memory or time: two smaller sizes
    /// tell it before anything so large is started.
    fn too_much(&mut self, wanted: &Wanted, budget: &Budget) -> Result<Option<(Because, String)>> {
        let Some(scale) = wanted.scale else {
            return Ok(None);
        };
        let mut told = [[None, None], [None, None]];
        for (place, size) in calibration::smaller(scale).into_iter().enumerate() {
            let small = Wanted {
                scale: Some(size),
                ..wanted.clone()
            };
            let sides = self.launches(&small)?;
            let [go, rust] = both_builds(wanted)?;
            for (side, (build, launch)) in [(go, &sides.go), (rust, &sides.rust)]
                .into_iter()
                .enumerate()
            {
                // What fails when it is small fails when it is large too, and says why there.
                let Ok(seen) = self.try_once(build, launch, &wanted.topic) else {
                    return Ok(None);
                };
                told[side][place] = Some(seen);
            }
            let slow = told
                .iter()
                .filter_map(|side| side[place].as_ref())
                .map(|seen| seen.wall_ns);
            if let Some(why) = slow.max().and_then(|wall| too_slow(wall, budget)) {
                return Ok(Some((Because::Budget, why)));
            }
        }
        for side in &told {
            let [Some(small), Some(next)] = side else {
                continue;
            };
            let of = |figure: fn(&Calibration) -> u64| {
                calibration::expected(
                    [(small.scale, figure(small)), (next.scale, figure(next))],
                    scale,
                )
            };
            if let Some(why) = self.over_memory(of(|seen| seen.peak_bytes)) {
                return Ok(Some((Because::Memory, why)));
            }
            if let Some(why) = too_slow(of(|seen| seen.wall_ns), budget) {
                return Ok(Some((Because::Budget, why)));
            }
        }
        Ok(None)
    }

    /// How often a process that gives nothing back may do its work, where the first two times took so much.
    fn passes_in_memory(&self, peak: u64) -> u64 {
        let most = self.available / 2;
        (most / (peak / 2).max(1)).saturating_sub(1).max(1)
    }

    /// Why so much memory is too much, if it is.
    pub fn over_memory(&self, peak: u64) -> Option<String> {
        over(peak, self.available)
    }
}

/// A launch with the samples that it takes, at most so many where that is limited.
fn sized(launch: &Launch, seen: &Calibration, budget: &Budget, most: Option<u64>) -> Launch {
    let samples = budget.samples(seen.wall_ns, seen.sample());
    let samples = samples.min(most.unwrap_or(samples));
    let limit = Duration::from_nanos(10 * seen.wall_ns.saturating_mul(samples));
    Launch {
        samples,
        scale: Some(seen.scale),
        limit: CALIBRATION_LIMIT + limit,
        ..launch.clone()
    }
}

/// About how long a process takes, in nanoseconds.
fn process(launch: &Launch, seen: &Calibration) -> u64 {
    seen.wall_ns + (launch.samples - 1) * seen.sample()
}

/// Whether memory does not suffice: half of what is available has to be left.
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
