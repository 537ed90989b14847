//! What a chapter has no room for: the other files of the pair side by side, and all plots of its cases.

use maud::{Markup, html};

use super::{Chapter, programs::PLOTS};
use crate::{
    page::{Page, up},
    plot,
    result_figures::Measured,
    result_plots,
    verdicts::Verdicts,
};

impl Chapter {
    /// The file of its second page.
    pub fn more_path(&self) -> String {
        format!("source/{}.html", self.topic.name)
    }

    /// The second page.
    pub fn more(&self, verdicts: &Verdicts) -> Page {
        let path = self.more_path();
        let up = up(&path);
        let title = format!("{}: the other files, and all measurements", self.topic.name);
        let body = html! {
            header.chap {
                h1 { (title) }
                p.intro { "Belongs to " a href={ (up) (self.path()) } { (self.topic.title) } }
            }
            @for (title, pair) in self.rooms.iter().skip(1) {
                section.band { h2 { (title) } }
                (pair.html(&up))
            }
            (self.more_plots(verdicts))
        };
        Page {
            path,
            title,
            about: self.topic.intro.clone(),
            body,
            wide: true,
        }
    }

    fn more_plots(&self, verdicts: &Verdicts) -> Markup {
        let measured = Measured(&verdicts.files);
        let mut drawn = Vec::new();
        let claims = verdicts.claims.iter();
        for claim in claims.filter(|claim| claim.topic == self.topic.name) {
            result_plots::of_claim(claim, measured, &mut drawn);
        }
        let plots = result_plots::of_topic(&self.topic.name, measured, &mut drawn);
        let more = plots.get(PLOTS..).unwrap_or_default();
        html! {
            @if !more.is_empty() {
                section.band {
                    h2 #measured { "All plots of measured cases" }
                    div.plots { @for plot in more { (plot.html()) } }
                    (plot::legend(more))
                }
            }
        }
    }
}
