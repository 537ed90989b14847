//! An excerpt of a pair: a few twins without what stands above them, to look at before one reads.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

use super::{Pair, Row, SIDES, lines::indent};

/// The fewest and the most lines of a side where nobody chose the items.
const LINES: (usize, usize) = (8, 16);

impl Pair {
    /// The rows of these items if both sides have all of them, else the first twins of the file.
    pub fn excerpt(&self, items: &[String]) -> Vec<&Row> {
        let is_twin = |row: &&Row| row.sides.iter().all(|parts| !parts.is_empty());
        let named = items.iter().filter_map(|name| self.find(name));
        let named: Vec<&Row> = named.filter(is_twin).collect();
        if !named.is_empty() && named.len() == items.len() {
            return named;
        }
        let (mut rows, mut lines) = (Vec::new(), 0);
        for row in self.rows.iter().filter(is_twin) {
            let longer = row.sides.iter().map(|parts| {
                let lengths = parts.iter().map(|part| part.body.len());
                lengths.sum::<usize>()
            });
            lines += longer.max().unwrap_or(0);
            if lines > LINES.1 && !rows.is_empty() {
                break;
            }
            rows.push(row);
            if lines >= LINES.0 {
                break;
            }
        }
        rows
    }

    /// Rows as two columns of code, each item at the height of its twin; the paths lead to the chapter.
    pub fn excerpt_html(&self, rows: &[&Row], page: &str) -> Markup {
        let first = rows.first().map_or("", |row| row.id.as_str());
        html! {
            div.lanes style={ "--items:" (rows.len()) } {
                @for (side, class, language) in SIDES {
                    div class={ "lane " (class) } {
                        p.tag {
                            span.lang { (language) }
                            a href={ (page) "#" (first) } { (self.source(side).path.display()) }
                        }
                        @for row in rows { pre { code { (PreEscaped(self.excerpt_lines(row, side))) } } }
                    }
                }
            }
        }
    }

    /// The lines of a row's side as code, moved to the left edge.
    fn excerpt_lines(&self, row: &Row, side: usize) -> String {
        let text: Vec<&str> = self.source(side).text.lines().collect();
        let numbers = row.sides[side].iter().flat_map(|part| part.body.clone());
        let numbers: Vec<usize> = numbers.filter(|number| *number <= text.len()).collect();
        let written = numbers.iter().map(|number| text[number - 1]);
        let written = written.filter(|line| !line.trim().is_empty());
        let shared = written.map(indent).min().unwrap_or(0);
        let telling = &self.telling(row)[side];
        let mut html = String::new();
        for number in numbers {
            let columns = indent(text[number - 1]).saturating_sub(shared);
            let mut class = "l".to_owned();
            if let steps @ 1.. = columns / 4 {
                let _ = write!(class, " i{}", steps.min(8));
            }
            if telling.contains(&number) {
                class += " parts";
            }
            let painted = self.painted[side][number - 1].trim_start();
            let _ = writeln!(html, "<span class=\"{class}\">{:columns$}{painted}", "");
            html += "</span>";
        }
        html
    }
}
