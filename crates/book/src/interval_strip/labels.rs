//! Labels below a strip: each as near to its place as it can be, and no two of them touch.

use maud::{Markup, html};

/// The mean width of a character of a label, and what a short label may be wider, in pixels.
const CHARACTER: f64 = 6.8;
const WIDER: f64 = 7.0;

/// The least room between two labels, in pixels.
const GAP: f64 = 2.0;

/// The most lines of labels below a strip.
const MOST_ROWS: usize = 3;

/// A text below a place of the scale.
#[derive(Debug, Clone)]
pub struct Label {
    /// The place of its middle, in pixels of the narrowest width.
    pub at: f64,
    /// The text.
    pub text: String,
    /// Whether it gets a line of its own rather than none.
    pub is_needed: bool,
}

impl Label {
    fn half(&self) -> f64 {
        let width = self.text.chars().count() as f64 * CHARACTER + WIDER;
        width / 2.0
    }

    /// Where its middle is drawn: it does not reach over the ends of the strip.
    fn middle(&self, width: f64) -> f64 {
        let half = self.half().min(width / 2.0);
        self.at.clamp(half, width - half)
    }

    fn touches(&self, other: &Label, width: f64) -> bool {
        let distance = (self.middle(width) - other.middle(width)).abs();
        distance < self.half() + other.half() + GAP
    }

    /// It in a page, at any width.
    pub fn html(&self, width: f64) -> Markup {
        let half = self.half().min(width / 2.0);
        let place = self.at / width * 100.0;
        let left = format!("left:clamp({half:.1}px,{place:.1}%,100% - {half:.1}px)");
        html! { span style=(left) { (self.text) } }
    }
}

/// The labels in lines, each on the first line with room for it. One that is not needed stands on the first
/// line or is left out. A wider strip only moves labels further apart.
pub fn rows(labels: Vec<Label>, width: f64) -> Vec<Vec<Label>> {
    let mut rows: Vec<Vec<Label>> = Vec::new();
    for label in labels {
        let has_room = |row: &Vec<Label>| !row.iter().any(|other| other.touches(&label, width));
        let most = if label.is_needed { MOST_ROWS } else { 1 };
        match rows.iter().take(most).position(has_room) {
            Some(place) => rows[place].push(label),
            None if rows.len() < most => rows.push(vec![label]),
            None => {}
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(at: f64, text: &str, is_needed: bool) -> Label {
        Label {
            at,
            text: text.to_owned(),
            is_needed,
        }
    }

    #[test]
    fn a_label_that_would_touch_another_gets_a_line_or_is_left_out() {
        let near = [
            label(50.0, "64 µs", true),
            label(60.0, "70 µs", true),
            label(55.0, "50 µs", false),
            label(150.0, "1 ms", false),
        ];
        let rows = rows(near.to_vec(), 170.0);
        let texts = |row: &Vec<Label>| row.iter().map(|l| l.text.clone()).collect::<Vec<_>>();
        let shown: Vec<_> = rows.iter().map(texts).collect();
        assert_eq!(shown, [vec!["64 µs", "1 ms"], vec!["70 µs"]]);
    }

    #[test]
    fn labels_at_the_ends_stay_inside() {
        let all = vec![label(0.0, "0.01×", true), label(170.0, "20×", true)];
        let rows = rows(all, 170.0);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].iter().all(|label| {
            let middle = label.middle(170.0);
            middle - label.half() >= 0.0 && middle + label.half() <= 170.0
        }));
        let long = label(10.0, &"x".repeat(40), true);
        assert!((long.middle(170.0) - 85.0).abs() < 1e-9);
    }
}
