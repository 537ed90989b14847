//! Watch the memory: a script, and what each of its lines leaves in both languages, from traces of the programs.

mod drawing;
mod scene;

use anyhow::Result;
use lab_verify::trace::{self, Line, State};
use lab_workspace::project::{Project, Topic};
use maud::{Markup, html};

use crate::pair::SIDES;
use drawing::FEW;
pub use scene::Scene;
use scene::{END, counts, operation, side, what, words};

/// The names of states, with what they mean.
const LEGEND: [(&str, &str, &str); 4] = [
    ("go", "alive", "in use"),
    ("go", "garbage", "garbage: unreachable, not freed yet"),
    ("rust", "leaked", "leaked: unreachable, never freed"),
    ("rust", "freed", "freed"),
];

/// The scenes of a topic. Without scripts all frames are shown, as a film strip.
pub fn html(topic: &str, scenes: &[Scene]) -> Markup {
    let has_values = scenes.iter().any(Scene::has_values);
    html! {
        section.band #watch {
            h2 { "Watch the memory" }
            p.hint {
                "Line by line, as both programs told it when this page was made."
                @if has_values { " One mark is one value." }
            }
            div.watch {
                (drawing::patterns())
                div.tabs.needs-js role="tablist" aria-label="Scenes" {
                    @for (number, scene) in scenes.iter().enumerate() {
                        button type="button" role="tab" aria-selected=(number == 0) aria-controls={ "scene-" (number) } { (scene.title) }
                    }
                }
                @for (number, scene) in scenes.iter().enumerate() { (one(topic, number, scene)) }
                p.legend {
                    @if has_values {
                        @for (class, state, says) in LEGEND {
                            span class=(class) { i class={ "key " (state) } {} (says) }
                        }
                    }
                    @if scenes.iter().any(Scene::has_links) {
                        span { (drawing::sample(false)) "keeps alive" }
                        span { (drawing::sample(true)) "does not (" code { "Weak" } ")" }
                    }
                }
                p.vh role="status" {}
            }
        }
    }
}

fn one(topic: &str, number: usize, scene: &Scene) -> Markup {
    let steps = scene.steps();
    let open = scene.parting().unwrap_or(steps.len().saturating_sub(1));
    let command = if scene.is_contrast {
        "parts"
    } else {
        "replay --trace"
    };
    html! {
        div.scene.on[number == 0] id={ "scene-" (number) } role="tabpanel" aria-label=(scene.title) {
            h3 { (scene.title) }
            div.script {
                p aria-hidden="true" { span.lang.go { "Go" } span.lang.rust { "Rust" } }
                ol {
                    @for (place, line) in steps.iter().enumerate() {
                        li {
                            button type="button" aria-current=[(place == open).then_some("step")] {
                                span { (operation(line)) }
                                @for (of, class, _) in SIDES { (marks(class, line, of)) }
                            }
                        }
                    }
                }
                p.steps-by.needs-js {
                    button.back type="button" { "← Back" }
                    button.go-on type="button" { "Next →" }
                }
                p.command { code { "cargo run -q " span { "-p " (topic) } " " (command) " " (scene.path) } }
            }
            div.frames {
                @for (place, line) in steps.iter().enumerate() {
                    @let before = place.checked_sub(1).map(|before| steps[before]);
                    (frame(scene, place, line, before, place == open))
                }
            }
        }
    }
}

/// The states at a glance, beside a line of the script.
fn marks(class: &str, line: &Line, of: usize) -> Markup {
    html! {
        span class={ "mini " (class) } aria-hidden="true" {
            @for object in side(line, of).objects.iter().take(FEW) {
                i class=[(object.state != State::Alive).then_some(object.state)] {}
            }
        }
    }
}

fn frame(scene: &Scene, place: usize, line: &Line, before: Option<&Line>, is_open: bool) -> Markup {
    let parts = scene.parting() == Some(place);
    let printed = |of| side(line, of).output.join("\n");
    html! {
        div class={ "frame" @if is_open { " on" } } {
            h4 { (place + 1) ". " (line.text.as_deref().unwrap_or(END)) }
            p.what {
                (what(line, before))
                @if parts { " " b { "Here the languages part." } }
            }
            div.heaps {
                @for (of, class, language) in SIDES {
                    div class={ "heap " (class) } {
                        p {
                            span.lang { (language) }
                            @if printed(of).is_empty() { output.none { "prints nothing" } } @else { output { (printed(of)) } }
                        }
                        @if side(line, of).counts.is_some() {
                            (drawing::html(scene, before, line, of))
                            (tally(line, of))
                        } @else {
                            (figures(line, of))
                        }
                    }
                }
            }
        }
    }
}

/// How many values are in each state.
fn tally(line: &Line, of: usize) -> Markup {
    html! {
        p.tally {
            @for (state, count) in counts(side(line, of)) {
                span { i class={ "key " (state) } {} b { (count) } " " (words(state)) }
            }
        }
    }
}

fn figures(line: &Line, of: usize) -> Markup {
    html! {
        table.facts {
            tbody {
                @for (name, value) in &side(line, of).figures {
                    tr { th scope="row" { (name) } td { (value) } }
                }
            }
        }
    }
}

/// All scenes of a topic, performed by both of its programs, which are built.
pub fn play(project: &Project, topic: &Topic) -> Result<Vec<Scene>> {
    let scenes = trace::scenes(project, topic)?.into_iter();
    let play = |scene: trace::Scene| {
        Ok(Scene {
            trace: scene.trace(project, topic)?,
            title: scene.title,
            path: scene.path.display().to_string(),
            is_contrast: scene.parts,
        })
    };
    scenes.map(play).collect()
}

#[cfg(test)]
mod tests;
