//! The 429s: those that end within a call, those that end later, and those that last until tomorrow.

use std::time::Duration;

use allo_client::{ErrorCode, Outcome, Pacing};
use allo_sandbox::{Fault, Quotas, RateLimitForm, SmsLimit};
use futures_util::future::join;
use insta::assert_snapshot;
use tests::harness::Harness;
use tests::virtual_time::SmallSteps;

use crate::harness::{FaultHarness, always, first};

#[tokio::test(start_paused = true)]
async fn rate_limited_waits_as_long_as_the_server_says() {
    let cases = [
        (RateLimitForm::Bare, "429 <250ms; 429 <500ms; 200"),
        (RateLimitForm::RetryAfterSeconds(7), "429 7s; 429 7s; 200"),
        (RateLimitForm::RetryAfterDate(7), "429 7s; 429 7s; 200"),
        (RateLimitForm::BodyOnly(7), "429 7s; 429 7s; 200"),
        (RateLimitForm::ResetDelay(7), "429 7s; 429 7s; 200"),
    ];
    for (form, line) in cases {
        let faulty = FaultHarness::meeting(first(2, Fault::RateLimited(form))).await;
        faulty.write().await.went(line).succeeded(Outcome::Executed);
        faulty
            .control
            .set_faults(first(2, Fault::RateLimited(form)))
            .unwrap();
        faulty.read().await.went(line).succeeded(Outcome::Executed);
        assert_eq!(faulty.executed(), 1, "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn rate_limited_until_a_unix_time() {
    // There is no `Date`, so both clocks must agree; and the value is in whole seconds, one of which has begun.
    let plan = first(1, Fault::RateLimited(RateLimitForm::ResetUnix(8)));
    let now = jiff::Timestamp::now();
    let harness =
        Harness::with(|builder| builder.quotas(Quotas::off()).start_time(now).faults(plan));
    let faulty = FaultHarness::of(harness.await, |builder| builder);
    let write = faulty.write().await;
    write.succeeded(Outcome::Executed);
    let waits: Vec<_> = write.events.iter().map(|event| event.wait).collect();
    let [Some(wait), None] = waits[..] else {
        panic!("{waits:?}")
    };
    let range = Duration::from_millis(6_500)..=Duration::from_millis(8_500);
    assert!(range.contains(&wait), "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn rate_limited_longer_than_the_deadline_returns_at_once() {
    let fault = Fault::RateLimited(RateLimitForm::RetryAfterSeconds(60));
    let faulty = FaultHarness::meeting(always(fault)).await;
    let write = faulty
        .write_with(|o| o.with_deadline(Duration::from_secs(60)))
        .await;
    write.went("429");
    assert!(
        write.elapsed < Duration::from_millis(5),
        "{:?}",
        write.elapsed
    );
    let error = write.failed(Outcome::NotExecuted);
    assert!(error.is_deadline() && error.is_rate_limited());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 429 RATE_LIMIT_EXCEEDED: Too many requests at once; slow down; a key may read 20 and write 5 times a second; wait 60 s; gave up after 1 attempt; the deadline of 60 s would pass first (request req_32goe5dr1ll5)");
    let read = faulty
        .read_with(|o| o.with_deadline(Duration::from_secs(9)))
        .await;
    assert_snapshot!(read.went("429").failed(Outcome::NotExecuted), @"getMe failed: 429 RATE_LIMIT_EXCEEDED: Too many requests at once; slow down; a key may read 20 and write 5 times a second; wait 60 s; gave up after 1 attempt; the deadline of 9 s would pass first (request req_agb0hr4yk4ql)");
    assert_eq!(faulty.executed(), 0);
}

#[tokio::test(start_paused = true)]
async fn rate_limited_to_the_end_was_not_done() {
    let fault = Fault::RateLimited(RateLimitForm::RetryAfterSeconds(2));
    let faulty = FaultHarness::meeting(always(fault)).await;
    let write = faulty.write_with(|o| o.with_max_attempts(3)).await;
    write.went("429 2s; 429 2s; 429");
    assert_snapshot!(write.failed(Outcome::NotExecuted), @"appendDialingQueueNumbers failed: 429 RATE_LIMIT_EXCEEDED: Too many requests at once; slow down; a key may read 20 and write 5 times a second; wait 2 s; gave up after 3 attempts (request req_mygqbb9qqirw)");
    assert_eq!(faulty.executed(), 0);
}

#[tokio::test(start_paused = true)]
async fn rate_limited_by_the_class_holds_back_all_calls_of_it() {
    let plan = first(1, Fault::RateLimited(RateLimitForm::RetryAfterSeconds(3)));
    let faulty = FaultHarness::with(plan, |builder| builder.pacing(Pacing::default())).await;
    let _steps = SmallSteps::begin();
    let first_call = faulty
        .client
        .append_dialing_queue_numbers(["+12125550101"])
        .send();
    let second_call = async {
        // It is sent after the first one was refused.
        while faulty.control.faults().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        faulty
            .client
            .append_dialing_queue_numbers(["+12125550102"])
            .send()
            .await
    };
    let (one, two) = join(first_call, second_call).await;
    assert_eq!((one.unwrap().attempts(), two.unwrap().attempts()), (2, 1));
    let at: Vec<_> = faulty
        .control
        .requests()
        .iter()
        .map(|request| request.at)
        .collect();
    assert!(
        at[1..]
            .iter()
            .all(|at_| *at_ >= at[0] + Duration::from_secs(3)),
        "{at:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn daily_quota_is_not_tried_again() {
    let faulty = FaultHarness::meeting(always(Fault::DailyQuota)).await;
    let write = faulty.write().await;
    write.went("429");
    let error = write.failed(Outcome::NotExecuted);
    assert_eq!(error.code(), Some(&ErrorCode::ApiKeyQuotaExceeded));
    assert_snapshot!(error, @"appendDialingQueueNumbers failed: 429 API_KEY_QUOTA_EXCEEDED: limit=1000;type=DAILY;reset_in=55800; wait until tomorrow; the daily quota is used up; wait 55800 s");
    let read = faulty.read().await;
    read.went("429").failed(Outcome::NotExecuted);
    assert_eq!((faulty.executed(), faulty.control.requests().len()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn sms_limit_of_each_sort_is_not_tried_again() {
    let mut lines = Vec::new();
    for limit in [SmsLimit::Trial, SmsLimit::Api, SmsLimit::Number] {
        let faulty = FaultHarness::meeting(always(Fault::SmsLimit(limit))).await;
        let write = faulty.write().await;
        let error = write.went("429").failed(Outcome::NotExecuted);
        assert_eq!(error.retryable(), Some(true), "the server claims it");
        lines.push(error.to_string());
        faulty.read().await.went("429").failed(Outcome::NotExecuted);
        assert_eq!((faulty.executed(), faulty.control.requests().len()), (0, 2));
    }
    assert_snapshot!(lines.join("\n"), @"
appendDialingQueueNumbers failed: 429 TRIAL_SMS_LIMIT_REACHED: The SMS limit of the trial is reached; move the workspace to a paid plan to send more messages (request req_32goe5dr1ll5)
appendDialingQueueNumbers failed: 429 SMS_LIMIT_REACHED: The daily SMS limit of the API is reached; send the rest tomorrow; the daily limit is reached (request req_32goe5dr1ll5)
appendDialingQueueNumbers failed: 429 DAILY_SMS_LIMIT_REACHED: The daily SMS limit of this number is reached; send from another number, or tomorrow (request req_32goe5dr1ll5)
");
}
