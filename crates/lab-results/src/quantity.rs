//! How quantities are written for people.

/// A number with three digits and its unit; for columns, in which digits stand below each other.
pub fn quantity(value: f64, unit: &str) -> String {
    let (scale, unit) = scale(value, unit);
    number(value / scale, unit, 3) + unit.word()
}

/// A number with three digits and its unit, without zeros that tell nothing: `2.15×`, `64 µs`.
pub fn plain(value: f64, unit: &str) -> String {
    let (scale, unit) = scale(value, unit);
    trimmed(number(value / scale, unit, 3)) + unit.word()
}

/// A number for a sentence: two digits, three where the first is a one.
pub fn brief(value: f64, unit: &str) -> String {
    let (scale, unit) = scale(value, unit);
    let value = value / scale;
    let leads_with_one = first_digit(value) == Some('1');
    let digits = match value.abs() {
        size if size < 0.0995 => 4,
        size if size < 0.995 => 3,
        _ if leads_with_one => 3,
        _ => 2,
    };
    trimmed(number(value, unit, digits)) + unit.word()
}

/// A whole number, with commas between thousands: `12,000`.
pub fn whole(number: usize) -> String {
    grouped(&number.to_string())
}

/// A text of a program with commas between the thousands of its whole numbers: `of 1,000 runs`. A number that is
/// part of a word, such as a day or an address, stays as it is.
pub fn with_commas(text: &str) -> String {
    let word = |word: &str| {
        let is_digit = |c: char| c.is_ascii_digit();
        let start = word.find(is_digit)?;
        let end = word.rfind(is_digit)? + 1;
        let (before, number, after) = (&word[..start], &word[start..end], &word[end..]);
        let is_alone = number.chars().all(is_digit)
            && (number == "0" || !number.starts_with('0'))
            && before.chars().all(|c| "([“\"".contains(c))
            && after.chars().all(|c| ")]”\",;:.".contains(c));
        is_alone.then(|| format!("{before}{}{after}", grouped(number)))
    };
    let words: Vec<&str> = text.split(' ').collect();
    let written = words.iter().enumerate().map(|(place, one)| {
        let Some(number) = word(one) else {
            return (*one).to_owned();
        };
        // Beside a comma between thousands one between numbers would be misread.
        let next = words.get(place + 1).and_then(|next| word(next));
        let has_thousands = |number: &str| number.trim_end_matches(',').contains(',');
        match number.strip_suffix(',') {
            Some(bare) if next.is_some_and(|next| has_thousands(&next) || has_thousands(bare)) => {
                format!("{bare} and")
            }
            _ => number,
        }
    });
    written.collect::<Vec<_>>().join(" ")
}

/// A number with its interval, whose ends have the number's own unit: `2.15× [2.01, 2.32]`.
pub fn with_interval(value: f64, low: f64, high: f64, unit: &str) -> String {
    let (scale, unit) = scale(value, unit);
    let [value, low, high] = [value, low, high].map(|x| trimmed(number(x / scale, unit, 3)));
    // Behind a comma between thousands another comma would be misread.
    let between = if (low.clone() + &high).contains(',') {
        " to "
    } else {
        ", "
    };
    format!("{value}{} [{low}{between}{high}]", unit.word())
}

/// The interval of a number, in the number's own unit: `2.01 to 2.32`.
pub fn interval(value: f64, low: f64, high: f64, unit: &str) -> String {
    let (scale, unit) = scale(value, unit);
    let [low, high] = [low, high].map(|x| trimmed(number(x / scale, unit, 3)));
    format!("{low} to {high}")
}

/// How a unit is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    /// Whole numbers.
    Count,
    /// Numbers with a word behind them.
    Of(&'static str),
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Unit::Count => "",
            Unit::Of(word) => word,
        }
    }
}

/// What a value is divided by for people, and its unit then.
fn scale(value: f64, unit: &str) -> (f64, Unit) {
    let (scale, word) = match unit {
        "ns" => match value.abs() {
            size if size >= 1e9 => (1e9, " s"),
            size if size >= 1e6 => (1e6, " ms"),
            size if size >= 1e3 => (1e3, " µs"),
            _ => (1.0, " ns"),
        },
        "bytes" => match value.abs() {
            size if size >= 1_048_576.0 => (1_048_576.0, " MiB"),
            size if size >= 10_240.0 => (1024.0, " KiB"),
            _ => (1.0, " B"),
        },
        "count" => return (1.0, Unit::Count),
        "share" => (0.01, " %"),
        "ratio" => (1.0, "×"),
        _ => (1.0, ""),
    };
    (scale, Unit::Of(word))
}

/// A number with as many digits that count, but no more than two behind the point.
fn number(value: f64, unit: Unit, digits: usize) -> String {
    if unit == Unit::Count {
        return grouped(&format!("{value:.0}"));
    }
    let places = match value.abs() {
        size if size >= 99.95 => digits.saturating_sub(3),
        size if size >= 9.995 => digits.saturating_sub(2),
        _ => digits.saturating_sub(1),
    };
    grouped(&format!("{value:.places$}"))
}

/// Commas between thousands: `12,000`.
fn grouped(number: &str) -> String {
    let whole = number.find('.').unwrap_or(number.len());
    let mut grouped = String::new();
    for (place, sign) in number.char_indices() {
        let has_digit_before = grouped.ends_with(|c: char| c.is_ascii_digit());
        if place < whole && has_digit_before && (whole - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(sign);
    }
    grouped
}

fn first_digit(value: f64) -> Option<char> {
    let text = format!("{:.2}", value.abs());
    text.chars().find(|c| c.is_ascii_digit() && *c != '0')
}

/// A number without the zeros at its end.
fn trimmed(number: String) -> String {
    if number.contains('.') {
        number
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_three_digits_and_their_unit() {
        for (value, unit, expected) in [
            (1.0, "ratio", "1.00×"),
            (12.34, "ratio", "12.3×"),
            (1234.0, "ns", "1.23 µs"),
            (999.6, "ns", "1,000 ns"),
            (5.6e6, "ns", "5.60 ms"),
            (2e9, "ns", "2.00 s"),
            (17.0, "bytes", "17.0 B"),
            (3e6, "bytes", "2.86 MiB"),
            (0.0213, "share", "2.13 %"),
            (-0.5, "share", "-50.0 %"),
            (7.0, "count", "7"),
        ] {
            assert_eq!(quantity(value, unit), expected);
        }
    }

    #[test]
    fn a_sentence_has_fewer_digits_and_no_zeros_that_tell_nothing() {
        for (value, unit, shown, brief_text) in [
            (1.0, "ratio", "1×", "1×"),
            (9.31, "ratio", "9.31×", "9.3×"),
            (1.746, "ratio", "1.75×", "1.75×"),
            (0.604, "ratio", "0.6×", "0.6×"),
            (13.17, "ratio", "13.2×", "13.2×"),
            (64_000.0, "ns", "64 µs", "64 µs"),
            (197_400.0, "ns", "197 µs", "197 µs"),
            (10.34e6, "ns", "10.3 ms", "10.3 ms"),
            (0.2241, "share", "22.4 %", "22 %"),
            (0.8812, "share", "88.1 %", "88 %"),
            (1024.0 * 1024.0, "bytes", "1 MiB", "1 MiB"),
            (1246.0, "count", "1,246", "1,246"),
            (0.0107, "ratio", "0.01×", "0.011×"),
            (0.984, "ratio", "0.98×", "0.98×"),
            (-0.5, "", "-0.5", "-0.5"),
        ] {
            assert_eq!(
                [plain(value, unit), brief(value, unit)],
                [shown, brief_text]
            );
        }
    }

    #[test]
    fn thousands_have_a_comma_between_them() {
        for (number, written) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_000, "12,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(whole(number), written);
            assert_eq!(plain(number as f64, "count"), written);
        }
        assert_eq!(plain(-123_456.0, ""), "-123,456");
        assert_eq!(plain(-123.0, "ratio"), "-123×");
        assert_eq!(plain(0.25, ""), "0.25");
        assert_eq!(plain(1.5e12, "ns"), "1,500 s");
    }

    #[test]
    fn whole_numbers_in_a_text_get_their_commas_and_others_stay() {
        for (text, shown) in [
            ("of 1000 runs, 0 in Go", "of 1,000 runs, 0 in Go"),
            ("freed, alive: 1000, 0", "freed, alive: 1,000 and 0"),
            ("0, 1000 in Rust; 990, 990", "0 and 1,000 in Rust; 990, 990"),
            ("0.99×; 1200290 B; (4436).", "0.99×; 1,200,290 B; (4,436)."),
            ("rustc E0382 on 2026-11-28", "rustc E0382 on 2026-11-28"),
            (
                "list@1000000 at 127.0.0.1:39381",
                "list@1000000 at 127.0.0.1:39381",
            ),
            ("1234.5 and 0755 and 5000×2", "1234.5 and 0755 and 5000×2"),
            ("999  é ", "999  é "),
            ("", ""),
        ] {
            assert_eq!(with_commas(text), shown);
        }
    }

    #[test]
    fn an_interval_has_the_unit_of_its_value() {
        let text = with_interval(642e3, 141e3, 1.15e6, "ns");
        assert_eq!(text, "642 µs [141 to 1,150]");
        assert_eq!(
            with_interval(2.152, 2.01, 2.32, "ratio"),
            "2.15× [2.01, 2.32]"
        );
        assert_eq!(interval(642e3, 141e3, 1.15e6, "ns"), "141 to 1,150");
    }
}
