//! Which fault strikes when: the rules as a test writes them, and what is wrong with them.
//! Deciding for one request is the injector's.

use std::fmt;

use axum::http::HeaderValue;

use super::fault::Fault;
use crate::operations;

/// Rules by which a sandbox goes wrong, and the seed of the dice they throw.
///
/// A rule is what was said since the last one, closed by [`inject`](Self::inject). For each request
/// of an operation the rules are tried in order; the first that fires wins, and there is at most
/// one fault a request. Requests at an unknown URL meet no fault.
///
/// The dice are thrown once a request for every rule, whether the rule fits the request or not. So
/// two sandboxes with equal plans that receive the same requests in the same order go wrong in the
/// same places, and changing the filter of one rule does not move the others.
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
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a plan has to be given to a sandbox"]
pub struct FaultPlan {
    pub(super) seed: u64,
    pub(super) rules: Vec<Rule>,
    next: Filter,
}

/// When a fault strikes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) filter: Filter,
    pub(super) fault: Fault,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    pub(super) operation: Option<String>,
    pub(super) attempt: Option<u64>,
    pub(super) probability: f64,
    pub(super) times: Option<u64>,
}

impl Filter {
    /// Every request, always.
    const ANY: Self = Self {
        operation: None,
        attempt: None,
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

    /// The next rule fits requests of this operation only.
    pub fn on(mut self, operation_id: impl Into<String>) -> Self {
        self.next.operation = Some(operation_id.into());
        self
    }

    /// The next rule fits only the n-th request, counted from 1 and from the moment the plan was
    /// given to the sandbox, among those with the same `Idempotency-Key`. Requests without one are
    /// told apart by method, path and query.
    pub fn attempt(mut self, number: u64) -> Self {
        self.next.attempt = Some(number);
        self
    }

    /// The next rule fires with this probability, from 0 to 1.
    pub fn probability(mut self, probability: f64) -> Self {
        self.next.probability = probability;
        self
    }

    /// The next rule fires at most this many times.
    pub fn times(mut self, at_most: u64) -> Self {
        self.next.times = Some(at_most);
        self
    }

    /// Closes a rule: this is what happens when it fires.
    pub fn inject(mut self, fault: Fault) -> Self {
        let filter = std::mem::replace(&mut self.next, Filter::ANY);
        self.rules.push(Rule { filter, fault });
        self
    }

    /// Whether a sandbox can follow the plan. Giving it one it cannot follow is refused, because a
    /// rule that can never fire would make a test that cannot fail.
    ///
    /// # Errors
    ///
    /// When a rule names an operation the sandbox does not have, an attempt or number of times of
    /// 0, a probability outside 0 to 1, or a fault with an impossible status or address, or when
    /// something was said about a rule that was never closed.
    pub fn check(&self) -> Result<(), PlanError> {
        if self.next != Filter::ANY {
            return Err(PlanError::new("its last rule has no fault: call inject"));
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
        if filter.attempt == Some(0) || filter.times == Some(0) {
            return Err(PlanError::new("attempts and times count from 1"));
        }
        if !(0.0..=1.0).contains(&filter.probability) {
            let probability = filter.probability;
            return Err(PlanError::new(format!(
                "a probability lies between 0 and 1, not at {probability}"
            )));
        }
        self.check_fault()
    }

    fn check_fault(&self) -> Result<(), PlanError> {
        match &self.fault {
            Fault::Html(status) if !matches!(status, 502..=504) => Err(PlanError::new(format!(
                "a gateway's page has status 502, 503 or 504, not {status}"
            ))),
            Fault::Redirect { status, .. } if !matches!(status, 301 | 302 | 307 | 308) => {
                Err(PlanError::new(format!(
                    "{status} is not one of the redirects 301, 302, 307 and 308"
                )))
            }
            Fault::Redirect { to, .. } if HeaderValue::from_str(to).is_err() => Err(
                PlanError::new("the address of a redirect does not fit in a header"),
            ),
            _ => Ok(()),
        }
    }
}

/// Why a sandbox cannot follow a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError(String);

impl PlanError {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fault plan cannot be followed: {}", self.0)
    }
}

impl std::error::Error for PlanError {}
