//! Fault plans: the rules that say when which fault is injected, and their validation. `injector`
//! applies them.

mod json;

use std::fmt;

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use crate::operations;
use json::PlanJson;

/// Rules for injecting faults, and the seed of their random numbers.
///
/// Each call of [`inject`](Self::inject) ends a rule. For each request of an operation the rules are
/// tried in order; the first that applies wins, so there is at most one fault per request. Requests
/// to an unknown URL get no fault.
///
/// A random number is drawn for every rule and request, whether or not the rule applies. So two
/// sandboxes with equal plans and equal requests in the same order inject equal faults, and changing
/// the filter of one rule does not affect the others.
///
/// ```
/// use allo_sandbox::{Fault, FaultPlan};
///
/// let plan = FaultPlan::new(7)
///     .on("appendDialingQueueNumbers")
///     .attempt(1)
///     .inject(Fault::ResetAfterExecution)
///     .probability(0.05)
///     .inject(Fault::Html(502));
/// assert!(plan.check().is_ok());
/// ```
///
/// A plan can be read from JSON, too. All fields of a rule but `fault` are optional.
///
/// ```
/// # use allo_sandbox::{Fault, FaultPlan};
/// let plan: FaultPlan = serde_json::from_str(
///     r#"{ "seed": 7, "rules": [{ "operation": "getMe", "times": 2, "fault": { "html": 502 } }] }"#,
/// )?;
/// assert_eq!(plan, FaultPlan::new(7).on("getMe").times(2).inject(Fault::Html(502)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "PlanJson", into = "PlanJson")]
#[must_use = "a plan has to be given to a sandbox"]
pub struct FaultPlan {
    pub(super) seed: u64,
    pub(super) rules: Vec<Rule>,
    next: Filter,
}

/// A filter and the fault to inject.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) filter: Filter,
    pub(super) fault: Fault,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub(super) operation: Option<String>,
    pub(super) attempt: Option<u64>,
    pub(super) request: Option<u64>,
    pub(super) probability: f64,
    pub(super) times: Option<u64>,
}

impl Filter {
    /// Matches every request.
    pub(super) const ANY: Self = Self {
        operation: None,
        attempt: None,
        request: None,
        probability: 1.0,
        times: None,
    };
}

impl FaultPlan {
    /// A plan without rules.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            rules: Vec::new(),
            next: Filter::ANY,
        }
    }

    /// Restricts the next rule to requests of this operation.
    pub fn on(mut self, operation_id: impl Into<String>) -> Self {
        self.next.operation = Some(operation_id.into());
        self
    }

    /// Restricts the next rule to the n-th request, counted from 1 since the plan was set, among those
    /// with the same `Idempotency-Key`. Requests without a key are identified by method, path and
    /// query.
    pub fn attempt(mut self, number: u64) -> Self {
        self.next.attempt = Some(number);
        self
    }

    /// Restricts the next rule to the n-th request of its operation, or of any operation if it names none,
    /// counted from 1 since the plan was set: page 30 of a list that is read page by page, for example.
    pub fn request(mut self, number: u64) -> Self {
        self.next.request = Some(number);
        self
    }

    /// Sets the probability of the next rule, from 0 to 1.
    pub fn probability(mut self, probability: f64) -> Self {
        self.next.probability = probability;
        self
    }

    /// Limits how often the next rule injects its fault.
    pub fn times(mut self, at_most: u64) -> Self {
        self.next.times = Some(at_most);
        self
    }

    /// Ends a rule with the fault to inject.
    pub fn inject(mut self, fault: Fault) -> Self {
        let filter = std::mem::replace(&mut self.next, Filter::ANY);
        self.rules.push(Rule { filter, fault });
        self
    }

    /// Validates the plan. A sandbox rejects an invalid plan, because a rule that never applies would
    /// make a test that cannot fail.
    ///
    /// # Errors
    ///
    /// If a rule names an unknown operation, an attempt or limit of 0, a probability outside 0 to 1, or
    /// a fault with an invalid status or address, or if the last rule was not ended with
    /// [`inject`](Self::inject).
    pub fn check(&self) -> Result<(), PlanError> {
        if self.next != Filter::ANY {
            return Err(PlanError::new("the last rule has no fault: call inject"));
        }
        self.rules.iter().try_for_each(Rule::check)
    }
}

impl Rule {
    fn check(&self) -> Result<(), PlanError> {
        let filter = &self.filter;
        if let Some(id) = &filter.operation
            && operations::by_id(id).is_none()
        {
            return Err(PlanError::new(format!("the sandbox has no operation {id}")));
        }
        if [filter.attempt, filter.request, filter.times].contains(&Some(0)) {
            let message = "attempt, request and times must be at least 1";
            return Err(PlanError::new(message));
        }
        if !(0.0..=1.0).contains(&filter.probability) {
            let probability = filter.probability;
            return Err(PlanError::new(format!(
                "the probability must be between 0 and 1, not {probability}"
            )));
        }
        self.check_fault()
    }

    fn check_fault(&self) -> Result<(), PlanError> {
        match &self.fault {
            Fault::Html(status) if !matches!(status, 502..=504) => Err(PlanError::new(format!(
                "the status of a gateway page must be 502, 503 or 504, not {status}"
            ))),
            Fault::Redirect { status, .. } if !matches!(status, 301 | 302 | 307 | 308) => {
                Err(PlanError::new(format!(
                    "the status of a redirect must be 301, 302, 307 or 308, not {status}"
                )))
            }
            Fault::Redirect { to, .. } if HeaderValue::from_str(to).is_err() => Err(
                PlanError::new("the address of a redirect is not a valid header value"),
            ),
            _ => Ok(()),
        }
    }
}

/// Why a plan is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError(String);

impl PlanError {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid fault plan: {}", self.0)
    }
}

impl std::error::Error for PlanError {}
