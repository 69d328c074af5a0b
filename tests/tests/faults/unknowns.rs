//! An unknown outcome is resolved by a retry with the same key, whether the request was executed or not.

use std::time::Duration;

use allo_client::{Outcome, Timestamp};
use allo_sandbox::{Fault, FaultPlan};

use crate::harness::{APPEND, FaultHarness, always};

#[tokio::test(start_paused = true)]
async fn settled_by_the_same_key() {
    let cases = [
        (Fault::AcceptAndClose, Outcome::Executed),
        (Fault::ResetAfterHeaders, Outcome::Executed),
        (Fault::ResetBeforeExecution, Outcome::Executed),
        (Fault::ResetAfterExecution, Outcome::Replayed),
        (Fault::Html(504), Outcome::Executed),
        (Fault::ErrorEnvelopeIn200, Outcome::Executed),
    ];
    for (fault, expected) in cases {
        let faulty = FaultHarness::meeting(always(fault.clone())).await;
        let write = faulty.write().await;
        assert_eq!(write.events.len(), 6, "{fault}");
        write.unknown();
        assert_eq!(faulty.settle(&write).await, expected, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_key_is_the_one_that_was_sent_and_the_time_is_an_hour() {
    let faulty = FaultHarness::meeting(always(Fault::ResetAfterExecution)).await;
    let before = Timestamp::now();
    let write = faulty
        .write_with(|o| o.with_idempotency_key("import-7"))
        .await;
    let Outcome::Unknown {
        key, retry_until, ..
    } = write.outcome()
    else {
        panic!("{:?}", write.outcome())
    };
    assert_eq!(key.as_str(), "import-7");
    let sent = faulty.control.requests();
    assert!(
        sent.iter()
            .all(|request| request.header("idempotency-key") == Some("import-7"))
    );
    let left = retry_until.instant().duration_since(before.instant());
    let left = Duration::try_from(left).expect("in the future");
    assert!((3_500..=3_600).contains(&left.as_secs()), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_outweighs_the_refusals_after_it() {
    let plan = FaultPlan::new(1)
        .on(APPEND)
        .attempt(1)
        .inject(Fault::ResetAfterExecution)
        .on(APPEND)
        .inject(Fault::Internal { retryable: true });
    let faulty = FaultHarness::meeting(plan).await;
    let write = faulty.write_with(|o| o.with_max_attempts(2)).await;
    write.went("broken <250ms; 500");
    write.unknown();
    assert_eq!(faulty.settle(&write).await, Outcome::Replayed);
}

#[tokio::test(start_paused = true)]
async fn a_port_that_closes_after_a_lost_answer_leaves_it_unknown() {
    let plan = FaultPlan::new(1).times(1).inject(Fault::Refuse);
    let faulty = FaultHarness::meeting(plan).await;
    let write = faulty
        .write_with(|o| o.with_deadline(Duration::from_millis(50)))
        .await;
    // The connection was reset, and no later attempt reached the server.
    write.unknown();
    assert!(write.error().is_deadline());
    assert_eq!(faulty.settle(&write).await, Outcome::Executed);
}
