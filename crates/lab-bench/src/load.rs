//! Server scenarios: servers under load, which another process has to generate.
//!
//! A block runs both servers and the control once each, in random order. Each is a fresh process: its capacity
//! is found, it stands under load at a share of the capacity, and the capacity is found again. Blocks, journal
//! and results are the same as for all other cases.

pub mod attack;
mod attribution;
pub mod capacity_rule;
mod connections;
mod dose;
mod drive;
mod duration;
pub mod effort;
mod figures;
mod find_capacity;
mod mixed;
pub mod own_server;
mod server_probes;
mod server_scenario;
mod soak;

use std::time::Duration;

use anyhow::Result;

use self::effort::Effort;
use lab_results::{
    query::Query,
    result::{Mode, SkipReason, Skipped},
    scenario::{self, Buffers, Pace, Purpose, Scenario},
    settings::{self, LimitedBy},
};
use lab_workspace::{cores, language::Language};

use crate::measure::Lab;
pub use server_scenario::{ServerScenario, share};

/// Upper bound of a live object's memory, with its place in the table of all objects.
const LIVE_BYTES: u64 = 128;

/// Further memory of a server, and memory of each connection.
const BASE_BYTES: u64 = 256 << 20;
const CONNECTION_BYTES: u64 = 64 << 10;

/// Upper estimate of a scenario's memory.
fn memory(query: &Query, live: u64) -> u64 {
    let fixed = query.go.strip_prefix("limit");
    if let Some(Ok(gibibytes)) = fixed
        .and_then(|rest| rest.strip_suffix('g'))
        .map(str::parse::<u64>)
    {
        return (gibibytes << 30) + BASE_BYTES;
    }
    let percent = query.go.strip_prefix("gogc").map_or(Ok(100), str::parse);
    let times = match fixed.map(str::parse) {
        Some(Ok(times)) => times,
        _ => 1 + percent.unwrap_or(100_u64).div_ceil(100),
    };
    let connections = Scenario::parse(&query.case).map_or(0, Scenario::max_connections);
    let connected = connections as u64 * CONNECTION_BYTES;
    times * (live * LIVE_BYTES + connected + (32 << 20)) + BASE_BYTES
}

/// Blocks of a scenario that verdicts rest on; with more of them the plan takes longer than ninety minutes.
const BLOCKS: usize = 8;

/// Requests below this size leave the collector little to do.
const SMALL: u64 = 64 << 10;

/// Requests needed so that twenty lie beyond p99.9.
const REQUESTS: u64 = 20_000;

/// Duration of the load whose memory is randomly fresh or pooled: long enough for some fifty stalls of each kind.
const MIXED: Duration = Duration::from_secs(14);

/// Effort and number of blocks of a scenario in a mode. A scenario that claims name gets eight blocks and, if they
/// use p99.9, enough requests for it; others get three blocks.
fn effort(
    mode: Mode,
    scenario: Scenario,
    live: u64,
    judged: bool,
    is_dose: bool,
) -> (Effort, usize) {
    if !matches!(
        mode,
        Mode::Load | Mode::Claims | Mode::Thorough | Mode::Outside
    ) {
        return (Effort::QUICK, 3);
    }
    if mode == Mode::Outside {
        // Small requests over nothing alive: their capacity is steady at once.
        let is_steady = live == 0 && scenario.payload < SMALL;
        return match (is_steady, judged) {
            (true, true) => (Effort::QUICK, 10),
            (true, false) => (Effort::QUICK, 3),
            (false, true) => (Effort::SHOWN, BLOCKS),
            (false, false) => (Effort::SHOWN, 3),
        };
    }
    match scenario.purpose {
        Purpose::Latency => {}
        // Windows and shifts take the place of blocks.
        Purpose::Soak => return (Effort::SOAK, 1),
        Purpose::Watch => return (Effort::WATCH, 1),
        Purpose::Connections => return (Effort::EACH, 3),
    }
    if !judged {
        return (Effort::SHOWN, 3);
    }
    if scenario.buffers == Buffers::Mixed {
        let whole = Effort {
            load: MIXED,
            ..Effort::WHOLE
        };
        return (whole, BLOCKS);
    }
    // On the article's own server memory is watched for ten seconds.
    let is_fresh = scenario.buffers == Buffers::Fresh;
    let swings = live == 0 && is_fresh && matches!(scenario.pace, Pace::Own(_));
    let load = Duration::from_secs(if swings { 10 } else { 5 });
    // P1 and P2 compare the main scenario's latency with the machine's own.
    let usual = is_fresh && !matches!(scenario.pace, Pace::Plain);
    let whole = Effort {
        load,
        // A dose is judged by p99.
        requests: if is_dose { 0 } else { REQUESTS },
        floor: live > 0 && usual,
        ..Effort::WHOLE
    };
    (whole, BLOCKS)
}

/// Whether a query varies a setting of the collector to see how a figure responds.
fn is_dose(query: &Query) -> bool {
    query.go.starts_with("gogc")
}

/// The number of blocks of a query in a mode, and the estimated duration of one.
pub fn planned(mode: Mode, query: &Query, judged: bool) -> Result<(usize, Duration)> {
    let scenario = Scenario::parse(&query.case)?;
    let live = query.scale.unwrap_or(scenario::LIVE);
    let (effort, blocks) = effort(mode, scenario, live, judged, is_dose(query));
    let key = duration::key(query, live);
    Ok((blocks, duration::block(&key, scenario, &effort)))
}

/// Whether a verdict rests on a query.
pub fn is_judged(query: &Query, judged: &[Query]) -> bool {
    judged
        .iter()
        .any(|judged| with_scale(judged) == with_scale(query))
}

/// The query with its number of live objects: the usual number if it names none.
fn with_scale(query: &Query) -> Query {
    Query {
        scale: query.scale.or(Some(scenario::LIVE)),
        ..query.clone()
    }
}

/// Time for the load of a part of the reference: the whole limit, or what cases leave of it.
pub fn reference_budget(mode: Mode) -> Duration {
    Duration::from_mins(if mode == Mode::Load { 79 } else { 22 })
}

/// Time for all load of a mode.
pub fn budget(mode: Mode) -> Duration {
    match mode {
        Mode::Load | Mode::Thorough => Duration::from_mins(89),
        Mode::Outside => Duration::from_mins(28),
        Mode::Smoke => Duration::from_secs(10),
        _ => Duration::from_secs(58),
    }
}

/// Touches as much memory as any server will, once: a fresh page of a virtual machine costs three times as much
/// as one that it had before.
pub fn touch_memory(scenarios: &[ServerScenario]) {
    let bytes = scenarios
        .iter()
        .map(|scenario| memory(&Query::from(&scenario.key), scenario.key.scale));
    let bytes = bytes.max().unwrap_or(0);
    let pages = vec![1_u8; bytes as usize];
    std::hint::black_box(&pages);
}

/// Why a scenario cannot be measured here, if it cannot.
pub fn refused(lab: &Lab, query: &Query) -> Result<Option<Skipped>> {
    let live = query.scale.unwrap_or(scenario::LIVE);
    let refused = lab.refused(query)?.map(|why| (SkipReason::Toolchain, why));
    let over = || Some((SkipReason::Memory, lab.over_memory(memory(query, live))?));
    let limited_by = settings::get(Language::Go, &query.go)?.limited_by();
    let follows_twin = (limited_by == Some(LimitedBy::TwinPeak)).then(|| {
        let why = "the peak of a server depends on its load: limit2 is a setting for servers";
        (SkipReason::Limit, why.to_owned())
    });
    Ok(refused
        .or(follows_twin)
        .or_else(over)
        .map(|(reason, why)| Skipped {
            query: query.to_string(),
            reason,
            why,
        }))
}

/// Each query once, judged ones first, with its effort and number of blocks. With `few` cores the server has one
/// core anyway.
fn chosen(
    queries: &[Query],
    judged: &[Query],
    mode: Mode,
    few: bool,
) -> Result<Vec<(Query, bool, Effort, usize)>> {
    let mut chosen: Vec<(Query, bool, Effort, usize)> = Vec::new();
    for query in queries.iter().filter(|w| !(few && w.cores == "one")) {
        let is_known = |known: &Query| with_scale(known) == with_scale(query);
        if chosen.iter().any(|(known, ..)| is_known(known)) {
            continue;
        }
        let scenario = Scenario::parse(&query.case)?;
        // Equal rates for servers on two cores are only shown where the server has one.
        let lacks_cores = few && mode == Mode::Outside && matches!(scenario.pace, Pace::Even(_));
        let is_judged = is_judged(query, judged) && !lacks_cores;
        let live = query.scale.unwrap_or(scenario::LIVE);
        let (effort, blocks) = effort(mode, scenario, live, is_judged, is_dose(query));
        chosen.push((query.clone(), is_judged, effort, blocks));
    }
    chosen.sort_by_key(|(_, is_judged, ..)| !is_judged);
    Ok(chosen)
}

/// The scenarios of these queries, those that claims name first, and the skipped ones.
pub fn scenarios(
    lab: &Lab,
    queries: &[Query],
    judged: &[Query],
    mode: Mode,
    blocks: Option<usize>,
) -> Result<(Vec<ServerScenario>, Vec<Skipped>)> {
    let (mut scenarios, mut skipped) = (Vec::new(), Vec::new());
    let few = cores::all()?.len() <= 2;
    for (query, judged, effort, usual) in chosen(queries, judged, mode, few)? {
        if let Some(refused) = refused(lab, &query)? {
            skipped.push(refused);
            continue;
        }
        let program = |build| lab.program(build, scenario::TOPIC);
        let blocks = blocks.unwrap_or(usual);
        let mut scenario = ServerScenario::new(program, &query, effort, blocks)?;
        scenario.judged = judged;
        scenarios.push(scenario);
    }
    Ok((scenarios, skipped))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_claims_name_gets_blocks_for_an_interval_and_enough_requests() {
        let of = |mode, name, judged| {
            let scenario = Scenario::parse(name).unwrap();
            effort(mode, scenario, 0, judged, false)
        };
        let (whole, blocks) = of(Mode::Load, "load", true);
        assert_eq!(
            (blocks, whole.requests, whole.load.as_secs()),
            (BLOCKS, 20_000, 10)
        );
        let (dose, blocks) = of(Mode::Thorough, "load_plain", true);
        let dose = (blocks, dose.requests, dose.load.as_secs());
        assert_eq!(dose, (BLOCKS, 20_000, 5));
        assert_eq!(of(Mode::Load, "load_mixed", true).0.load, MIXED);
        let shown = of(Mode::Load, "load_75", false);
        assert_eq!((shown.1, shown.0.requests), (3, 0));
        assert_eq!(of(Mode::Quick, "load", true), (Effort::QUICK, 3));
        let blocks = |judged| of(Mode::Outside, "load_even75_1k", judged).1;
        assert_eq!([blocks(true), blocks(false)], [10, 3]);
    }

    #[test]
    fn what_is_judged_comes_first_and_nothing_twice() {
        let of = |texts: &[&str]| -> Vec<Query> {
            let query = texts.iter().map(|text| Query::parse(text));
            query.collect::<Result<_>>().unwrap()
        };
        let query = of(&[
            "server/load_75",
            "server/load@1000000",
            "server/load",
            "server/load cores=one",
            "server/load_soak",
        ]);
        let judged = of(&["server/load"]);
        let chosen = |few| chosen(&query, &judged, Mode::Load, few).unwrap();
        let names = |few| -> Vec<String> {
            let names = chosen(few).into_iter();
            let name = |(w, judged, _, blocks): (Query, bool, _, usize)| {
                format!("{} {judged} {blocks}", w.case)
            };
            names.map(name).collect()
        };
        let two = ["load true 8", "load_75 false 3", "load_soak false 1"];
        assert_eq!(names(true), two);
        assert_eq!(names(false).len(), 4);
        let soak = chosen(true).pop().unwrap().2;
        assert_eq!(soak, Effort::SOAK);
    }

    #[test]
    fn on_few_cores_a_claim_of_equal_rates_is_only_shown() {
        let query = ["server/load@0", "server/load_even75_1k@0"];
        let query = query.map(|text| Query::parse(text).unwrap());
        let judged = |few| -> Vec<bool> {
            let chosen = chosen(&query, &query, Mode::Outside, few).unwrap();
            chosen.iter().map(|(_, judged, ..)| *judged).collect()
        };
        assert_eq!(judged(true), [true, false]);
        assert_eq!(judged(false), [true, true]);
    }

    #[test]
    fn a_quick_run_fits_into_its_minute() {
        let (blocks, cost) = planned(Mode::Quick, &scenario::quick(), true).unwrap();
        assert!(blocks as u32 * cost <= budget(Mode::Quick), "{cost:?}");
    }

    #[test]
    fn the_load_of_other_sources_fits_into_its_time() {
        let even = ["server/load_even75_1k@0"; 4];
        let limits = [
            "server/load@0",
            "server/load_plain@0 go=limit1g",
            "server/load",
            "server/load_plain go=limit1g",
        ];
        let of = |query: &str| {
            let (blocks, cost) =
                planned(Mode::Outside, &Query::parse(query).unwrap(), true).unwrap();
            blocks as u32 * cost
        };
        let all: Duration = even.into_iter().chain(limits).map(of).sum();
        assert!(all <= budget(Mode::Outside), "{all:?}");
    }

    #[test]
    fn a_higher_gogc_takes_more_memory() {
        let of = |text: &str| memory(&Query::parse(text).unwrap(), 1_000_000);
        assert!(of("server/load go=gogc1600") > 5 * of("server/load"));
        assert!(of("server/load go=gogcoff") == of("server/load"));
        assert!(of("server/load go=limit5") == of("server/load go=gogc400"));
    }
}
