//! The list of kinds is complete, and with each the write is executed once after a retry with
//! the same key.

use std::collections::BTreeSet;

use allo_sandbox::{Fault, RateLimitForm};

use crate::peer::Peer;

/// The kind, and whether a write that meets it is executed.
const EXECUTED: [(&str, bool); 24] = [
    ("refuse", false),
    ("accept_and_close", false),
    ("reset_after_headers", false),
    ("reset_before_execution", false),
    ("reset_after_execution", true),
    ("stall_before_body", true),
    ("stall_inside_body", true),
    ("half_body", true),
    ("wrong_content_length", true),
    ("wrong_content_type", true),
    ("html", false),
    ("internal", false),
    ("rate_limited", false),
    ("daily_quota", false),
    ("sms_limit", false),
    ("append_conflict", false),
    ("transaction_in_progress", false),
    ("redirect", false),
    ("error_envelope_in_200", false),
    ("undecodable_201", true),
    ("huge_body", true),
    ("slow_drip", true),
    ("tls_close_without_notify", true),
    ("drops_connection_after_response", true),
];

#[test]
fn the_list_has_one_example_of_every_kind() {
    let names = EXECUTED.map(|(name, _)| name);
    assert_eq!(Fault::ALL_KINDS, names);
    let examples = Fault::examples();
    let of_examples: Vec<_> = examples.iter().map(Fault::name).collect();
    assert_eq!(of_examples, names);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert_eq!(
        Fault::RateLimited(RateLimitForm::Bare).to_string(),
        "rate_limited"
    );
}

#[tokio::test]
async fn a_retry_resolves_every_kind() {
    for (fault, (name, executed)) in Fault::examples().into_iter().zip(EXECUTED) {
        let fault = match fault {
            Fault::HugeBody(_) => Fault::HugeBody(1_000_000),
            other => other,
        };
        let peer = Peer::meeting(fault.clone()).await;
        peer.last_append("k").await;
        assert_eq!(peer.executed_despite(&fault, "k"), executed, "{name}");
        if fault == Fault::Refuse {
            peer.control().refuse_connections(false).await;
        }
        peer.settle("k", executed).await;
    }
}
