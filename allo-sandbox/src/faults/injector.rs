//! Decides for each request whether a fault is injected, by counting attempts and drawing random numbers.

use std::collections::HashMap;

use super::fault::Fault;
use super::plan::{FaultPlan, Filter, PlanError};

/// A plan in use.
#[derive(Debug, Clone)]
pub(crate) struct Injector {
    plan: FaultPlan,
    rng: fastrand::Rng,
    /// Number of attempts by the identity of the request.
    attempts: HashMap<String, u64>,
    /// Number of requests of the operation of each rule.
    requests: Vec<u64>,
    /// Number of injected faults by rule.
    fired: Vec<u64>,
}

impl Injector {
    /// Starts a plan from its beginning.
    pub(crate) fn new(plan: FaultPlan) -> Result<Self, PlanError> {
        plan.check()?;
        Ok(Self {
            rng: fastrand::Rng::with_seed(plan.seed),
            attempts: HashMap::new(),
            requests: vec![0; plan.rules.len()],
            fired: vec![0; plan.rules.len()],
            plan,
        })
    }

    pub(crate) fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// The fault of a request, if any. `identity` is equal for all attempts of the same request.
    pub(crate) fn decide(&mut self, operation: &str, identity: String) -> Option<Fault> {
        let attempt = self.attempts.entry(identity).or_default();
        *attempt += 1;
        // One draw per rule, so that the filter of one rule does not change the draws of the others.
        let draws: Vec<f64> = self.plan.rules.iter().map(|_| self.rng.f64()).collect();
        // Each rule counts each request, also one that gets the fault of an earlier rule.
        for (rule, requests) in self.plan.rules.iter().zip(&mut self.requests) {
            *requests += u64::from(rule.filter.is_of(operation));
        }
        let counts = self.requests.iter().zip(&mut self.fired);
        let chances = self.plan.rules.iter().zip(draws).zip(counts);
        for ((rule, draw), (request, fired)) in chances {
            let counted = Counted {
                attempt: *attempt,
                request: *request,
                fired: *fired,
            };
            if fits(&rule.filter, operation, counted) && draw < rule.filter.probability {
                *fired += 1;
                return Some(rule.fault.clone());
            }
        }
        None
    }
}

/// What a rule counts.
#[derive(Clone, Copy)]
struct Counted {
    attempt: u64,
    request: u64,
    fired: u64,
}

impl Filter {
    fn is_of(&self, operation: &str) -> bool {
        self.operation.as_ref().is_none_or(|id| id == operation)
    }
}

fn fits(filter: &Filter, operation: &str, counted: Counted) -> bool {
    filter.is_of(operation)
        && filter
            .attempt
            .is_none_or(|number| number == counted.attempt)
        && filter
            .request
            .is_none_or(|number| number == counted.request)
        && filter.times.is_none_or(|times| counted.fired < times)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decisions(plan: FaultPlan, requests: &[(&str, &str)]) -> Vec<Option<Fault>> {
        let mut injector = Injector::new(plan).unwrap();
        let decide =
            |(operation, key): &(&str, &str)| injector.decide(operation, (*key).to_owned());
        requests.iter().map(decide).collect()
    }

    fn half() -> FaultPlan {
        FaultPlan::new(3)
            .probability(0.5)
            .inject(Fault::HalfBody)
            .probability(0.5)
            .inject(Fault::Refuse)
    }

    #[test]
    fn equal_seeds_decide_alike_and_others_do_not() {
        let requests = [("getMe", "a"); 64];
        let first = decisions(half(), &requests);
        assert_eq!(first, decisions(half(), &requests));
        let other = {
            let mut plan = half();
            plan.seed = 4;
            plan
        };
        assert_ne!(first, decisions(other, &requests));
        assert!(
            [None, Some(Fault::HalfBody), Some(Fault::Refuse)]
                .iter()
                .all(|kind| first.contains(kind))
        );
    }

    #[test]
    fn a_rule_that_does_not_match_does_not_change_the_draws_of_others() {
        let requests = [("getMe", "a"); 64];
        let mut muted = half();
        muted.rules[0].filter.operation = Some("listUsers".to_owned());
        let pairs = decisions(half(), &requests)
            .into_iter()
            .zip(decisions(muted, &requests));
        for (both, second_alone) in pairs {
            if both != Some(Fault::HalfBody) {
                assert_eq!(both, second_alone);
            }
        }
    }

    #[test]
    fn operation_attempt_and_times_narrow_a_rule() {
        let plan = FaultPlan::new(1)
            .on("getMe")
            .attempt(2)
            .times(1)
            .inject(Fault::HalfBody);
        let requests = [
            ("getMe", "a"),
            ("listUsers", "b"),
            ("listUsers", "b"),
            ("getMe", "a"),
            ("getMe", "c"),
            ("getMe", "c"),
        ];
        let fired: Vec<_> = decisions(plan, &requests)
            .iter()
            .map(Option::is_some)
            .collect();
        assert_eq!(fired, [false, false, false, true, false, false]);
    }

    #[test]
    fn a_request_is_counted_among_those_of_the_operation_of_the_rule() {
        let plan = FaultPlan::new(1)
            .on("getMe")
            .request(2)
            .inject(Fault::HalfBody)
            .request(5)
            .inject(Fault::Refuse);
        let requests = [
            ("getMe", "a"),
            ("listUsers", "b"),
            ("getMe", "c"),
            ("getMe", "d"),
            ("listUsers", "e"),
        ];
        let faults = decisions(plan, &requests);
        let expected = [None, None, Some(Fault::HalfBody), None, Some(Fault::Refuse)];
        assert_eq!(faults, expected);
    }
}
