//! The progress bar of a push on stderr, if stderr is a terminal. It follows the events of
//! the push and the attempts of its requests, as a batch may be retried for
//! minutes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use allo_client::AttemptEvent;
use allo_client::power_dialer::PushEvent;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::escape;

/// A progress bar; clones share it.
#[derive(Clone)]
pub(super) struct Bar {
    bar: ProgressBar,
    state: Arc<Mutex<State>>,
}

/// The state that the bar shows.
#[derive(Default)]
struct State {
    done: usize,
    /// The number of leads to send; `None` before the push is planned.
    of: Option<usize>,
    /// The number of consecutive failed attempts, and the reason of the last one.
    failed: u32,
    why: String,
    message: String,
}

const TEMPLATE: &str = "{bar:24} {pos}/{len} {elapsed} {wide_msg}";
/// The interval at which the elapsed time is redrawn.
const TICK: Duration = Duration::from_secs(1);
/// Shorter waits are not shown.
const SHORT: Duration = Duration::from_secs(2);

impl Bar {
    /// Creates a bar; it stays hidden if stderr is not a terminal.
    pub(super) fn new(quiet: bool) -> Self {
        let target = match quiet {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self {
            bar,
            state: Arc::default(),
        }
    }

    /// Handles an event of the push.
    pub(super) fn handle_event(&self, event: &PushEvent) {
        self.update(|state| state.handle_event(event));
    }

    /// Handles an attempt of a request.
    pub(super) fn attempted(&self, event: &AttemptEvent) {
        self.update(|state| state.attempted(event.status, event.error, event.wait));
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        if let Some(of) = state.of {
            self.bar.set_length(length(of));
        }
        self.bar.set_position(length(state.done));
        self.bar.set_message(escape::line(&state.message));
    }

    /// Removes the bar; the summary follows.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl State {
    fn handle_event(&mut self, event: &PushEvent) {
        match event {
            PushEvent::Planned(plan) => {
                self.of = Some(plan.to_send);
                self.message = format!("at least {} s", plan.least_time.as_secs());
            }
            PushEvent::Sending { leads, eta, .. } => {
                let seconds = eta.as_secs();
                self.message = format!("sending {leads}; at least {seconds} s left");
            }
            PushEvent::Batch { done, of, eta, .. } => {
                self.failed = 0;
                self.done = *done;
                self.of = Some(*of);
                self.message = format!("{} s left", eta.as_secs());
            }
            PushEvent::Waiting { for_, .. } if *for_ >= SHORT && self.failed == 0 => {
                let seconds = for_.as_secs();
                self.message = format!("waiting {seconds} s for the rate limit");
            }
            PushEvent::Retrying { wait, .. } => self.waits(*wait),
            PushEvent::Halved { from, to, .. } => {
                self.message = format!("batch size reduced from {from} to {to}");
            }
            PushEvent::Stopped { why, .. } => self.message = format!("stopped: {why}"),
            _ => {}
        }
    }

    /// Records the end of an attempt, by its status or the kind of its error.
    fn attempted(&mut self, status: Option<u16>, error: Option<&str>, wait: Option<Duration>) {
        let Some(sort) = error else {
            self.failed = 0;
            return;
        };
        self.failed += 1;
        self.why = match (status, sort) {
            (Some(status), _) => status.to_string(),
            (None, "connect") => "no connection".to_owned(),
            (None, "timeout") => "timeout".to_owned(),
            (None, _) => "incomplete response".to_owned(),
        };
        if let Some(wait) = wait {
            self.waits(wait);
        }
    }

    fn waits(&mut self, wait: Duration) {
        let (why, retry) = (&self.why, self.failed);
        let seconds = wait.as_secs_f64().ceil();
        self.message = format!("service unavailable: {why}, retry {retry} in {seconds} s");
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unavailable_service_is_shown_with_each_retry() {
        let mut state = State {
            of: Some(700),
            message: "at least 1 s".to_owned(),
            ..State::default()
        };
        let second = Duration::from_secs(1);
        state.attempted(Some(503), Some("status"), Some(second));
        let first = "service unavailable: 503, retry 1 in 1 s";
        assert_eq!(state.message, first);
        // The last attempt of a call does not know how long the push will wait.
        state.attempted(Some(503), Some("status"), None);
        assert_eq!(state.message, first);
        state.waits(30 * second);
        assert_eq!(state.message, "service unavailable: 503, retry 2 in 30 s");
        state.attempted(None, Some("timeout"), Some(second / 2));
        let third = "service unavailable: timeout, retry 3 in 1 s";
        assert_eq!(state.message, third);
        state.attempted(Some(201), None, None);
        assert_eq!((state.failed, state.done), (0, 0));
    }
}
