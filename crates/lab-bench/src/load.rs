//! The servers under load: cases that no program measures by itself, because a process apart has to ask.
//!
//! A block runs both servers and the control once each, in random order. Each is a fresh process that
//! finds its capacity, stands under load at a share of it, and shows its capacity again. Blocks, journal
//! and results are those of all other cases.

mod ask;
pub mod attack;
mod attribution;
pub mod capacity;
mod connections;
mod cost;
mod dose;
mod drive;
pub mod effort;
mod figures;
mod mixed;
pub mod own;
mod scenario;
mod server_probes;
mod soak;

use std::time::Duration;

use anyhow::Result;

use self::effort::Effort;
use lab_results::{
    points::{self, Buffers, Pace, Point, Purpose},
    query::Wanted,
    result::{Because, LeftOut, OUTSIDE, SMOKE},
};
use lab_workspace::cores;

use crate::measure::Lab;
pub use scenario::{Scenario, share};

/// A live object takes less, with its place in the table of all.
const LIVE_BYTES: u64 = 128;

/// What a server takes besides, and for each connection.
const BASE_BYTES: u64 = 256 << 20;
const CONNECTION_BYTES: u64 = 64 << 10;

/// About how much memory a point takes at most.
fn memory(wanted: &Wanted, live: u64) -> u64 {
    if wanted.go == "limit2g" {
        return (2 << 30) + BASE_BYTES;
    }
    let percent = wanted.go.strip_prefix("gogc").map_or(Ok(100), str::parse);
    let times = 1 + percent.unwrap_or(100_u64).div_ceil(100);
    let connections = Point::parse(&wanted.case).map_or(0, Point::most_connections);
    let connected = connections as u64 * CONNECTION_BYTES;
    times * (live * LIVE_BYTES + connected + (32 << 20)) + BASE_BYTES
}

/// The blocks of a point on which verdicts rest: with more of them the plan is longer than ninety minutes.
const BLOCKS: usize = 8;

/// So many requests that twenty lie beyond p99.9.
const REQUESTS: u64 = 20_000;

/// How long requests come whose memory is fresh or pooled by chance: long enough for some fifty stalls of each
/// kind.
const MIXED: Duration = Duration::from_secs(14);

/// The efforts and blocks of a mode: what claims name gets eight blocks and, where they ask for p99.9, so
/// many requests that twenty lie beyond it; what is only shown gets three.
fn effort(mode: &str, point: Point, live: u64, judged: bool, is_dose: bool) -> (Effort, usize) {
    if !matches!(mode, "load" | "claims" | "thorough" | OUTSIDE) {
        return (Effort::QUICK, 3);
    }
    if mode == OUTSIDE {
        // Small requests over nothing alive: their capacity stands still at once.
        return (Effort::QUICK, if judged { 10 } else { 3 });
    }
    match point.purpose {
        Purpose::Latency => {}
        // Windows and shifts stand for blocks.
        Purpose::Soak => return (Effort::SOAK, 1),
        Purpose::Watch => return (Effort::WATCH, 1),
        Purpose::Connections => return (Effort::EACH, 3),
    }
    if !judged {
        return (Effort::SHOWN, 3);
    }
    if point.buffers == Buffers::Mixed {
        let whole = Effort {
            load: MIXED,
            ..Effort::WHOLE
        };
        return (whole, BLOCKS);
    }
    // On the article's own server memory is watched for ten seconds.
    let swings = live == 0 && point.buffers == Buffers::Fresh && matches!(point.pace, Pace::Own(_));
    let load = Duration::from_secs(if swings { 10 } else { 5 });
    // P1 and P2 set the machine's own latency beside that of the main point.
    let usual = point.buffers == Buffers::Fresh && !matches!(point.pace, Pace::Plain);
    let whole = Effort {
        load,
        // Dose and response are read at p99.
        requests: if is_dose { 0 } else { REQUESTS },
        floor: live > 0 && usual,
        ..Effort::WHOLE
    };
    (whole, BLOCKS)
}

/// Whether it is taken to see how a figure answers to a setting of the collector.
fn is_dose(wanted: &Wanted) -> bool {
    wanted.go.starts_with("gogc")
}

/// How many blocks of it a mode takes, and about how long one is.
pub fn planned(mode: &str, wanted: &Wanted, judged: bool) -> Result<(usize, Duration)> {
    let point = Point::parse(&wanted.case)?;
    let live = wanted.scale.unwrap_or(points::LIVE);
    let (effort, blocks) = effort(mode, point, live, judged, is_dose(wanted));
    let subject = cost::subject(wanted, live);
    Ok((blocks, cost::of_block(&subject, point, &effort)))
}

/// Whether a verdict rests on it.
pub fn is_judged(wanted: &Wanted, judged: &[Wanted]) -> bool {
    judged.iter().any(|judged| own(judged) == own(wanted))
}

/// The same with as many live objects as it means that names no number.
fn own(wanted: &Wanted) -> Wanted {
    Wanted {
        scale: wanted.scale.or(Some(points::LIVE)),
        ..wanted.clone()
    }
}

/// How long the load of a part of the reference may take: all of its time, or what cases leave of it.
pub fn reference_budget(mode: &str) -> Duration {
    Duration::from_mins(if mode == "load" { 79 } else { 15 })
}

/// How long all load of a mode may take.
pub fn budget(mode: &str) -> Duration {
    match mode {
        "load" | "thorough" => Duration::from_mins(89),
        OUTSIDE => Duration::from_mins(15),
        SMOKE => Duration::from_secs(10),
        _ => Duration::from_secs(58),
    }
}

/// Touches as much memory as any server will, once: fresh pages of a virtual machine cost three times as
/// much as those that it had before.
pub fn touch_memory(scenarios: &[Scenario]) {
    let of = |scenario: &Scenario| memory(&Wanted::from(&scenario.subject), scenario.subject.scale);
    let bytes = scenarios.iter().map(of).max().unwrap_or(0);
    let pages = vec![1_u8; bytes as usize];
    std::hint::black_box(&pages);
}

/// Why a point cannot be measured here, if it cannot.
pub fn refused(lab: &Lab, wanted: &Wanted) -> Result<Option<LeftOut>> {
    let live = wanted.scale.unwrap_or(points::LIVE);
    let refused = lab.refused(wanted)?.map(|why| (Because::Toolchain, why));
    let over = || Some((Because::Memory, lab.over_memory(memory(wanted, live))?));
    Ok(refused.or_else(over).map(|(because, why)| LeftOut {
        subject: wanted.to_string(),
        because,
        why,
    }))
}

/// What is wanted once each, those first on which verdicts rest, each with its effort and blocks; with `few`
/// cores the server has one anyway.
fn chosen(
    wanted: &[Wanted],
    judged: &[Wanted],
    mode: &str,
    few: bool,
) -> Result<Vec<(Wanted, bool, Effort, usize)>> {
    let mut chosen: Vec<(Wanted, bool, Effort, usize)> = Vec::new();
    for wanted in wanted.iter().filter(|w| !(few && w.cores == "one")) {
        if chosen.iter().any(|(known, ..)| own(known) == own(wanted)) {
            continue;
        }
        // What another source says of two cores for the server is only shown where it has one.
        let is_judged = is_judged(wanted, judged) && !(few && mode == OUTSIDE);
        let live = wanted.scale.unwrap_or(points::LIVE);
        let (effort, blocks) = effort(
            mode,
            Point::parse(&wanted.case)?,
            live,
            is_judged,
            is_dose(wanted),
        );
        chosen.push((wanted.clone(), is_judged, effort, blocks));
    }
    chosen.sort_by_key(|(_, is_judged, ..)| !is_judged);
    Ok(chosen)
}

/// The scenarios that are wanted, those that claims name first.
pub fn scenarios(
    lab: &Lab,
    wanted: &[Wanted],
    judged: &[Wanted],
    mode: &str,
    blocks: Option<usize>,
) -> Result<(Vec<Scenario>, Vec<LeftOut>)> {
    let (mut scenarios, mut left_out): (Vec<Scenario>, Vec<LeftOut>) = (Vec::new(), Vec::new());
    let few = cores::all()?.len() <= 2;
    for (wanted, judged, effort, usual) in chosen(wanted, judged, mode, few)? {
        if let Some(left) = refused(lab, &wanted)? {
            left_out.push(left);
            continue;
        }
        let program = |build| lab.program(build, points::TOPIC);
        let mut scenario = Scenario::new(program, &wanted, effort, blocks.unwrap_or(usual))?;
        scenario.judged = judged;
        scenarios.push(scenario);
    }
    Ok((scenarios, left_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_claims_name_gets_blocks_for_an_interval_and_enough_requests() {
        let of = |mode, name, judged| {
            let point = Point::parse(name).unwrap();
            effort(mode, point, 0, judged, false)
        };
        let (whole, blocks) = of("load", "load", true);
        assert_eq!(
            (blocks, whole.requests, whole.load.as_secs()),
            (BLOCKS, 20_000, 10)
        );
        let (dose, blocks) = of("thorough", "load_plain", true);
        let told = (blocks, dose.requests, dose.load.as_secs());
        assert_eq!(told, (BLOCKS, 20_000, 5));
        assert_eq!(of("load", "load_mixed", true).0.load, MIXED);
        let shown = of("load", "load_75", false);
        assert_eq!((shown.1, shown.0.requests), (3, 0));
        assert_eq!(of("quick", "load", true), (Effort::QUICK, 3));
        let blocks = |judged| of(OUTSIDE, "load_even75_1k", judged).1;
        assert_eq!([blocks(true), blocks(false)], [10, 3]);
    }

    #[test]
    fn what_is_judged_comes_first_and_nothing_twice() {
        let of = |texts: &[&str]| -> Vec<Wanted> {
            let wanted = texts.iter().map(|text| Wanted::parse(text));
            wanted.collect::<Result<_>>().unwrap()
        };
        let wanted = of(&[
            "server/load_75",
            "server/load@1000000",
            "server/load",
            "server/load cores=one",
            "server/load_soak",
        ]);
        let judged = of(&["server/load"]);
        let chosen = |few| chosen(&wanted, &judged, "load", few).unwrap();
        let names = |few| -> Vec<String> {
            let names = chosen(few).into_iter();
            let name = |(w, judged, _, blocks): (Wanted, bool, _, usize)| {
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
    fn a_quick_run_fits_into_its_minute() {
        let (blocks, cost) = planned("quick", &points::quick(), true).unwrap();
        assert!(blocks as u32 * cost <= budget("quick"), "{cost:?}");
    }

    #[test]
    fn the_equal_rates_of_another_source_fit_into_their_quarter_of_an_hour() {
        let wanted = Wanted::parse("server/load_even75_1k@0").unwrap();
        let (blocks, cost) = planned(OUTSIDE, &wanted, true).unwrap();
        assert!(4 * blocks as u32 * cost <= budget(OUTSIDE));
    }

    #[test]
    fn a_higher_gogc_takes_more_memory() {
        let of = |text: &str| memory(&Wanted::parse(text).unwrap(), 1_000_000);
        assert!(of("server/load go=gogc1600") > 5 * of("server/load"));
        assert!(of("server/load go=gogcoff") == of("server/load"));
    }
}
