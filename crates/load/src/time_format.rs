//! Formats times for people.

/// Nanoseconds as milliseconds with three digits.
pub(crate) fn milliseconds(nanoseconds: Option<u64>) -> String {
    let Some(nanoseconds) = nanoseconds else {
        return "-".to_owned();
    };
    let ms = nanoseconds as f64 / 1e6;
    match ms {
        100.0.. => format!("{ms:.0}"),
        10.0.. => format!("{ms:.1}"),
        1.0.. => format!("{ms:.2}"),
        _ => format!("{ms:.3}"),
    }
}
