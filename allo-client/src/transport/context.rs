//! The state that all clones of a client share for sending: retry policy, pacer, retry budget, random numbers and clock.
//! Connections are in `connections`.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use super::backoff::{Backoff, Rng};
use super::budget::{Budget, RetryBudget};
use super::observe::Hook;
use crate::error::Error;
use crate::model::api_key::ApiKey;
use crate::rate_limit::{Pacer, Pacing};

/// Timeouts, retries and rate limit of a client. `CallOptions` can override them for a call.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) timeout: Duration,
    pub(crate) deadline: Option<Duration>,
    pub(crate) max_attempts: u32,
    pub(crate) backoff: Backoff,
    pub(crate) budget: RetryBudget,
    pub(crate) pacing: Pacing,
    pub(crate) pacer: Option<Arc<dyn Pacer>>,
    pub(crate) max_waiting: Option<usize>,
    pub(crate) on_attempt: Option<Hook>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            deadline: Some(Duration::from_secs(120)),
            max_attempts: 6,
            backoff: Backoff::default(),
            budget: RetryBudget::default(),
            pacing: Pacing::default(),
            pacer: None,
            max_waiting: None,
            on_attempt: None,
        }
    }
}

impl Policy {
    /// Rejects settings that cannot work.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refused = |name: &str, why: &str| {
            Err(Error::configuration(format!("{name} must be {why}")).with_param(name))
        };
        if self.timeout.is_zero() {
            return refused("timeout", "greater than zero");
        }
        if self.deadline.is_some_and(|deadline| deadline.is_zero()) {
            return refused("deadline", "greater than zero");
        }
        if self.max_attempts == 0 {
            return refused("max_attempts", "at least 1");
        }
        Ok(())
    }
}

/// The policy of a client with the state that belongs to it.
#[derive(Debug)]
pub(crate) struct ClientContext {
    pub(crate) policy: Policy,
    pub(crate) pacer: Arc<dyn Pacer>,
    pub(crate) budget: Budget,
    pub(crate) rng: Rng,
    pub(crate) clock: Clock,
    pub(crate) server: Server,
    /// The API key, so that it can be masked in texts.
    pub(crate) key: ApiKey,
    pub(crate) max_response_bytes: usize,
}

impl ClientContext {
    pub(crate) fn new(policy: Policy, server: Server, key: ApiKey, most_bytes: usize) -> Self {
        Self {
            pacer: match &policy.pacer {
                Some(pacer) => pacer.clone(),
                None => policy.pacing.open(policy.max_waiting),
            },
            budget: policy.budget.open(),
            rng: policy.backoff.rng(),
            clock: Clock::System,
            server,
            key,
            max_response_bytes: most_bytes,
            policy,
        }
    }
}

/// Host and port of a server, for spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn of(url: &Url) -> Self {
        Self {
            address: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
        }
    }
}

/// Wall-clock time. Durations are measured with `tokio::time` instead.
#[derive(Debug)]
pub(crate) enum Clock {
    System,
    /// Follows the time of tokio, so that tests control both.
    #[cfg(test)]
    Virtual {
        start: jiff::Timestamp,
        since: tokio::time::Instant,
    },
}

impl Clock {
    pub(crate) fn now(&self) -> jiff::Timestamp {
        match self {
            Self::System => jiff::Timestamp::now(),
            #[cfg(test)]
            Self::Virtual { start, since } => *start + since.elapsed(),
        }
    }
}
