use super::*;
use Miss::{Overstated, Reversed, Understated};
use Outcome::{Met, Violated};
use lab_results::synthetic::estimate;

const FALSE: Outcome = Violated(Miss::False);

fn bound(least: Option<f64>, most: Option<f64>, neutral: Option<f64>) -> Bound {
    Bound {
        least,
        most,
        neutral,
    }
}

fn parts(outcomes: &[Outcome]) -> Vec<Part> {
    let named = outcomes.iter().zip(["grown", "churned", "third"]);
    let part = |(outcome, state): (&Outcome, &str)| Part {
        state: state.to_owned(),
        outcomes: vec![outcome.clone()],
        has_idle: false,
    };
    named.map(part).collect()
}

fn why() -> Reason {
    Reason::Noise { blocks: Some(40) }
}

fn open() -> Outcome {
    Outcome::Inconclusive(why())
}

const NOT_SO: Verdict = Verdict::False {
    parts_differ: false,
};

#[test]
fn the_whole_interval_has_to_lie_on_one_side_of_a_bound() {
    let within = |figure: Estimate| outcome(&figure, &bound(Some(1.6), Some(2.5), None));
    assert_eq!(within(estimate(1.6, 2.0, 2.5)), Met);
    assert_eq!(within(estimate(2.51, 3.0, 4.0)), FALSE);
    assert_eq!(within(estimate(0.5, 1.0, 1.5)), FALSE);
    let straddles = within(estimate(1.5, 2.0, 2.4));
    assert!(matches!(straddles, Outcome::Inconclusive(_)));
    let beyond = bound(Some(1.0), None, None);
    assert_eq!(outcome(&estimate(1.1, 9.0, 99.0), &beyond), Met);
    assert_eq!(outcome(&estimate(0.1, 0.5, 0.9), &beyond), FALSE);
}

#[test]
fn a_miss_has_the_direction_in_which_it_lies_from_no_effect() {
    let twice = bound(Some(1.6), Some(2.5), Some(1.0));
    let half = bound(Some(0.4), Some(0.625), Some(1.0));
    for (figure, of_twice, of_half) in [
        (estimate(9.0, 9.3, 9.9), Understated, Reversed),
        (estimate(1.1, 1.2, 1.3), Overstated, Reversed),
        (estimate(0.9, 1.0, 1.1), Overstated, Overstated),
        (estimate(0.7, 0.8, 0.9), Reversed, Overstated),
        (estimate(0.1, 0.2, 0.3), Reversed, Understated),
    ] {
        assert_eq!(outcome(&figure, &twice), Violated(of_twice), "{figure:?}");
        assert_eq!(outcome(&figure, &half), Violated(of_half), "{figure:?}");
    }
}

#[test]
fn nothing_is_overstated_where_the_bound_is_no_effect_itself() {
    let faster = bound(Some(1.0), None, Some(1.0));
    let slower = outcome(&estimate(0.6, 0.7, 0.8), &faster);
    assert_eq!(slower, Violated(Reversed));
    assert_eq!(faster.misses(), [Reversed].into());
    let less = bound(Some(0.48), Some(1.0), Some(1.0));
    assert_eq!(less.misses(), [Understated, Reversed].into());
}

#[test]
fn a_bound_around_no_effect_is_missed_by_going_further() {
    let at_most = bound(Some(0.0), Some(2.5), Some(1.0));
    let more = outcome(&estimate(2.6, 2.7, 2.8), &at_most);
    assert_eq!(more, Violated(Understated));
    assert_eq!(at_most.misses(), [Understated].into());
}

#[test]
fn every_way_to_miss_is_announced() {
    for least in [None, Some(-1.0), Some(0.0), Some(0.5), Some(1.0), Some(2.0)] {
        for most in [None, Some(-0.5), Some(1.0), Some(1.5), Some(3.0)] {
            for neutral in [None, Some(0.0), Some(1.0)] {
                let bound = bound(least, most, neutral);
                if least >= most && most.is_some() {
                    continue;
                }
                for middle in -80..80 {
                    let middle = f64::from(middle) / 20.0;
                    let figure = estimate(middle - 0.01, middle, middle + 0.01);
                    if let Violated(miss) = outcome(&figure, &bound) {
                        assert!(bound.misses().contains(&miss), "{bound:?}: {middle}");
                    }
                }
            }
        }
    }
}

#[test]
fn an_end_that_the_interval_does_not_reach_takes_no_blocks() {
    // Near 0, which it cannot fall below, and open because of the other end.
    let free = bound(Some(0.0), Some(0.02), None);
    let one_sided = bound(None, Some(0.02), None);
    let figure = estimate(0.001, 0.004, 0.024);
    let blocks = outcome(&figure, &free);
    assert_eq!(blocks, outcome(&figure, &one_sided));
    assert!(matches!(
        blocks,
        Outcome::Inconclusive(Reason::Noise { blocks: Some(_) })
    ));
}

#[test]
fn an_open_figure_says_how_many_blocks_would_tell_nine_times_of_ten() {
    let beyond = bound(Some(1.0), None, None);
    let noise = |blocks| Outcome::Inconclusive(Reason::Noise { blocks });
    assert_eq!(outcome(&estimate(0.9, 1.1, 1.3), &beyond), noise(Some(110)));
    let on_it = outcome(&estimate(0.9, 1.0, 1.1), &beyond);
    assert_eq!(on_it, noise(None));
    let far = outcome(&estimate(0.0, 1.01, 2.0), &beyond);
    assert_eq!(far, noise(None), "more than are ever measured");
}

#[test]
fn assertions_joined_by_and_fail_if_one_fails() {
    let and = |outcomes: &[Outcome]| verdict(Join::And, &parts(outcomes));
    assert_eq!(and(&[Met, Met]), Verdict::Holds);
    assert_eq!(and(&[Met, FALSE]), NOT_SO);
    assert_eq!(and(&[open(), FALSE]), NOT_SO);
    assert_eq!(and(&[open(), Met]), Verdict::Undecided(why()));
}

#[test]
fn a_reason_that_no_number_of_blocks_can_cure_comes_first() {
    let noise = Outcome::Inconclusive(Reason::Noise { blocks: Some(20) });
    let machine = Reason::Before("machine".to_owned());
    let parts = parts(&[noise, Outcome::Inconclusive(machine.clone())]);
    for join in [Join::And, Join::States] {
        assert_eq!(verdict(join, &parts), Verdict::Undecided(machine.clone()));
    }
}

#[test]
fn parts_that_miss_in_the_same_way_share_the_word() {
    let and = |outcomes: &[Outcome]| verdict(Join::And, &parts(outcomes));
    let both = [Violated(Understated), Violated(Understated)];
    assert_eq!(and(&both), Verdict::Understated);
    let parted = [Violated(Understated), Violated(Reversed)];
    let differ = Verdict::False { parts_differ: true };
    assert_eq!(and(&parted), differ);
    assert_eq!(and(&[Met, Violated(Overstated)]), Verdict::Overstated);
}

#[test]
fn one_assertion_in_several_states_depends_where_they_part() {
    let of = |outcomes: &[Outcome]| verdict(Join::States, &parts(outcomes));
    assert_eq!(of(&[Met, Met]), Verdict::Holds);
    assert_eq!(of(&[FALSE, FALSE]), NOT_SO);
    let depends = Verdict::Depends(On::NotIn(vec!["churned".to_owned()]));
    assert_eq!(of(&[Met, FALSE]), depends);
    assert_eq!(of(&[open(), FALSE]), Verdict::Undecided(why()));
}

#[test]
fn a_mean_that_rests_on_one_topic_says_nothing() {
    let of = |all: Outcome, without: [Outcome; 2]| {
        let named = ["list", "tree"].map(str::to_owned).into_iter();
        survives(all, named.zip(without))
    };
    assert_eq!(of(Met, [Met, Met]), Met);
    assert_eq!(of(FALSE, [FALSE, FALSE]), FALSE);
    let alone = Outcome::Inconclusive(Reason::RestsOn("tree".to_owned()));
    assert_eq!(of(Met, [Met, open()]), alone);
    assert_eq!(of(Met, [Met, FALSE]), alone);
    assert_eq!(of(open(), [Met, Met]), open());
}

#[test]
fn where_equal_shares_and_equal_rates_part_it_depends_on_the_headroom() {
    let of = |outcomes: &[Outcome]| verdict(Join::Headroom, &parts(outcomes));
    assert_eq!(of(&[Met, Met]), Verdict::Holds);
    assert_eq!(of(&[FALSE, Met]), Verdict::Depends(On::Headroom));
}

#[test]
fn where_sizes_part_it_depends_on_the_size() {
    let states = ["one, small", "other, small", "one, large", "other, large"];
    let of = |outcomes: [Outcome; 4]| {
        let named = states.into_iter().zip(outcomes);
        let part = |(state, outcome): (&str, Outcome)| Part {
            state: state.to_owned(),
            outcomes: vec![outcome],
            has_idle: false,
        };
        verdict(Join::Size, &named.map(part).collect::<Vec<_>>())
    };
    assert_eq!(of([Met, Met, Met, Met]), Verdict::Holds);
    assert_eq!(of([FALSE, Met, FALSE, Met]), NOT_SO);
    assert_eq!(of([FALSE, Met, Met, FALSE]), NOT_SO);
    let ways = [Violated(Reversed), Met, Violated(Understated), Met];
    assert_eq!(of(ways), Verdict::False { parts_differ: true });
    assert_eq!(of([Met, Met, Met, FALSE]), Verdict::Depends(On::Size));
    assert_eq!(of([Met, open(), FALSE, Met]), Verdict::Undecided(why()));
}

#[test]
fn a_claim_without_a_test_is_never_decided() {
    let none = Verdict::Undecided(Reason::NoTest);
    for join in [Join::And, Join::States, Join::Size, Join::Headroom] {
        assert_eq!(verdict(join, &[]), none);
    }
}

#[test]
fn where_wall_and_cpu_part_it_depends_on_spare_cores() {
    let of = |wall: Outcome, cpu: Outcome| {
        let part = Part {
            state: String::new(),
            outcomes: vec![wall, cpu],
            has_idle: false,
        };
        verdict(Join::And, &[part])
    };
    assert_eq!(of(Met, Met), Verdict::Holds);
    assert_eq!(of(open(), Met), Verdict::Undecided(why()));
    assert_eq!(of(Met, FALSE), Verdict::Depends(On::SpareCores));
    assert_eq!(of(FALSE, FALSE), NOT_SO);
    let differ = Verdict::False { parts_differ: true };
    assert_eq!(of(Violated(Overstated), Violated(Reversed)), differ);
}

#[test]
fn where_only_the_cpu_time_without_idle_marking_parts_it_depends_on_that() {
    let of = |outcomes: &[Outcome]| {
        let part = Part {
            state: String::new(),
            outcomes: outcomes.to_vec(),
            has_idle: true,
        };
        verdict(Join::And, &[part])
    };
    assert_eq!(of(&[Met, Met, FALSE]), Verdict::Depends(On::IdleMarking));
    assert_eq!(of(&[Met, FALSE]), Verdict::Depends(On::IdleMarking));
    assert_eq!(of(&[FALSE, Met, Met]), Verdict::Depends(On::SpareCores));
    assert_eq!(of(&[Met, Met, Met]), Verdict::Holds);
}

#[test]
fn a_second_assertion_in_states_never_saves_the_first() {
    let of = |outcomes: &[Outcome]| verdict(Join::AndStates, &parts(outcomes));
    assert_eq!(of(&[Met, Met, Met]), Verdict::Holds);
    assert_eq!(of(&[FALSE, Met, FALSE]), NOT_SO);
    assert_eq!(of(&[Met, FALSE, FALSE]), NOT_SO);
    let parted = Verdict::Depends(On::NotIn(vec!["third".to_owned()]));
    assert_eq!(of(&[Met, Met, FALSE]), parted);
    assert_eq!(of(&[open(), Met, FALSE]), Verdict::Undecided(why()));
}
