//! The progress of a push on stderr: a bar if that is a terminal, nothing otherwise.
//! What it says comes from the events of the push and from the attempts of its
//! requests, as a batch may be tried for minutes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use allo_client::AttemptEvent;
use allo_client::power_dialer::PushEvent;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::escape;

/// A bar; a clone is the same one.
#[derive(Clone)]
pub(super) struct Bar {
    bar: ProgressBar,
    state: Arc<Mutex<State>>,
}

/// What the bar says.
#[derive(Default)]
struct State {
    done: usize,
    /// How many leads are sent in all; nothing before that is decided.
    of: Option<usize>,
    /// How many attempts in a row have failed, and how the last one did.
    failed: u32,
    why: String,
    message: String,
}

const TEMPLATE: &str = "{bar:24} {pos}/{len} {elapsed} {wide_msg}";
/// How often the time that has passed is drawn again.
const TICK: Duration = Duration::from_secs(1);
/// Shorter waits are not worth a message; what is left of the whole says more.
const SHORT: Duration = Duration::from_secs(2);

impl Bar {
    /// A bar that is not drawn yet. Where nobody looks, it never is.
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

    /// Shows what happened to the push.
    pub(super) fn tell(&self, event: &PushEvent) {
        self.update(|state| state.tell(event));
    }

    /// Shows what happened to a request.
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

    /// Takes the bar away: the summary says it all.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl State {
    fn tell(&mut self, event: &PushEvent) {
        match event {
            PushEvent::Planned(plan) => {
                self.of = Some(plan.to_send);
                self.message = format!("at least {} s", plan.least_time.as_secs());
            }
            PushEvent::Sending { leads, eta, .. } => {
                let seconds = eta.as_secs();
                self.message = format!("sends {leads}; at least {seconds} s left");
            }
            PushEvent::Batch { done, of, eta, .. } => {
                self.failed = 0;
                self.done = *done;
                self.of = Some(*of);
                self.message = format!("{} s left", eta.as_secs());
            }
            PushEvent::Waiting { for_, .. } if *for_ >= SHORT && self.failed == 0 => {
                let seconds = for_.as_secs();
                self.message = format!("waits {seconds} s for the rate limit");
            }
            PushEvent::Retrying { wait, .. } => self.waits(*wait),
            PushEvent::Halved { from, to, .. } => {
                self.message = format!("batches of {to} instead of {from}");
            }
            PushEvent::Stopped { why, .. } => self.message = format!("stopped: {why}"),
            _ => {}
        }
    }

    /// A request has ended, by an answer of this status or a failure of this sort.
    fn attempted(&mut self, status: Option<u16>, error: Option<&str>, wait: Option<Duration>) {
        let Some(sort) = error else {
            self.failed = 0;
            return;
        };
        self.failed += 1;
        self.why = match (status, sort) {
            (Some(status), _) => status.to_string(),
            (None, "connect") => "no connection".to_owned(),
            (None, "timeout") => "no answer in time".to_owned(),
            (None, _) => "no whole answer".to_owned(),
        };
        if let Some(wait) = wait {
            self.waits(wait);
        }
    }

    fn waits(&mut self, wait: Duration) {
        let (why, retry) = (&self.why, self.failed);
        let seconds = wait.as_secs_f64().ceil();
        self.message = format!("waits for the service: {why}, retry {retry} in {seconds} s");
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_is_away_is_named_with_each_retry() {
        let mut state = State {
            of: Some(700),
            message: "at least 1 s".to_owned(),
            ..State::default()
        };
        let second = Duration::from_secs(1);
        state.attempted(Some(503), Some("status"), Some(second));
        let first = "waits for the service: 503, retry 1 in 1 s";
        assert_eq!(state.message, first);
        // The last attempt of a call does not know yet how long the push waits.
        state.attempted(Some(503), Some("status"), None);
        assert_eq!(state.message, first);
        state.waits(30 * second);
        assert_eq!(state.message, "waits for the service: 503, retry 2 in 30 s");
        state.attempted(None, Some("timeout"), Some(second / 2));
        let third = "waits for the service: no answer in time, retry 3 in 1 s";
        assert_eq!(state.message, third);
        state.attempted(Some(201), None, None);
        assert_eq!((state.failed, state.done), (0, 0));
    }
}
