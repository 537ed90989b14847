//! Progress bars.

use std::{
    env,
    io::{self, IsTerminal as _},
    time::Duration,
};

use crate::command::note;
use indicatif::{ProgressBar, ProgressStyle};
use lab_bench::scheduler::Listener;

/// Template of a bar as wide as the terminal, with a short message.
pub const WIDE: &str = "{wide_bar} {percent:>3}% {msg}";

/// A bar on a terminal, none elsewhere.
pub fn drawn(plain: bool, template: &str, length: u64) -> ProgressBar {
    if plain || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template);
    let bar = ProgressBar::new(length);
    bar.set_style(style.expect("the template is well formed"));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// The bar of a measurement.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new() -> Self {
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let template = "{bar:16} {percent:>3}% {eta:>4} {wide_msg}";
        Bar(drawn(plain, template, 0))
    }

    pub fn say(&self, message: &str) {
        self.0.set_message(message.to_owned());
    }

    pub fn say_above(&self, message: &str) {
        self.0.suspend(|| note(message));
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Listener for Bar {
    fn steps(&self, steps: usize) {
        self.0.reset();
        self.0.set_length(steps as u64);
    }

    fn step(&self, done: &str) {
        self.0.inc(1);
        self.say(done);
    }

    fn warn(&self, why: &str) {
        self.say_above(why);
    }
}
