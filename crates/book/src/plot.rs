//! Plots, as SVG that takes its colours from the page.

use maud::{Markup, html};

use crate::verdicts::{Judged, Ratio};

/// All ratios with their intervals, on a logarithmic scale; none if nothing is measured.
pub fn forest(claims: &[Judged]) -> Option<Markup> {
    let rows: Vec<(&Judged, &Ratio)> = claims
        .iter()
        .flat_map(|claim| claim.ratios.iter().map(move |ratio| (claim, ratio)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let low = rows
        .iter()
        .map(|(_, ratio)| ratio.2)
        .fold(0.5, f64::min)
        .max(0.001);
    let high = rows
        .iter()
        .map(|(_, ratio)| ratio.3)
        .fold(2.0, f64::max)
        .min(1000.0);
    let (left, width, step) = (190.0, 540.0, 22.0);
    let x = |value: f64| left + width * ((value / low).ln() / (high / low).ln()).clamp(0.0, 1.0);
    let height = rows.len() as f64 * step + 40.0;
    let ticks: Vec<f64> = [0.01, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
        .into_iter()
        .filter(|tick| (low..=high).contains(tick))
        .collect();
    let name = |claim: &Judged, state: &str| format!("{} {state}", claim.id).trim().to_owned();
    Some(html! {
        figure.plot {
            svg viewBox=(format!("0 0 760 {height}")) role="img" aria-label="Ratios with their intervals; the table below holds the same figures" {
                @for tick in &ticks {
                    line.grid x1=(x(*tick)) x2=(x(*tick)) y1="8" y2=(height - 28.0) {}
                    text.tick x=(x(*tick)) y=(height - 10.0) text-anchor="middle" { (tick) "×" }
                }
                line.one x1=(x(1.0)) x2=(x(1.0)) y1="4" y2=(height - 28.0) {}
                @for (place, (claim, (state, value, from, to))) in rows.iter().enumerate() {
                    @let y = 20.0 + place as f64 * step;
                    // No link here: an image has no parts that one can reach; the table has the links.
                    text x=(left - 12.0) y=(y + 4.0) text-anchor="end" { (name(claim, state)) }
                    line.span x1=(x(*from)) x2=(x(*to)) y1=(y) y2=(y) {}
                    circle.value cx=(x(*value)) cy=(y) r="4.5" {}
                }
            }
            figcaption { "Each ratio of a claim with its 95 % interval. Right of the line: the first named side of the claim takes more, as a rule Go." }
            details {
                summary { "The figures as a table" }
                table.facts {
                    thead { tr { th scope="col" { "claim" } th scope="col" { "ratio" } th scope="col" { "from" } th scope="col" { "to" } } }
                    tbody {
                        @for (claim, (state, value, from, to)) in &rows {
                            tr { th scope="row" { a href=(claim.place()) { (name(claim, state)) } } @for figure in [value, from, to] { td { (format!("{figure:.3}")) } } }
                        }
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(ratios: Vec<Ratio>) -> Judged {
        let text = r#"{"id":"A6","topic":"allocation","says":"","source":null,"figure":null,"verdict":"holds",
            "whole":"holds","evidence":"","full":"","page":"allocation.html","ratios":[]}"#;
        Judged {
            ratios,
            ..serde_json::from_str(text).unwrap()
        }
    }

    #[test]
    fn a_plot_has_its_figures_as_a_table() {
        assert!(forest(&[claim(Vec::new())]).is_none());
        let plot = forest(&[claim(vec![("wall".to_owned(), 2.0, 1.5, 2.5)])])
            .unwrap()
            .into_string();
        assert!(
            plot.contains("<circle") && plot.contains("<td>1.500</td>") && plot.contains("A6 wall")
        );
        assert!(!plot.contains("NaN"));
    }
}
