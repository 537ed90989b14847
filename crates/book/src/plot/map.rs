//! A grid of points, each with its ratio: the darker, the further from 1; the colour says which way.

use maud::html;

use super::{Plot, WIDTH, short};

/// A cell: which column and row, its ratio, the ratio's interval, and whether it says anything.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Counted from the left.
    pub column: usize,
    /// Counted from the top.
    pub row: usize,
    /// The ratio.
    pub ratio: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// Whether the difference is larger than that of a side from itself.
    pub is_told: bool,
}

const LEFT: f64 = 92.0;
const HIGH: f64 = 30.0;

/// Draws a grid; `across` and `down` name columns and rows.
pub fn plot(
    title: String,
    about: String,
    across: (&str, &[String]),
    down: (&str, &[String]),
    cells: &[Cell],
) -> Plot {
    let wide = (WIDTH - LEFT - 8.0) / across.1.len().max(1) as f64;
    let bottom = 22.0 + down.1.len() as f64 * HIGH;
    let drawn = html! {
        text.tick x="4" y="14" { (down.0) }
        @for (place, name) in down.1.iter().enumerate() {
            text x=(LEFT - 8.0) y=(22.0 + place as f64 * HIGH + 19.0) text-anchor="end" { (name) }
        }
        @for cell in cells {
            @let (x, y) = (LEFT + cell.column as f64 * wide, 22.0 + cell.row as f64 * HIGH);
            @let far = (cell.ratio.ln().abs() / 10f64.ln()).min(1.0) * 0.55;
            @let class = if cell.ratio > 1.0 { "rust" } else { "go" };
            rect class={ "tile " (class) } x=(x + 1.0) y=(y + 1.0) width=(wide - 2.0) height=(HIGH - 2.0) fill-opacity=(if cell.is_told { far } else { 0.0 }) {}
            text x=(x + wide / 2.0) y=(y + 19.0) text-anchor="middle" { @if !cell.is_told { "≈ " } (short(cell.ratio, "ratio")) }
        }
        @for (place, name) in across.1.iter().enumerate() {
            text.tick x=(LEFT + (place as f64 + 0.5) * wide) y=(bottom + 15.0) text-anchor="middle" { (name) }
        }
        text.tick x=(f64::midpoint(LEFT, WIDTH)) y=(bottom + 31.0) text-anchor="middle" { (across.0) }
    };
    let figures = cells.iter().map(|cell| {
        let interval = cell
            .interval
            .map_or("too few blocks".to_owned(), |(low, high)| {
                format!("{} to {}", short(low, "ratio"), short(high, "ratio"))
            });
        let told = if cell.is_told { "larger" } else { "not larger" };
        [
            down.1.get(cell.row).cloned().unwrap_or_default(),
            across.1.get(cell.column).cloned().unwrap_or_default(),
            short(cell.ratio, "ratio"),
            interval,
            told.to_owned(),
        ]
        .map(|text| html! { (text) })
        .to_vec()
    });
    Plot {
        title,
        about,
        drawn,
        height: bottom + 38.0,
        head: [
            down.0,
            across.0,
            "ratio",
            "95 % interval",
            "than the control",
        ]
        .map(str::to_owned)
        .to_vec(),
        figures: figures.collect(),
    }
}
