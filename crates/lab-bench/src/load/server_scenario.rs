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
    query::Query,
    result::{CaseKey, Resident, Run},
    scenario::{self, Pace, Purpose, Scenario},
    settings::{self, Held, LimitedBy},
};
use lab_workspace::{
    build_variant::BuildVariant,
    cores::{self, Cores},
    language::Language,
    server::Spec,
};

use crate::{
    load::{
        dose::idle,
        drive::drive,
        duration,
        effort::{Effort, Rate},
        figures::{ANSWER, Driven, figure},
        find_capacity::find_capacity,
    },
    measure::block::{Turn, in_order},
    scheduler::{BlockResult, Experiment, Rank, Share},
};

/// A server scenario with the servers of both languages.
#[derive(Debug, Clone)]
pub struct ServerScenario {
    /// Scenario, scale and settings.
    pub key: CaseKey,
    /// Whether a claim names it; others are only shown.
    pub judged: bool,
    /// The number of blocks.
    pub blocks: usize,
    pub(super) scenario: Scenario,
    effort: Effort,
    cores: Cores,
    go: LanguageServers,
    rust: LanguageServers,
    /// The counting Rust server, and the bytes that live in it: the timed builds count nothing.
    counting: Spec,
    live_bytes: OnceLock<u64>,
}

/// A language's server: with its setting and buffers, and with nothing set and fresh buffers.
#[derive(Debug, Clone)]
struct LanguageServers {
    set: Spec,
    plain: Spec,
}

impl ServerScenario {
    /// The servers of a query, with the program of each build; `None` is the counting build.
    pub fn new(
        program: impl Fn(Option<BuildVariant>) -> PathBuf,
        query: &Query,
        effort: Effort,
        blocks: usize,
    ) -> Result<Self> {
        let scenario = Scenario::parse(&query.case)?;
        let live = query.scale.unwrap_or(scenario::LIVE);
        let mut cores = cores::share(&cores::all()?, query.cores == "one", scenario.shared);
        if query.cores == "two" {
            cores.server.truncate(2);
        }
        let spec = |build: Option<BuildVariant>| Spec {
            program: program(build),
            environment: Vec::new(),
            arguments: scenario.arguments(live),
            cores: cores.server.clone(),
        };
        let plain = |build: BuildVariant| Spec {
            arguments: scenario.plain().arguments(live),
            ..spec(Some(build))
        };
        let go_setting = settings::get(Language::Go, &query.go)?;
        let rust_setting = settings::get(Language::Rust, &query.rust)?;
        let go = spec(Some(go_setting.build));
        let held = match go_setting.limited_by() {
            Some(LimitedBy::LiveSize) => held(&go)?,
            // Nobody measures it: `load::refused` says why.
            Some(LimitedBy::TwinPeak) | None => Held::default(),
        };
        let mut go_environment = go_setting.environment(held);
        go_environment.extend(scenario.environment(Language::Go));
        let set = |spec: Spec, environment| Spec {
            environment,
            ..spec
        };
        Ok(ServerScenario {
            key: duration::key(query, live),
            judged: false,
            blocks,
            scenario,
            effort,
            cores: cores.clone(),
            go: LanguageServers {
                set: set(go, go_environment),
                plain: plain(BuildVariant::Go),
            },
            rust: LanguageServers {
                set: set(
                    spec(Some(rust_setting.build)),
                    rust_setting.environment(Held::default()),
                ),
                plain: plain(BuildVariant::System),
            },
            counting: spec(None),
            live_bytes: OnceLock::new(),
        })
    }

    /// Whether it has the number of live objects that a claim means which names none.
    pub fn own_scale(&self) -> bool {
        self.key.scale == scenario::LIVE
    }

    /// Estimated duration of a block, before any block was taken.
    pub fn cost(&self) -> Duration {
        duration::block(&self.key, self.scenario, &self.effort)
    }

    /// The commands of both servers, as typed in the top folder.
    pub fn shown(&self, root: &Path) -> [String; 2] {
        [self.go.set.shown(root), self.rust.set.shown(root)]
    }

    /// Runs a block.
    pub fn run_block(&self, seed: u64, number: usize, stopped: &AtomicBool) -> Result<BlockResult> {
        let block = || self.block_here(seed, number, stopped);
        cores::on(&self.cores.generator, block)?
            .with_context(|| format!("measuring failed: {}", self.key))
    }

    /// The rates of Go and of Rust in this block, where the scenario does not fix them: found once, so that the
    /// control runs at the same rate.
    fn rates(&self, stopped: &AtomicBool) -> Result<[f64; 2]> {
        let share = |spec: &Spec, percent: u32| -> Result<f64> {
            let connections = self.scenario.connections;
            let found = find_capacity(&spec.start(0)?, connections, self.effort.search, stopped)?;
            Ok(found.rate * f64::from(percent) / 100.0)
        };
        Ok(match self.scenario.pace {
            Pace::Even(percent) => {
                let [go, rust] = [&self.go.set, &self.rust.set];
                [share(go, percent)?.min(share(rust, percent)?); 2]
            }
            Pace::Plain => {
                let plain = |language, servers: &LanguageServers| {
                    if idle(&self.key, self.scenario, language) {
                        Ok(0.0)
                    } else {
                        share(&servers.plain, scenario::SHARE)
                    }
                };
                [
                    plain(Language::Go, &self.go)?,
                    plain(Language::Rust, &self.rust)?,
                ]
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
        let Turn {
            language, padding, ..
        } = turn;
        if idle(&self.key, self.scenario, language)
            || turn.is_control && self.scenario.has_no_control()
        {
            return Ok(None);
        }
        let servers = match language {
            Language::Go => &self.go,
            Language::Rust => &self.rust,
        };
        let rate = match self.scenario.pace {
            Pace::Own(percent) => Rate::Share(f64::from(percent) / 100.0),
            Pace::Plain | Pace::Even(_) => {
                Rate::Fixed(rates[usize::from(language == Language::Rust)])
            }
            Pace::Fixed(rate) => Rate::Fixed(rate as f64),
        };
        let effort = Effort {
            floor: self.effort.floor && !turn.is_control,
            ..self.effort
        };
        let mut driven = drive(&servers.set, self.scenario, &effort, rate, padding, stopped)?;
        for (name, count) in [
            ("server_cores", self.cores.server.len()),
            ("generator_cores", self.cores.generator.len()),
        ] {
            driven.run.process.insert(name.to_owned(), count.into());
        }
        if language == Language::Rust {
            let live = self.live_bytes()?.into();
            driven.run.runtime.insert("live_bytes".to_owned(), live);
        }
        Ok(Some(driven))
    }

    fn block_here(&self, seed: u64, number: usize, stopped: &AtomicBool) -> Result<BlockResult> {
        let rates = self.rates(stopped)?;
        let (mut rejected, mut cautions, mut steal) = (None, BTreeSet::new(), 0.0_f64);
        let mut resident = Resident::default();
        let mut block = in_order(&self.key, seed, number, |turn| {
            let Some(driven) = self.take_turn(turn, rates, stopped)? else {
                return Ok(Run {
                    answer: ANSWER.to_owned(),
                    ..Run::default()
                });
            };
            rejected = rejected.or(driven.rejected);
            cautions.extend(driven.cautions);
            steal = steal.max(driven.steal);
            match turn.language {
                _ if turn.is_control => {}
                Language::Go => resident.go = driven.memory,
                Language::Rust => resident.rust = driven.memory,
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

    /// The bytes that live in Rust's server, read once.
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
    servers: &'a ServerScenario,
    stopped: &'a AtomicBool,
}

impl Experiment for Running<'_> {
    fn key(&self) -> &CaseKey {
        &self.servers.key
    }

    fn own_scale(&self) -> bool {
        self.servers.own_scale()
    }

    fn rank(&self) -> Rank {
        match self.servers.scenario.purpose {
            Purpose::Soak => Rank::Long,
            _ if self.servers.judged => Rank::Judged,
            _ => Rank::Shown,
        }
    }

    fn blocks(&self) -> usize {
        self.servers.blocks
    }

    fn cost(&self) -> Duration {
        self.servers.cost()
    }

    fn run_block(&self, seed: u64, number: usize) -> Result<BlockResult> {
        self.servers.run_block(seed, number, self.stopped)
    }
}

/// Scenarios as experiments that share this time.
pub fn share<'a>(
    scenarios: &'a [ServerScenario],
    time: Option<Duration>,
    stopped: &'a AtomicBool,
) -> Share<'a> {
    let running = |servers| Box::new(Running { servers, stopped }) as Box<dyn Experiment>;
    Share {
        time,
        ..Share::unlimited(scenarios.iter().map(running).collect())
    }
}

/// The memory that a fresh server holds; it collects once its objects live.
fn held(spec: &Spec) -> Result<Held> {
    let stats = spec.start(0)?.stats()?;
    let live = stats.get("live_bytes").and_then(Value::as_u64);
    let lacks = || format!("{} tells no live_bytes in /stats", spec.program.display());
    Ok(Held {
        live_bytes: live.with_context(lacks)?,
        outside_heap_bytes: figure(&stats, "outside_heap_bytes"),
        ..Held::default()
    })
}
