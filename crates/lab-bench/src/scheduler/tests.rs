use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use anyhow::{anyhow, bail, ensure};
use serde_json::json;

use super::*;
use crate::failure::AnswersDiffer;
use lab_results::{
    result::{Measurement, Mode, ResultFile, SkipReason},
    store::Store,
    synthetic,
};

/// The effect of a try of a block, by its number.
type Try = Rc<dyn Fn(usize) -> Result<Option<Reject>>>;

/// An experiment that measures nothing.
pub struct Made {
    key: CaseKey,
    rank: Rank,
    blocks: usize,
    /// The blocks of all experiments, in order.
    taken: Rc<RefCell<Vec<String>>>,
    does: Try,
    begun: Rc<Cell<usize>>,
}

impl Made {
    pub fn new(case: &str, rank: Rank, blocks: usize) -> Self {
        Made {
            key: synthetic::key(&format!("x/{case}")),
            rank,
            blocks,
            taken: Rc::default(),
            does: Rc::new(|_| Ok(None)),
            begun: Rc::default(),
        }
    }

    fn doing(self, does: impl Fn(usize) -> Result<Option<Reject>> + 'static) -> Self {
        let does = Rc::new(does);
        Made { does, ..self }
    }
}

impl Experiment for Made {
    fn key(&self) -> &CaseKey {
        &self.key
    }

    fn own_scale(&self) -> bool {
        true
    }

    fn rank(&self) -> Rank {
        self.rank
    }

    fn blocks(&self) -> usize {
        self.blocks
    }

    fn cost(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn run_block(&self, _: u64, number: usize) -> Result<BlockResult> {
        self.begun.set(self.begun.get() + 1);
        self.taken.borrow_mut().push(self.key.case.clone());
        let rejected = (self.does)(number)?;
        let time = |ns: usize| synthetic::run_of(json!({"wall_ns": ns, "cpu_ns": ns}));
        let (go, rust) = (time(200 + 50 * (number % 2)), time(100));
        Ok(BlockResult {
            block: Block {
                control_of: "rust".to_owned(),
                ..synthetic::block_of(go, rust.clone(), rust)
            },
            rejected,
            cautions: vec![Caution::Moved],
            resident: Resident {
                go: vec![[0, number as u64]],
                rust: Vec::new(),
            },
        })
    }
}

#[derive(Default)]
struct Warned(RefCell<Vec<String>>);

impl Listener for Warned {
    fn steps(&self, _: usize) {}
    fn step(&self, _: &str) {}
    fn warn(&self, why: &str) {
        self.0.borrow_mut().push(why.to_owned());
    }
}

pub fn empty() -> ResultFile {
    let mut file = synthetic::file(Vec::new());
    file.request.mode = Mode::Load;
    file.complete = false;
    file
}

/// Experiments without a limit.
fn share(all: Vec<Made>) -> Share<'static> {
    let experiments = all.into_iter();
    let boxed = |made| Box::new(made) as Box<dyn Experiment>;
    Share::unlimited(experiments.map(boxed).collect())
}

/// Measures until it is stopped; returns the result and the warnings.
fn run(shares: Vec<Share>, found: ResultFile, stopped: &AtomicBool) -> (ResultFile, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut journal = store.begin(found).unwrap();
    let listener = Warned::default();
    let scheduler = Scheduler {
        stopped,
        listener: &listener,
    };
    scheduler.run(shares, &mut journal).unwrap();
    (journal.found.clone(), listener.0.into_inner())
}

fn measure(shares: Vec<Share>, found: ResultFile) -> (ResultFile, Vec<String>) {
    run(shares, found, &AtomicBool::new(false))
}

fn measurement<'a>(found: &'a ResultFile, case: &str) -> &'a Measurement {
    let mut all = found.measurements.iter();
    all.find(|m| m.key.case == case).unwrap()
}

/// One experiment of one block that does this, and the numbers of its tries.
fn one(
    does: impl Fn(usize) -> Result<Option<Reject>> + 'static,
) -> (ResultFile, Vec<String>, Vec<usize>) {
    let numbers = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&numbers);
    let made = Made::new("one", Rank::Judged, 1).doing(move |number| {
        noted.borrow_mut().push(number);
        does(number)
    });
    let (found, warned) = measure(vec![share(vec![made])], empty());
    let numbers = numbers.borrow().clone();
    (found, warned, numbers)
}

#[test]
fn a_rejected_block_is_tried_twice_more() {
    let (found, _, tries) = one(|number| Ok((number < 1).then_some(Reject::Stolen)));
    assert_eq!(measurement(&found, "one").blocks.len(), 1);
    assert_eq!(
        measurement(&found, "one").blocks[0].cautions,
        [Caution::Moved]
    );
    assert_eq!(measurement(&found, "one").rejected, [Reject::Stolen]);
    assert_eq!(tries, [0, 1]);
    let (found, _, tries) = one(|_| Ok(Some(Reject::Stalled)));
    assert!(measurement(&found, "one").blocks.is_empty() && found.skipped.is_empty());
    assert_eq!(measurement(&found, "one").rejected, [Reject::Stalled; 3]);
    assert_eq!(tries, [0, 1, 2]);
}

#[test]
fn a_failed_block_is_tried_twice_more_and_ends_nothing_before() {
    let once = |number| {
        ensure!(number > 0, "a request failed");
        Ok(None)
    };
    let (found, warned, tries) = one(once);
    assert_eq!(
        (measurement(&found, "one").blocks.len(), tries),
        (1, vec![0, 1])
    );
    assert!(found.skipped.is_empty());
    let expected = "warning: x/one@1: a block failed and is taken again: a request failed";
    assert_eq!(warned, [expected]);
    let (found, _, tries) = one(|_| Err(anyhow!("a request failed")));
    assert_eq!(tries, [0, 1, 2]);
    assert_eq!(found.skipped[0].reason, SkipReason::Failed);
    assert_eq!(found.skipped[0].why, "a request failed");
}

#[test]
fn answers_that_differ_are_not_tried_again() {
    let (found, _, tries) = one(|_| Err(AnswersDiffer("7 and 8".into()).into()));
    assert_eq!(tries, [0]);
    assert_eq!(found.skipped[0].reason, SkipReason::Answers);
}

#[test]
fn what_fails_leaves_the_others_alone() {
    let bad = Made::new("bad", Rank::Judged, 4).doing(|number| match number {
        0 => Ok(None),
        _ => bail!("it is gone"),
    });
    let good = Made::new("good", Rank::Judged, 4);
    let (found, _) = measure(vec![share(vec![bad, good])], empty());
    assert_eq!(measurement(&found, "bad").blocks.len(), 1);
    assert_eq!(measurement(&found, "good").blocks.len(), 4);
    assert_eq!(found.skipped.len(), 1);
}

/// Experiments of two kinds that note their order, and stop the run after this number of blocks.
fn kinds(
    until: usize,
    stopped: &Rc<AtomicBool>,
) -> (Vec<Share<'static>>, Rc<RefCell<Vec<String>>>) {
    let taken: Rc<RefCell<Vec<String>>> = Rc::default();
    let made = |case, rank, blocks| {
        let (noted, stopped) = (Rc::clone(&taken), Rc::clone(stopped));
        let made = Made::new(case, rank, blocks).doing(move |_| {
            if noted.borrow().len() > until {
                stopped.store(true, Relaxed);
            }
            Ok(None)
        });
        let taken = Rc::clone(&taken);
        Made { taken, ..made }
    };
    let cases = vec![
        made("tree", Rank::Judged, 10),
        made("list", Rank::Judged, 10),
    ];
    let load = vec![
        made("load_soak", Rank::Long, 1),
        made("load_75", Rank::Shown, 3),
        made("load", Rank::Judged, 10),
    ];
    (vec![share(cases), share(load)], taken)
}

#[test]
fn a_run_that_is_cut_has_as_many_blocks_of_all_that_is_judged_and_goes_on_where_it_was() {
    let stopped = Rc::new(AtomicBool::new(false));
    let (shares, _) = kinds(20, &stopped);
    let (cut, _) = run(shares, empty(), &stopped);
    for case in ["tree", "list", "load"] {
        let blocks = measurement(&cut, case).blocks.len();
        assert!((6..=7).contains(&blocks), "{case}: {blocks}");
    }
    assert!(measurement(&cut, "load_75").blocks.is_empty());
    let curve = |found: &ResultFile| measurement(found, "load").resident.go.clone();
    assert_eq!(curve(&cut), [[0, 0]], "that of the first block");
    let stopped = Rc::new(AtomicBool::new(false));
    let (shares, taken) = kinds(usize::MAX, &stopped);
    let (whole, _) = run(shares, cut, &stopped);
    let taken = taken.borrow();
    assert_eq!(taken.len(), 10 + 3 + 1, "nothing twice: {taken:?}");
    assert_eq!(taken.last().map(String::as_str), Some("load_soak"));
    for (case, blocks) in [("tree", 10), ("load", 10), ("load_75", 3), ("load_soak", 1)] {
        assert_eq!(measurement(&whole, case).blocks.len(), blocks, "{case}");
    }
    assert_eq!(curve(&whole), [[0, 0]], "kept when it went on");
}

#[test]
fn a_round_holds_one_block_of_each_of_all_kinds() {
    let stopped = Rc::new(AtomicBool::new(false));
    let (shares, taken) = kinds(usize::MAX, &stopped);
    run(shares, empty(), &stopped);
    let taken = taken.borrow();
    for round in taken[..30].chunks(3) {
        let mut round = round.to_vec();
        round.sort();
        assert_eq!(round, ["list", "load", "tree"]);
    }
    assert!(taken[30..33].iter().all(|case| case == "load_75"));
}

/// Experiments with a pilot, within this time.
fn pilot(seconds: u64) -> Share<'static> {
    let budget = Budget {
        total: Duration::from_secs(seconds),
        ..Budget::of_mode(Mode::Claims)
    };
    Share {
        time: Some(budget.total),
        pilot: Some(budget),
        ..share(vec![
            Made::new("judged", Rank::Judged, 0),
            Made::new("shown", Rank::Shown, 0),
        ])
    }
}

#[test]
fn first_blocks_decide_how_many_more_a_judged_experiment_has() {
    let (found, _) = measure(vec![pilot(1000)], empty());
    let judged = measurement(&found, "judged");
    assert!(
        judged.needed_blocks > Some(10),
        "{:?}",
        judged.needed_blocks
    );
    assert_eq!(
        Some(judged.blocks.len()),
        judged.needed_blocks.map(|needed| needed.min(60))
    );
    assert_eq!(measurement(&found, "shown").blocks.len(), 3);
}

#[test]
fn where_there_is_no_time_nothing_is_taken_and_the_reason_is_told() {
    let share = Share {
        time: Some(Duration::from_millis(500)),
        ..pilot(1)
    };
    let (found, _) = measure(vec![share], empty());
    assert!(found.measurements.iter().all(|m| m.blocks.is_empty()));
    let reasons: Vec<_> = found.skipped.iter().map(|left| left.reason).collect();
    assert_eq!(reasons, [SkipReason::Budget; 2]);
}

#[test]
fn a_run_that_goes_on_has_what_is_left_of_its_time_and_counts_its_tries() {
    let share = || Share {
        time: Some(Duration::from_secs(100)),
        ..share(vec![Made::new("one", Rank::Judged, 9)])
    };
    let (whole, _) = measure(vec![share()], empty());
    let tries = measurement(&whole, "one").tries;
    assert_eq!((tries.count, tries.failed), (9, 0));
    let mut cut = whole;
    let earlier = &mut cut.measurements[0];
    earlier.blocks.truncate(3);
    earlier.tries = Tries {
        count: 5,
        failed: 2,
        time_ns: 50_000_000_000,
    };
    // A try took ten seconds, and fifty are left.
    let (resumed, _) = measure(vec![share()], cut);
    let one = measurement(&resumed, "one");
    assert_eq!(
        (one.blocks.len(), one.tries.count, one.tries.failed),
        (9, 11, 2)
    );
    let mut late = resumed;
    late.measurements[0].blocks.truncate(3);
    late.measurements[0].tries.time_ns = 99_000_000_000;
    let (late, _) = measure(vec![share()], late);
    assert_eq!(
        measurement(&late, "one").blocks.len(),
        3,
        "no time is left for another"
    );
}

#[test]
fn a_run_that_goes_on_decides_as_one_that_was_never_stopped() {
    let (whole, _) = measure(vec![pilot(1000)], empty());
    let mut cut = whole.clone();
    let judged = cut
        .measurements
        .iter_mut()
        .find(|m| m.key.case == "judged")
        .unwrap();
    judged.blocks.truncate(8);
    let (resumed, _) = measure(vec![pilot(1000)], cut);
    let blocks = |found: &ResultFile| measurement(found, "judged").blocks.len();
    assert_eq!(blocks(&resumed), blocks(&whole));
    assert_eq!(
        measurement(&resumed, "judged").needed_blocks,
        measurement(&whole, "judged").needed_blocks
    );
}
