//! Watch the memory: a script, and what each of its lines leaves in both languages, from traces of the programs.

mod drawing;
mod scene;

use maud::{Markup, html};

use crate::pair::SIDES;
pub use scene::Scene;
use scene::{State, Step};

/// The names of states, with what they mean.
const LEGEND: [(&str, &str, &str); 4] = [
    ("go", "alive", "in use"),
    ("go", "garbage", "garbage: unreachable, not freed yet"),
    ("rust", "leaked", "leaked: unreachable, never freed"),
    ("rust", "freed", "freed"),
];

/// The scenes of a topic. Without scripts all frames are shown, as a film strip.
pub fn html(topic: &str, scenes: &[Scene]) -> Markup {
    let has = |test: fn(&Step) -> bool| scenes.iter().flat_map(|scene| &scene.steps).any(test);
    html! {
        section.band #watch {
            h2 { "Watch the memory" }
            p.hint { "Line by line, as both programs told it when this page was made. One mark is one value." }
            div.watch {
                (drawing::patterns())
                div.tabs.needs-js role="tablist" aria-label="Scenes" {
                    @for (number, scene) in scenes.iter().enumerate() {
                        button type="button" role="tab" aria-selected=(number == 0) aria-controls={ "scene-" (number) } { (scene.title) }
                    }
                }
                @for (number, scene) in scenes.iter().enumerate() { (one(topic, number, scene)) }
                p.legend {
                    @for (class, state, says) in LEGEND {
                        span class=(class) { i class={ "key " (state) } {} (says) }
                    }
                    @if has(|step| step.sides.iter().any(|side| !side.links.is_empty())) {
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
    let parts = scene.parts();
    html! {
        div.scene id={ "scene-" (number) } role="tabpanel" aria-label=(scene.title) {
            h3 { (scene.title) }
            div.script {
                p aria-hidden="true" { span.lang.go { "Go" } span.lang.rust { "Rust" } }
                ol {
                    @for (place, step) in scene.steps.iter().enumerate() {
                        li {
                            button type="button" aria-current=[(place == parts).then_some("step")] {
                                span { (step.line()) }
                                @for (side, class, _) in SIDES { (marks(class, step, side)) }
                            }
                        }
                    }
                }
                p.steps-by.needs-js {
                    button.back type="button" { "← Back" }
                    button.go-on type="button" { "Next →" }
                }
                p.command { code { "cargo run -q -p " (topic) " replay " (scene.path) } }
            }
            div.frames {
                @for (place, step) in scene.steps.iter().enumerate() {
                    (frame(scene, place, step, place == parts))
                }
            }
        }
    }
}

/// The states at a glance, beside a line of the script.
fn marks(class: &str, step: &Step, side: usize) -> Markup {
    html! {
        span class={ "mini " (class) } aria-hidden="true" {
            @for (_, state) in step.sides[side].objects.iter().take(12) {
                i class=[(*state != State::Alive).then(|| state.name())] {}
            }
        }
    }
}

fn frame(scene: &Scene, place: usize, step: &Step, is_open: bool) -> Markup {
    let before = place.checked_sub(1).map(|before| &scene.steps[before]);
    let what = step.what(before, is_open && scene.does_part());
    let printed = |side: usize| step.sides[side].output.join("\n");
    let mut told = format!("{}. {what}", step.line());
    for (side, _, language) in SIDES {
        if !printed(side).is_empty() {
            told += &format!(" {language} prints: {}.", printed(side));
        }
    }
    html! {
        div class={ "frame" @if is_open { " on" } } data-told=(told) {
            h4 { (place + 1) ". " (step.line()) }
            p.what { (what) }
            div.heaps {
                @for (side, class, language) in SIDES {
                    div class={ "heap " (class) } {
                        p {
                            span.lang { (language) }
                            @if printed(side).is_empty() { output.none { "prints nothing" } } @else { output { (printed(side)) } }
                        }
                        @if step.sides[side].objects.is_empty() && !step.sides[side].figures.is_empty() {
                            (figures(step, side))
                        } @else {
                            (drawing::html(scene, before, step, side))
                            (tally(step, side))
                        }
                    }
                }
            }
        }
    }
}

/// How many values are in each state.
fn tally(step: &Step, side: usize) -> Markup {
    html! {
        p.tally {
            @for (state, count) in &step.sides[side].counts {
                @if *count > 0 || *state == State::Alive {
                    span { i class={ "key " (state.name()) } {} b { (count) } " " (state.words()) }
                }
            }
        }
    }
}

fn figures(step: &Step, side: usize) -> Markup {
    html! {
        table.facts {
            tbody {
                @for (name, value) in &step.sides[side].figures {
                    tr { th scope="row" { (name) } td { (value) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
