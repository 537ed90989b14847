//! Progress of a run, as a line on the terminal.

use std::{
    io::{self, IsTerminal},
    sync::{Arc, atomic::Ordering::Relaxed, mpsc},
    thread,
    time::{Duration, Instant},
};

use humantime::format_duration;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use load::{Gauge, Plan};

/// Update interval of the line.
const PERIOD: Duration = Duration::from_millis(500);

/// The progress line; dropping it clears the line.
pub struct Progress(Option<mpsc::Sender<()>>, mpsc::Receiver<()>);

impl Progress {
    /// Shows the line in a thread: a blocked terminal must not slow the run.
    pub fn show(plan: &Plan, gauge: &Arc<Gauge>) -> Option<Self> {
        if !io::stderr().is_terminal() {
            return None;
        }
        let (stop, stopped) = mpsc::channel();
        let (gone, is_gone) = mpsc::channel();
        let (plan, gauge) = (plan.clone(), Arc::clone(gauge));
        thread::spawn(move || {
            let target = ProgressDrawTarget::stderr();
            let style = ProgressStyle::with_template("{wide_msg}").expect("a template");
            let line = ProgressBar::with_draw_target(None, target).with_style(style);
            let mut begun = None;
            while stopped.recv_timeout(PERIOD) == Err(mpsc::RecvTimeoutError::Timeout) {
                if gauge.has_begun.load(Relaxed) {
                    begun.get_or_insert_with(Instant::now);
                }
                line.set_message(message(&plan, &gauge, begun.map(|begun| begun.elapsed())));
            }
            line.finish_and_clear();
            let _ = gone.send(());
        });
        Some(Progress(Some(stop), is_gone))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0 = None;
        // Does not wait for a blocked terminal.
        let _ = self.1.recv_timeout(PERIOD);
    }
}

/// The text of the line.
fn message(plan: &Plan, gauge: &Gauge, since: Option<Duration>) -> String {
    let Some(since) = since else {
        let (opened, all) = (gauge.opened.load(Relaxed), plan.connections);
        return format!("opening connections: {opened} of {all}; Ctrl-C ends it");
    };
    let [answers, failures] = [&gauge.answers, &gauge.failures].map(|count| count.load(Relaxed));
    let whole = plan.warmup + plan.duration;
    let of = match plan.requests {
        Some(requests) => format!("{} of {requests} requests", answers + failures),
        None => format!("of {}", format_duration(whole)),
    };
    let is_late = plan.requests.is_none() && since > whole;
    let phase = if since < plan.warmup {
        ", warm-up"
    } else if is_late {
        ", waiting for the last answers"
    } else {
        ""
    };
    let since_whole = Duration::from_secs(since.as_secs());
    let rate = answers as f64 / since.as_secs_f64().max(1e-3);
    format!(
        "{} {of}{phase}: {rate:.0} good answers a second, {failures} failed; Ctrl-C ends it",
        format_duration(since_whole)
    )
}

#[cfg(test)]
mod tests {
    use load::{Pace, Request};

    use super::*;

    #[test]
    fn the_line_says_how_far_the_run_is() {
        let request = Request::get("http://127.0.0.1/").unwrap();
        let mut plan = Plan::new(request, Pace::Closed);
        plan.warmup = Duration::from_secs(2);
        let gauge = Gauge::default();
        gauge.opened.store(7, Relaxed);
        gauge.answers.store(500, Relaxed);
        gauge.failures.store(3, Relaxed);
        let at = |seconds: Option<u64>| message(&plan, &gauge, seconds.map(Duration::from_secs));
        assert!(at(None).starts_with("opening connections: 7 of 32"));
        let first = at(Some(1));
        assert!(
            first.starts_with("1s of 12s, warm-up: 500 good answers a second, 3 failed"),
            "{first}"
        );
        assert!(at(Some(5)).starts_with("5s of 12s: 100 good"));
        assert!(at(Some(13)).contains("waiting for the last answers"));
        plan.requests = Some(1000);
        let counted = message(&plan, &gauge, Some(Duration::from_secs(5)));
        assert!(
            counted.starts_with("5s 503 of 1000 requests: "),
            "{counted}"
        );
    }
}
