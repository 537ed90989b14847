//! Doses: where one language alone is set, the other has nothing to do.

use lab_results::{
    points::{Buffers, Pace, Point},
    result::Subject,
    settings::DEFAULT,
};
use lab_workspace::language::Side;

/// Whether a side is left out: where one side alone is set, the other would do what it does with nothing
/// set, unless they get equal rates. Memory by chance tells nothing of Go, whose collector works across requests.
pub fn idle(subject: &Subject, point: Point, side: Side) -> bool {
    if point.buffers == Buffers::Mixed && side == Side::Go {
        return true;
    }
    let (own, other) = match side {
        Side::Go => (&subject.go, &subject.rust),
        Side::Rust => (&subject.rust, &subject.go),
    };
    !matches!(point.pace, Pace::Even(_)) && own == DEFAULT && other != DEFAULT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::cost::subject;
    use lab_results::query::Wanted;

    #[test]
    fn a_dose_is_taken_of_the_side_that_is_set() {
        let of = |text: &str, side| {
            let wanted = Wanted::parse(text).unwrap();
            let point = Point::parse(&wanted.case).unwrap();
            idle(&subject(&wanted, 0), point, side)
        };
        assert!(of("server/load_plain go=gogc400", Side::Rust));
        assert!(!of("server/load_plain go=gogc400", Side::Go));
        assert!(!of("server/load_plain", Side::Rust), "nothing is set");
        assert!(of("server/load go=gogc400", Side::Rust));
        assert!(of("server/load_mixed", Side::Go));
        assert!(!of("server/load_mixed", Side::Rust));
        assert!(
            !of("server/load_even go=gogc400", Side::Rust),
            "equal rates"
        );
    }
}
