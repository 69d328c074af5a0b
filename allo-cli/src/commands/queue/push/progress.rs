//! The progress of a push on stderr: a bar if that is a terminal, nothing otherwise.

use allo_client::power_dialer::PushEvent;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar; a clone is the same one.
#[derive(Clone)]
pub(super) struct Bar(ProgressBar);

const TEMPLATE: &str = "{bar:24} {pos}/{len} {wide_msg}";

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
        Self(bar)
    }

    /// Shows what happened.
    pub(super) fn tell(&self, event: &PushEvent) {
        match event {
            PushEvent::Planned(plan) => {
                self.0.set_length(length(plan.to_send));
                let seconds = plan.least_time.as_secs();
                self.0.set_message(format!("at least {seconds} s"));
            }
            PushEvent::Batch { done, of, eta, .. } => {
                self.0.set_length(length(*of));
                self.0.set_position(length(*done));
                self.0.set_message(format!("{} s left", eta.as_secs()));
            }
            // Most waits are a fraction of a second; what is left of the whole says more.
            PushEvent::Waiting { for_, .. } if for_.as_secs() >= 2 => {
                let seconds = for_.as_secs();
                self.0
                    .set_message(format!("waits {seconds} s for the rate limit"));
            }
            PushEvent::Retrying { why, .. } => self.0.set_message(format!("again: {why}")),
            PushEvent::Halved { from, to, .. } => {
                self.0
                    .set_message(format!("batches of {to} instead of {from}"));
            }
            PushEvent::Stopped { why, .. } => self.0.set_message(format!("stopped: {why}")),
            _ => {}
        }
    }

    /// Takes the bar away: the summary says it all.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
