//! A server scenario as an experiment: a block runs both servers and the control, each a fresh process.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{OnceLock, atomic::AtomicBool},
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use lab_results::{
    points::{self, Pace, Point, Purpose},
    query::Wanted,
    result::{Resident, Run, Subject},
    settings::{self, Held},
};
use lab_workspace::{
    build::Build,
    cores,
    language::Side,
    server::Spec,
    shares::{self, Cores},
};

use crate::{
    load::{
        ask::capacity,
        cost,
        dose::idle,
        drive::drive,
        effort::{Effort, Rate},
        figures::{ANSWER, Driven, figure},
    },
    measure::block::{Turn, in_order},
    schedule::{BlockResult, Experiment, Rank, Share},
};

/// One server load in one setting.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it is.
    pub subject: Subject,
    /// Whether a claim names it; what none names is shown.
    pub judged: bool,
    /// How many blocks are wanted.
    pub blocks: usize,
    pub(super) point: Point,
    effort: Effort,
    cores: Cores,
    go: Sided,
    rust: Sided,
    /// The Rust server that counts, and what lives in it: the timed builds count nothing.
    counting: Spec,
    live_bytes: OnceLock<u64>,
}

/// A language's server: with its setting and buffers, and with nothing set and fresh buffers.
#[derive(Debug, Clone)]
struct Sided {
    set: Spec,
    plain: Spec,
}

impl Scenario {
    /// The servers of a query, with the program of each build; `None` is the counting build.
    pub fn new(
        program: impl Fn(Option<Build>) -> PathBuf,
        wanted: &Wanted,
        effort: Effort,
        blocks: usize,
    ) -> Result<Self> {
        let point = Point::parse(&wanted.case)?;
        let live = wanted.scale.unwrap_or(points::LIVE);
        let mut cores = shares::share(&cores::all()?, wanted.cores == "one", point.shared);
        if wanted.cores == "two" {
            cores.server.truncate(2);
        }
        let spec = |build: Option<Build>| Spec {
            program: program(build),
            environment: Vec::new(),
            arguments: point.arguments(live),
            cores: cores.server.clone(),
        };
        let plain = |build: Build| Spec {
            arguments: point.plain().arguments(live),
            ..spec(Some(build))
        };
        let go_setting = settings::get(Side::Go, &wanted.go)?;
        let rust_setting = settings::get(Side::Rust, &wanted.rust)?;
        let go = spec(Some(go_setting.build));
        let held = if go_setting.needs_live_size() {
            held(&go)?
        } else {
            Held::default()
        };
        let mut go_environment = go_setting.environment(held);
        go_environment.extend(point.environment(Side::Go));
        let set = |spec: Spec, environment| Spec {
            environment,
            ..spec
        };
        Ok(Scenario {
            subject: cost::subject(wanted, live),
            judged: false,
            blocks,
            point,
            effort,
            cores: cores.clone(),
            go: Sided {
                set: set(go, go_environment),
                plain: plain(Build::Go),
            },
            rust: Sided {
                set: set(
                    spec(Some(rust_setting.build)),
                    rust_setting.environment(Held::default()),
                ),
                plain: plain(Build::System),
            },
            counting: spec(None),
            live_bytes: OnceLock::new(),
        })
    }

    /// Whether it has the number of live objects that a claim means which names none.
    pub fn own_scale(&self) -> bool {
        self.subject.scale == points::LIVE
    }

    /// Estimated duration of a block, before any block was taken.
    pub fn cost(&self) -> Duration {
        cost::of_block(&self.subject, self.point, &self.effort)
    }

    /// The commands of both servers, as one would type them in the top folder.
    pub fn shown(&self, root: &Path) -> [String; 2] {
        [self.go.set.shown(root), self.rust.set.shown(root)]
    }

    /// Runs a block.
    pub fn run_block(&self, seed: u64, number: usize, stopped: &AtomicBool) -> Result<BlockResult> {
        let block = || self.block_here(seed, number, stopped);
        cores::on(&self.cores.generator, block)?
            .with_context(|| format!("measuring failed: {}", self.subject))
    }

    /// The rates of Go and of Rust in this block, where the scenario does not fix them: found once, so that the
    /// control runs at the same rate.
    fn rates(&self, stopped: &AtomicBool) -> Result<[f64; 2]> {
        let share = |spec: &Spec, percent: u32| -> Result<f64> {
            let connections = self.point.connections;
            let found = capacity(&spec.start(0)?, connections, self.effort.search, stopped)?;
            Ok(found.rate * f64::from(percent) / 100.0)
        };
        Ok(match self.point.pace {
            Pace::Even(percent) => {
                let [go, rust] = [&self.go.set, &self.rust.set];
                [share(go, percent)?.min(share(rust, percent)?); 2]
            }
            Pace::Plain => {
                let plain = |side, sided: &Sided| {
                    if idle(&self.subject, self.point, side) {
                        Ok(0.0)
                    } else {
                        share(&sided.plain, points::SHARE)
                    }
                };
                [plain(Side::Go, &self.go)?, plain(Side::Rust, &self.rust)?]
            }
            Pace::Own(_) | Pace::Fixed(_) => [0.0; 2],
        })
    }

    /// One server's run in a block; `None` if it has nothing to do there.
    fn take_turn(
        &self,
        turn: Turn,
        rates: [f64; 2],
        stopped: &AtomicBool,
    ) -> Result<Option<Driven>> {
        let Turn { side, padding, .. } = turn;
        if idle(&self.subject, self.point, side) || turn.is_control && self.point.alone() {
            return Ok(None);
        }
        let sided = match side {
            Side::Go => &self.go,
            Side::Rust => &self.rust,
        };
        let rate = match self.point.pace {
            Pace::Own(percent) => Rate::Share(f64::from(percent) / 100.0),
            Pace::Plain | Pace::Even(_) => Rate::Fixed(rates[usize::from(side == Side::Rust)]),
            Pace::Fixed(rate) => Rate::Fixed(rate as f64),
        };
        let effort = Effort {
            floor: self.effort.floor && !turn.is_control,
            ..self.effort
        };
        let mut driven = drive(&sided.set, self.point, &effort, rate, padding, stopped)?;
        for (name, count) in [
            ("server_cores", self.cores.server.len()),
            ("generator_cores", self.cores.generator.len()),
        ] {
            driven.run.process.insert(name.to_owned(), count.into());
        }
        if side == Side::Rust {
            let live = self.live_bytes()?.into();
            driven.run.runtime.insert("live_bytes".to_owned(), live);
        }
        Ok(Some(driven))
    }

    fn block_here(&self, seed: u64, number: usize, stopped: &AtomicBool) -> Result<BlockResult> {
        let rates = self.rates(stopped)?;
        let (mut rejected, mut cautions, mut steal) = (None, BTreeSet::new(), 0.0_f64);
        let mut resident = Resident::default();
        let mut block = in_order(&self.subject, seed, number, |turn| {
            let Some(driven) = self.take_turn(turn, rates, stopped)? else {
                return Ok(Run {
                    answer: ANSWER.to_owned(),
                    ..Run::default()
                });
            };
            rejected = rejected.or(driven.rejected);
            cautions.extend(driven.cautions);
            steal = steal.max(driven.steal);
            match turn.side {
                _ if turn.is_control => {}
                Side::Go => resident.go = driven.memory,
                Side::Rust => resident.rust = driven.memory,
            }
            Ok(driven.run)
        })?;
        block.steal = steal;
        Ok(BlockResult {
            block,
            rejected,
            cautions: cautions.into_iter().collect(),
            resident,
        })
    }

    /// What lives in Rust's server, which is read once.
    fn live_bytes(&self) -> Result<u64> {
        if let Some(live) = self.live_bytes.get() {
            return Ok(*live);
        }
        let live = held(&self.counting)?.live_bytes;
        Ok(*self.live_bytes.get_or_init(|| live))
    }
}

/// A scenario that is measured until somebody stops the run.
struct Running<'a> {
    scenario: &'a Scenario,
    stopped: &'a AtomicBool,
}

impl Experiment for Running<'_> {
    fn subject(&self) -> &Subject {
        &self.scenario.subject
    }

    fn own_scale(&self) -> bool {
        self.scenario.own_scale()
    }

    fn rank(&self) -> Rank {
        match self.scenario.point.purpose {
            Purpose::Soak => Rank::Long,
            _ if self.scenario.judged => Rank::Judged,
            _ => Rank::Shown,
        }
    }

    fn blocks(&self) -> usize {
        self.scenario.blocks
    }

    fn cost(&self) -> Duration {
        self.scenario.cost()
    }

    fn run_block(&self, seed: u64, number: usize) -> Result<BlockResult> {
        self.scenario.run_block(seed, number, self.stopped)
    }
}

/// Scenarios as experiments that share this time.
pub fn share<'a>(
    scenarios: &'a [Scenario],
    time: Option<Duration>,
    stopped: &'a AtomicBool,
) -> Share<'a> {
    let running = |scenario| Box::new(Running { scenario, stopped }) as Box<dyn Experiment>;
    Share {
        time,
        ..Share::unlimited(scenarios.iter().map(running).collect())
    }
}

/// What a fresh server holds; it collects once its objects live.
fn held(spec: &Spec) -> Result<Held> {
    let stats = spec.start(0)?.stats()?;
    let live = stats.get("live_bytes").and_then(Value::as_u64);
    let lacks = || format!("{} tells no live_bytes in /stats", spec.program.display());
    Ok(Held {
        live_bytes: live.with_context(lacks)?,
        outside_heap_bytes: figure(&stats, "outside_heap_bytes"),
    })
}
