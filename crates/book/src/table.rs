//! A table of figures. On a phone a row stands as a card, each cell below the title of its column.

use maud::{Markup, html};

/// A column: its title, and the class of its cells.
pub type Column<'a> = (&'a str, &'a str);

/// The class of cells that hold a sentence.
pub const SAYS: &str = "says";

/// A row, of which the first cell is the heading.
pub struct Row {
    /// Its address in the page.
    pub id: Option<String>,
    /// Its cells.
    pub cells: Vec<Markup>,
}

/// A row without an address.
pub fn row(cells: impl IntoIterator<Item = Markup>) -> Row {
    Row {
        id: None,
        cells: cells.into_iter().collect(),
    }
}

/// The table, with what it is for those who do not see it.
pub fn html(label: &str, columns: &[Column], rows: impl IntoIterator<Item = Row>) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.facts {
                thead { tr { @for (title, class) in columns { th class=[named(class)] scope="col" { (title) } } } }
                tbody {
                    @for row in rows {
                        tr id=[row.id] {
                            @for (place, (cell, (title, class))) in row.cells.iter().zip(columns).enumerate() {
                                @if place == 0 { th class=[named(class)] scope="row" { (cell) } }
                                @else if *class == SAYS { td.says { (cell) } }
                                @else { td data-of=(title) { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A class, unless it is none.
fn named(class: &str) -> Option<&str> {
    (!class.is_empty()).then_some(class)
}

/// Plain text as a cell.
pub fn text(text: impl Into<String>) -> Markup {
    let text: String = text.into();
    html! { (text) }
}
