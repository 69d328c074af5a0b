//! Fault plans in JSON.

use serde::{Deserialize, Serialize};

use super::{FaultPlan, Filter, Rule};
use crate::faults::fault::Fault;

/// `{"seed": 7, "rules": […]}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanJson {
    #[serde(default)]
    seed: u64,
    rules: Vec<RuleJson>,
}

/// A filter and its fault. What is absent restricts nothing.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<u64>,
    #[serde(default = "always")]
    probability: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    fault: Fault,
}

fn always() -> f64 {
    Filter::ANY.probability
}

impl From<PlanJson> for FaultPlan {
    fn from(json: PlanJson) -> Self {
        let mut plan = Self::new(json.seed);
        plan.rules = json.rules.into_iter().map(Rule::from).collect();
        plan
    }
}

impl From<FaultPlan> for PlanJson {
    fn from(plan: FaultPlan) -> Self {
        Self {
            seed: plan.seed,
            rules: plan.rules.into_iter().map(RuleJson::from).collect(),
        }
    }
}

impl From<RuleJson> for Rule {
    fn from(json: RuleJson) -> Self {
        let filter = Filter {
            operation: json.operation,
            attempt: json.attempt,
            request: json.request,
            probability: json.probability,
            times: json.times,
        };
        let fault = json.fault;
        Self { filter, fault }
    }
}

impl From<Rule> for RuleJson {
    fn from(rule: Rule) -> Self {
        Self {
            operation: rule.filter.operation,
            attempt: rule.filter.attempt,
            request: rule.filter.request,
            probability: rule.filter.probability,
            times: rule.filter.times,
            fault: rule.fault,
        }
    }
}
