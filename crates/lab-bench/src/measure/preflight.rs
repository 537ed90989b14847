//! Whether and how a subject can be measured: what one run of each side tells.

use std::time::Duration;

use anyhow::Result;

use lab_results::{
    budget::Budget,
    query::Wanted,
    result::{Because, LeftOut, Resident, Subject},
    settings,
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
    /// What a further sample of one process takes.
    sample: Duration,
}

impl Calibrated {
    /// Lets each process take so many samples at least.
    pub fn take(&mut self, samples: u64) {
        let more = samples.saturating_sub(self.sides.go.samples);
        let time = self.sample * more as u32;
        self.cost += 3 * time;
        for side in [&mut self.sides.go, &mut self.sides.rust] {
            side.samples += more;
            side.limit += 10 * time;
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
            2 * simulated::SLOWER * (self.sample * 3)
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
        let live = if go_setting.needs_live_size() {
            let traced = Launch {
                environment: calibration::traced(),
                ..go.clone()
            };
            self.try_once(go_setting.build, &traced, &wanted.topic)?
                .live_bytes
        } else {
            0
        };
        go.environment = go_setting.environment(live);
        let mut rust = self.launch(Some(rust_setting.build), wanted);
        rust.environment = rust_setting.environment(0);
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
        let wall = u64::midpoint(go.wall_ns, rust.wall_ns);
        if let Some(why) = too_slow(go.wall_ns.max(rust.wall_ns), budget) {
            return refuse(Because::Budget, why);
        }
        let samples = if settings::get(Side::Go, &wanted.go)?.never_collects() {
            1
        } else {
            budget.samples(wall)
        };
        let work = wall / 2;
        let limit = |seen: &Calibration| {
            CALIBRATION_LIMIT + Duration::from_nanos(10 * seen.wall_ns.saturating_mul(samples))
        };
        let sized = |launch: &Launch, seen: &Calibration| Launch {
            samples,
            scale: Some(seen.scale),
            limit: limit(seen),
            ..launch.clone()
        };
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
            sides: Sides {
                go: sized(&sides.go, go),
                rust: sized(&sides.rust, rust),
            },
            resident: Resident {
                go: go.resident.clone(),
                rust: rust.resident.clone(),
            },
            cost: 3 * Duration::from_nanos(wall + (samples - 1) * work),
            sample: Duration::from_nanos(match (go.sample_ns, rust.sample_ns) {
                (Some(go), Some(rust)) => u64::midpoint(go, rust),
                _ => work,
            }),
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

    /// Why so much memory is too much, if it is.
    pub fn over_memory(&self, peak: u64) -> Option<String> {
        over(peak, self.available)
    }
}

/// Whether memory does not suffice: half of what is available has to be left.
fn over(peak: u64, available: u64) -> Option<String> {
    let mebibytes = |bytes: u64| bytes.div_ceil(1 << 20);
    (peak > available / 2).then(|| {
        format!(
            "it takes {} MiB, more than half of the {} MiB that are available",
            mebibytes(peak),
            mebibytes(available)
        )
    })
}

fn too_slow(wall_ns: u64, budget: &Budget) -> Option<String> {
    let wall = Duration::from_nanos(wall_ns);
    (wall > budget.slowest).then(|| {
        format!(
            "one run of it takes {:.0} s, and none may take more than {} s",
            wall.as_secs_f64(),
            budget.slowest.as_secs()
        )
    })
}
