//! Says what the book is at: a bar on a terminal, one for each part elsewhere.

use std::{
    env,
    io::{self, IsTerminal as _},
    time::Duration,
};

use book::messages::Listener;
use indicatif::{ProgressBar, ProgressStyle};
use lab_workspace::output::note;

/// The line; none elsewhere.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    pub fn new() -> Self {
        let is_plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_drawn = !is_plain && io::stderr().is_terminal();
        Progress(is_drawn.then(|| {
            let style =
                ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} {prefix} {wide_msg}");
            let line = ProgressBar::new(0);
            line.set_style(style.expect("the template is well formed"));
            line.enable_steady_tick(Duration::from_millis(100));
            line
        }))
    }

    pub fn end(&self) {
        if let Some(line) = &self.0 {
            line.finish_and_clear();
        }
    }
}

impl Listener for Progress {
    fn begin(&self, part: &str) {
        match &self.0 {
            Some(line) => {
                line.set_prefix(part.to_owned());
                line.set_message("");
            }
            None => note(&format!("{part} …")),
        }
    }

    fn expect(&self, steps: usize) {
        if let Some(line) = &self.0 {
            line.inc_length(steps as u64);
        }
    }

    fn step(&self, step: &str) {
        if let Some(line) = &self.0 {
            line.inc(1);
            line.set_message(step.to_owned());
        }
    }
}
