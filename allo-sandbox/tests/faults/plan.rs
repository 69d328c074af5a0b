//! Fault plans: validation, matching, and reproducibility.

use std::time::Duration;

use allo_sandbox::{Fault, FaultPlan};

use crate::peer::{APPEND, ME, Peer};

/// The faults of forty requests under a plan with this seed.
async fn run(seed: u64) -> Vec<(usize, &'static str)> {
    let plan = FaultPlan::new(seed)
        .probability(0.2)
        .inject(Fault::Html(502))
        .on(APPEND)
        .probability(0.3)
        .inject(Fault::ResetAfterExecution)
        .on("getMe")
        .attempt(5)
        .inject(Fault::AcceptAndClose);
    let peer = Peer::with(|builder| builder.faults(plan)).await;
    let mut met = Vec::new();
    for number in 0..40 {
        if number % 2 == 0 {
            peer.last_append(&format!("k{}", number / 3)).await;
        } else {
            peer.get(ME).await;
        }
        let events = peer.control().faults();
        if events.len() > met.len() {
            met.push((number, events[met.len()].fault.name()));
        }
    }
    met
}

#[tokio::test]
async fn equal_seeds_and_requests_meet_the_same_faults() {
    let first = run(7).await;
    assert_eq!(first, run(7).await);
    assert_ne!(first, run(8).await);
    let html = first.iter().filter(|(_, name)| *name == "html").count();
    assert!((3..=15).contains(&html), "{first:?}");
    assert!(
        first
            .iter()
            .any(|(_, name)| *name == "reset_after_execution")
    );
}

#[tokio::test]
async fn attempts_are_counted_by_key_and_else_by_what_is_asked() {
    let plan = FaultPlan::new(1).attempt(2).inject(Fault::Html(503));
    let peer = Peer::with(|builder| builder.faults(plan)).await;
    let mut statuses = Vec::new();
    for key in ["a", "b", "a", "a", "b"] {
        statuses.push(peer.last_append(key).await.status());
    }
    assert_eq!(statuses, [200, 200, 503, 200, 503]);
    statuses.clear();
    for path in [ME, "/v2/api/users", ME, "/v2/api/users?role=ADMIN"] {
        statuses.push(peer.get(path).await.status());
    }
    assert_eq!(statuses, [200, 200, 503, 200]);
}

#[tokio::test]
async fn the_first_rule_that_fires_wins_and_rules_run_out() {
    let plan = FaultPlan::new(1)
        .on("getMe")
        .times(2)
        .inject(Fault::Html(502))
        .inject(Fault::Html(504));
    let peer = Peer::with(|builder| builder.faults(plan)).await;
    let mut statuses = Vec::new();
    for path in [ME, "/v2/api/users", ME, ME] {
        statuses.push(peer.get(path).await.status());
    }
    assert_eq!(statuses, [502, 504, 502, 504]);
}

#[tokio::test]
async fn plans_come_and_go_while_the_sandbox_runs() {
    let peer = Peer::with(|builder| builder).await;
    let control = peer.control();
    let plan = || FaultPlan::new(1).attempt(1).inject(Fault::Html(502));
    assert_eq!(peer.get(ME).await.status(), 200);
    for _ in 0..2 {
        control.set_faults(plan()).expect("a good plan");
        assert_eq!(peer.get(ME).await.status(), 502);
        assert_eq!(peer.get(ME).await.status(), 200);
    }
    control.set_faults(plan()).expect("a good plan");
    control.clear_faults();
    assert_eq!(peer.get(ME).await.status(), 200);
    assert_eq!(control.faults().len(), 2);
    assert_eq!(peer.get("/nowhere").await.status(), 404);
}

#[tokio::test]
async fn invalid_plans_are_rejected() {
    let any = || FaultPlan::new(1);
    let elsewhere = |status, to: &str| Fault::Redirect {
        status,
        to: to.to_owned(),
    };
    let bad = [
        (any().on("sendSmoke").inject(Fault::Refuse), "sendSmoke"),
        (any().attempt(0).inject(Fault::Refuse), "at least 1"),
        (any().times(0).inject(Fault::Refuse), "at least 1"),
        (
            any().probability(1.5).inject(Fault::Refuse),
            "between 0 and 1",
        ),
        (
            any().probability(f64::NAN).inject(Fault::Refuse),
            "between 0 and 1",
        ),
        (any().inject(Fault::Html(500)), "not 500"),
        (any().inject(elsewhere(303, "/")), "303"),
        (any().inject(elsewhere(301, "a\nb")), "header"),
        (any().inject(Fault::Refuse).on("getMe"), "inject"),
    ];
    let peer = Peer::with(|builder| builder).await;
    for (plan, why) in bad {
        let error = plan.check().expect_err(why).to_string();
        assert!(error.contains(why), "{error}");
        let at_start = allo_sandbox::Sandbox::builder().faults(plan.clone());
        let refused = at_start.start().await.expect_err(why);
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
        assert!(peer.control().set_faults(plan).is_err());
    }
    assert_eq!(peer.get(ME).await.status(), 200);
}

#[tokio::test]
async fn what_is_kept_shows_no_bodies_and_tells_the_time() {
    let plan = FaultPlan::new(1).on(APPEND).inject(Fault::HalfBody);
    let peer = Peer::with(|builder| builder.faults(plan)).await;
    peer.append("k").await;
    let (executed, faults) = (peer.control().executed(), peer.control().faults());
    let shown = format!("{executed:?} {faults:?}");
    assert!(!shown.contains("5550100"), "{shown}");
    assert!(shown.contains("HalfBody"), "{shown}");
    assert!(executed[0].at <= faults[0].at);
    assert!(faults[0].at < Duration::from_secs(60));
}

#[test]
fn every_fault_is_itself_again_from_json_under_its_name() {
    for fault in Fault::examples() {
        let json = serde_json::to_value(&fault).expect("JSON");
        let name = match &json {
            serde_json::Value::Object(fields) => fields.keys().next().cloned(),
            other => other.as_str().map(str::to_owned),
        };
        assert_eq!(name.as_deref(), Some(fault.name()), "{json}");
        let read: Fault = serde_json::from_value(json).expect("a fault");
        assert_eq!(read, fault);
    }
}

#[test]
fn a_plan_is_itself_again_from_json() {
    let plan = FaultPlan::new(7)
        .on("getMe")
        .attempt(2)
        .times(3)
        .inject(Fault::StallBeforeBody(std::time::Duration::from_millis(20)))
        .probability(0.25)
        .inject(Fault::Html(502));
    let json = serde_json::json!({ "seed": 7, "rules": [
        { "operation": "getMe", "attempt": 2, "times": 3, "probability": 1.0,
            "fault": { "stall_before_body": 20 } },
        { "probability": 0.25, "fault": { "html": 502 } },
    ] });
    assert_eq!(serde_json::to_value(&plan).expect("JSON"), json);
    assert_eq!(
        serde_json::from_value::<FaultPlan>(json).expect("a plan"),
        plan
    );
}
