//! Names that are not there: what was probably meant, and what there is.

/// A name that is this similar was probably meant; 1 is equal.
const SIMILAR: f64 = 0.6;

/// The known name that was probably meant, if any is similar enough. Case does not matter.
pub fn find_similar<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let similarity =
        |other: &str| strsim::normalized_damerau_levenshtein(&name, &other.to_lowercase());
    let similar = known.into_iter().map(|other| (similarity(other), other));
    let best = similar.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.filter(|(similarity, _)| *similarity >= SIMILAR)
        .map(|(_, other)| other)
}

/// Says that there is no such name: with the one that was probably meant, or with all that there are.
/// `lists` is a command that lists them, where they are many.
pub fn unknown_name(kind: &str, name: &str, known: &[&str], lists: Option<&str>) -> String {
    let missing = format!("no {kind} is called {name:?}");
    match (find_similar(name, known.iter().copied()), lists) {
        (Some(meant), Some(command)) => {
            format!("{missing}; did you mean {meant:?}? {command:?} lists them all")
        }
        (Some(meant), None) => {
            let all = known.join(", ");
            format!("{missing}; did you mean {meant:?}? There are {all}")
        }
        (None, Some(command)) => format!("{missing}; {command:?} lists them"),
        (None, None) => format!("{missing}; there are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_slip_of_the_finger_is_found() {
        let known = ["cycles", "allocation", "allocator", "cycles/tree", "A6"];
        for (name, meant) in [
            ("cylces", Some("cycles")),
            ("Cycle", Some("cycles")),
            ("allocater", Some("allocator")),
            ("cycles/tre", Some("cycles/tree")),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(find_similar(name, known), meant, "{name}");
        }
        assert_eq!(find_similar("x", []), None);
    }

    #[test]
    fn what_was_meant_is_said_first_then_what_there_is() {
        let known = ["go", "rust"];
        assert_eq!(
            unknown_name("language", "rut", &known, None),
            "no language is called \"rut\"; did you mean \"rust\"? There are go, rust"
        );
        assert_eq!(
            unknown_name("language", "c", &known, Some("list")),
            "no language is called \"c\"; \"list\" lists them"
        );
    }
}
