//! Text that fits a terminal: how wide it is, lines broken between words, numbers with their nouns.

use std::env;

use console::Term;

use crate::quantity;

/// Largest width, and the width where neither a terminal nor `COLUMNS` gives one.
pub const WIDTH: usize = 80;

/// Below this width lines are no longer broken: words are longer.
const MIN_WIDTH: usize = 20;

/// The width for which tables are laid out: `COLUMNS`, or the terminal's, and at most 80.
pub fn width() -> usize {
    limit_width(columns())
}

/// The width in which sentences are broken: the width of tables, but unlimited in a file or a pipe.
pub fn prose_width() -> usize {
    columns().map_or(usize::MAX, |columns| limit_width(Some(columns)))
}

fn columns() -> Option<usize> {
    let named = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let terminal = || Some(usize::from(Term::stdout().size_checked()?.1));
    named.filter(|&columns| columns > 0).or_else(terminal)
}

fn limit_width(columns: Option<usize>) -> usize {
    columns.unwrap_or(WIDTH).clamp(MIN_WIDTH, WIDTH)
}

/// Text in lines of at most this many characters, broken between words.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A paragraph behind a head: its lines are as wide as `width` with the head, which stands before the first.
pub fn hang(head: &str, text: &str, width: usize) -> String {
    let head_width = console::measure_text_width(head);
    // Where the head takes half of a line, the others begin further left.
    let indent = if head_width > width / 2 {
        2
    } else {
        head_width
    };
    let mut lines = Vec::new();
    let mut line = head.to_owned();
    let mut used = head_width;
    let mut is_empty = true;
    for word in text.split_whitespace() {
        let length = console::measure_text_width(word);
        let space = usize::from(!is_empty);
        if used + space + length <= width {
            line.push_str(&" ".repeat(space));
            line.push_str(word);
            used += space + length;
        } else {
            if !line.trim().is_empty() {
                lines.push(line.trim_end().to_owned());
            }
            // A long word has more room further left.
            let fits = indent + length <= width;
            let indent = if fits { indent } else { indent.min(2) };
            line = " ".repeat(indent) + word;
            used = indent + length;
        }
        is_empty = false;
    }
    lines.push(line.trim_end().to_owned());
    lines.join("\n")
}

/// Breaks each line that is too long between words. A line that is indented by four spaces or more is code
/// or drawn, and stays as it is; the parts of a broken line are indented like it.
pub fn fit(text: &str, width: usize) -> String {
    let fitted = text.split('\n').map(|line| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if indent >= 4 || console::measure_text_width(line) <= width {
            return line.to_owned();
        }
        hang(&line[..indent], &line[indent..], width)
    });
    fitted.collect::<Vec<_>>().join("\n")
}

/// A text cut between words, with `…` where something is missing.
pub fn cut(text: &str, width: usize) -> String {
    match &wrap(text, width)[..] {
        [] => String::new(),
        [line] => line.clone(),
        _ => wrap(text, width.saturating_sub(2)).swap_remove(0) + " …",
    }
}

/// A number and what it counts: `1 block`, `2 blocks`.
pub fn count(number: usize, noun: &str) -> String {
    let written = quantity::whole(number);
    match number {
        1 => format!("1 {noun}"),
        _ if noun.ends_with(['s', 'h']) => format!("{written} {noun}es"),
        _ => format!("{written} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_at_most_80_and_never_too_small_for_words() {
        let widths = [None, Some(200), Some(60), Some(40), Some(3)].map(limit_width);
        assert_eq!(widths, [80, 80, 60, 40, MIN_WIDTH]);
    }

    #[test]
    fn no_line_is_longer_than_its_width() {
        let text = "a bb ccc dddd eeeee ffffff";
        assert_eq!(wrap(text, 8), ["a bb ccc", "dddd", "eeeee", "ffffff"]);
        assert!(wrap("", 8).is_empty());
        assert_eq!(
            hang("name  ", "one two three", 14),
            "name  one two\n      three"
        );
        assert_eq!(
            hang("a long name  ", "one two", 14),
            "a long name\n  one two"
        );
        for width in [20, 40, 60, 80] {
            let fitted = fit(
                &format!("{}\n  {}", "word ".repeat(40), "other ".repeat(30)),
                width,
            );
            assert!(
                fitted.lines().all(|line| line.chars().count() <= width),
                "{fitted}"
            );
            assert_eq!(fitted.split_whitespace().count(), 70);
        }
    }

    #[test]
    fn code_and_what_fits_stay_as_they_are() {
        let text = "short\n\n    target/release/cycles measure tree --scale 100000\n";
        assert_eq!(fit(text, 20), text);
    }

    #[test]
    fn a_cut_stands_between_words() {
        assert_eq!(cut("one two three", 80), "one two three");
        assert_eq!(cut("one two three", 10), "one two …");
        assert_eq!(cut("", 10), "");
    }

    #[test]
    fn one_is_no_plural() {
        let counted = [(0, "block"), (1, "block"), (2, "block"), (2000, "patch")];
        let counted = counted.map(|(number, noun)| count(number, noun));
        assert_eq!(
            counted,
            ["0 blocks", "1 block", "2 blocks", "2,000 patches"]
        );
    }
}
