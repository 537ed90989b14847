//! The width of a line in a pair: two sources stand side by side on half a page each.

/// The rustfmt.toml of each pair's crate; its `max_width` is that width.
pub const RUSTFMT: &str = include_str!("../templates/rustfmt.toml.txt");

/// The columns of half a page, where rustfmt breaks the lines of a pair.
pub fn columns() -> usize {
    let width = RUSTFMT
        .lines()
        .find_map(|line| line.strip_prefix("max_width = "));
    let width = width.and_then(|width| width.trim().parse().ok());
    width.expect("rustfmt.toml of a new pair has a max_width")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_page_has_columns() {
        assert!((60..=100).contains(&columns()), "{}", columns());
    }
}
