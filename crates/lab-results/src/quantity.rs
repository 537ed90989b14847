//! How quantities are written for people.

/// A number with three digits and its unit.
pub fn quantity(value: f64, unit: &str) -> String {
    let (number, unit) = match unit {
        "ns" => match value.abs() {
            size if size >= 1e9 => (value / 1e9, " s"),
            size if size >= 1e6 => (value / 1e6, " ms"),
            size if size >= 1e3 => (value / 1e3, " µs"),
            _ => (value, " ns"),
        },
        "bytes" => match value.abs() {
            size if size >= 1_048_576.0 => (value / 1_048_576.0, " MiB"),
            size if size >= 10_240.0 => (value / 1024.0, " KiB"),
            _ => (value, " B"),
        },
        "count" => return format!("{value:.0}"),
        "share" => (value * 100.0, " %"),
        "ratio" => (value, "x"),
        _ => (value, ""),
    };
    let digits = match number.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    format!("{number:.digits$}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_three_digits_and_their_unit() {
        for (value, unit, expected) in [
            (1.0, "ratio", "1.00x"),
            (12.34, "ratio", "12.3x"),
            (1234.0, "ns", "1.23 µs"),
            (999.6, "ns", "1000 ns"),
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
}
