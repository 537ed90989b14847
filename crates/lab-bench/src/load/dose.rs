//! Doses: where only one language has a setting, the other has nothing to do.

use lab_results::{
    result::CaseKey,
    scenario::{Buffers, Pace, Scenario},
    settings::DEFAULT,
};
use lab_workspace::language::Language;

/// Whether a language has nothing to do: only the other one has a setting, and they do not get equal rates.
/// Randomly pooled memory says nothing about Go, whose collector works across requests.
pub fn idle(key: &CaseKey, scenario: Scenario, language: Language) -> bool {
    if scenario.buffers == Buffers::Mixed && language == Language::Go {
        return true;
    }
    let (own, other) = match language {
        Language::Go => (&key.go, &key.rust),
        Language::Rust => (&key.rust, &key.go),
    };
    !matches!(scenario.pace, Pace::Even(_)) && own == DEFAULT && other != DEFAULT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::duration::key;
    use lab_results::query::Query;

    #[test]
    fn a_dose_is_taken_of_the_side_that_is_set() {
        let of = |text: &str, language| {
            let query = Query::parse(text).unwrap();
            let scenario = Scenario::parse(&query.case).unwrap();
            idle(&key(&query, 0), scenario, language)
        };
        assert!(of("server/load_plain go=gogc400", Language::Rust));
        assert!(!of("server/load_plain go=gogc400", Language::Go));
        assert!(!of("server/load_plain", Language::Rust), "nothing is set");
        assert!(of("server/load go=gogc400", Language::Rust));
        assert!(of("server/load_mixed", Language::Go));
        assert!(!of("server/load_mixed", Language::Rust));
        assert!(
            !of("server/load_even go=gogc400", Language::Rust),
            "equal rates"
        );
    }
}
