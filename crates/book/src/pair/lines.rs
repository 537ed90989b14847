//! The lines of a row: painted, numbered, with a mark where the languages part.

use std::{collections::BTreeSet, fmt::Write as _, ops::Range};

use maud::{Markup, PreEscaped, html};

use super::{Pair, Row, SIDES};
use crate::highlight::escaped;

impl Pair {
    /// Lines of a side as code; those that tell where the languages part stand out.
    pub(super) fn code(
        &self,
        class: &str,
        side: usize,
        lines: &Range<usize>,
        telling: &[usize],
    ) -> Markup {
        let class = (!class.is_empty()).then_some(class);
        html! {
            pre class=[class] style={ "counter-reset:n " (lines.start - 1) } {
                code { (PreEscaped(self.lines(side, lines, telling))) }
            }
        }
    }

    fn lines(&self, side: usize, lines: &Range<usize>, telling: &[usize]) -> String {
        let text: Vec<&str> = self.source(side).text.lines().collect();
        let room = match self.room.as_str() {
            "lib" => String::new(),
            room => format!("{room}-"),
        };
        let mut html = String::new();
        for number in lines.clone() {
            let Some(line) = text.get(number - 1) else {
                break;
            };
            let mut class = "l".to_owned();
            if let steps @ 1.. = indent(line) / 4 {
                let _ = write!(class, " i{}", steps.min(8));
            }
            if telling.contains(&number) {
                class += " parts";
            }
            if class.contains(' ') {
                class = format!("\"{class}\"");
            }
            let (side_name, painted) = (SIDES[side].1, &self.painted[side][number - 1]);
            let _ = writeln!(
                html,
                "<span class={class} id={room}{side_name}-{number}>{painted}"
            );
            html += "</span>";
            for says in self.answers[side].get(&number).into_iter().flatten() {
                let _ = write!(html, "<span class=tells>{}</span>", escaped(says));
            }
        }
        html
    }

    /// The lines of plain comments that the twin does not have.
    pub(super) fn telling(&self, row: &Row) -> [Vec<usize>; 2] {
        let mut telling = [Vec::new(), Vec::new()];
        if self.room != "lib" || row.sides.iter().any(Vec::is_empty) {
            return telling;
        }
        let comments = |side: usize| {
            let items = row.sides[side].iter().flat_map(|part| &part.items);
            items.flat_map(move |&item| &self.source(side).items[item].comments)
        };
        for (side, telling) in telling.iter_mut().enumerate() {
            let there: BTreeSet<&str> = comments(1 - side).map(|other| &*other.text).collect();
            let own = comments(side).filter(|comment| !there.contains(&*comment.text));
            telling.extend(own.flat_map(|comment| comment.span.first..=comment.span.last));
        }
        telling
    }
}

/// The columns of blanks before a line.
pub(super) fn indent(line: &str) -> usize {
    let columns = line.chars().map_while(|c| match c {
        ' ' => Some(1),
        '\t' => Some(4),
        _ => None,
    });
    columns.sum()
}
