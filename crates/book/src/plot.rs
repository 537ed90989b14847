//! Drawing of plots, as SVG that takes its colours from the page: Go is blue and round, Rust orange and square.

mod axis;
pub mod curves;
pub mod rows;

use maud::{Markup, PreEscaped, html};

use crate::table::{self, Column};

pub use axis::Axis;

/// How wide a plot is in its own pixels; a phone shows that many nearly as they are.
const WIDTH: f64 = 440.0;

/// The style of all plots, in the book and on their own.
const STYLE: &str = include_str!("../assets/plot.css");

/// A picture with its title, its text alternative and its figures.
pub struct Plot {
    /// What one sees, in a sentence.
    pub title: String,
    /// What the axes are, and what else one has to know.
    pub about: String,
    /// The lines and marks.
    pub drawn: Markup,
    /// How high it is in its own pixels.
    pub height: f64,
    /// The titles of the figures' columns.
    pub head: Vec<String>,
    /// The figures.
    pub figures: Vec<Vec<Markup>>,
}

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// One over the other.
    Ratio,
    /// A side against itself.
    Control,
}

impl Kind {
    /// Its class in the style.
    pub fn class(self) -> &'static str {
        match self {
            Kind::Go => "go",
            Kind::Rust => "rust",
            Kind::Ratio => "ratio",
            Kind::Control => "control",
        }
    }

    /// A mark: no two differ by their colour alone.
    fn mark(self, x: f64, y: f64) -> Markup {
        html! {
            @match self {
                Kind::Go | Kind::Ratio => { circle class={ "m " (self.class()) } cx=(x) cy=(y) r="4" {} }
                Kind::Rust => { rect class="m rust" x=(tenths(x - 3.5)) y=(tenths(y - 3.5)) width="7" height="7" {} }
                Kind::Control => { circle class="m control" cx=(x) cy=(y) r="3" {} }
            }
        }
    }
}

/// A place in a drawing: a tenth of a pixel is exact enough.
pub fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Where a page says how to read its plots.
pub const LEGEND_ID: &str = "reading-plots";

/// How to read these plots, each sentence once; nothing if there are none.
pub fn legend<'a>(plots: impl IntoIterator<Item = &'a Plot>) -> Markup {
    let mut about: Vec<&str> = Vec::new();
    for plot in plots {
        if !about.contains(&plot.about.as_str()) {
            about.push(&plot.about);
        }
    }
    html! {
        @if !about.is_empty() {
            details.how-to-read id=(LEGEND_ID) {
                summary { "How to read the plots" }
                ul { @for sentence in about { li { (sentence) } } }
            }
        }
    }
}

impl Plot {
    /// The plot in a page, which says once how to read its plots ([`legend`]).
    pub fn html(&self) -> Markup {
        let columns: Vec<Column> = self.head.iter().map(|title| (title.as_str(), "")).collect();
        let rows = self.figures.iter();
        let rows = rows.map(|row| table::row(row.iter().cloned()));
        html! {
            figure.plot {
                figcaption { b { (self.title) } }
                (self.svg("", None))
                details {
                    summary { "The figures" }
                    (table::html(&format!("The figures: {}", self.title), &columns, rows))
                }
            }
        }
    }

    /// The plot as a file of its own.
    pub fn alone(&self) -> String {
        let style = format!(
            "<style>svg{{color-scheme:light dark;background:light-dark(#fff,#14171c);font-family:sans-serif;\
             --ink:light-dark(#1d2329,#d9dee4);--faint:light-dark(#58626d,#98a3af);--line:light-dark(#dde2e7,#303741);\
             --go:light-dark(#00708f,#5ccfe6);--rust:light-dark(#a8431a,#f2a272)}}{STYLE}</style>"
        );
        let alternative = format!("{}. {}", self.title, self.about);
        self.svg(&style, Some(&alternative)).into_string()
    }

    /// The lines and marks. In a page the caption and the table of figures say the same to those who do not see them;
    /// a file has a text alternative.
    fn svg(&self, style: &str, alternative: Option<&str>) -> Markup {
        let namespace = alternative.map(|_| "http://www.w3.org/2000/svg");
        let role = alternative.map(|_| "img");
        let hidden = alternative.is_none().then_some("true");
        html! {
            svg.drawn xmlns=[namespace] viewBox=(format!("0 0 {WIDTH} {}", self.height)) role=[role] aria-label=[alternative] aria-hidden=[hidden] {
                (PreEscaped(style))
                (self.drawn)
            }
        }
    }
}
