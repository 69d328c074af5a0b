//! Many clones of one client without rate limit and retries, and more calls than the quota allows: the error of a
//! refused call.

use std::time::Duration;

use allo_client::{Error, ErrorCode, Outcome, Response, Teammate};
use allo_sandbox::{Control, Quotas};
use tests::harness::{Harness, JONAS, MARIE, OWNER};

const TEAMMATES: [&str; 5] = [
    OWNER,
    MARIE,
    JONAS,
    "alex.martin@example.com",
    "alex.m@example.com",
];
const CLONES: usize = 50;

type Appended = Result<Response<allo_client::types::AppendedQueueNumbers>, Error>;

/// One append by each of many concurrent clones, distributed over the queues of five teammates.
async fn append_at_once(harness: &Harness) -> Vec<Appended> {
    let calls = (0..CLONES).map(|index| {
        let client = harness.client.clone();
        let teammate = Teammate::email(TEAMMATES[index % TEAMMATES.len()]);
        tokio::spawn(async move {
            let append = client.append_dialing_queue_numbers(["+12125550130"]);
            let append = append.for_teammate(teammate);
            append.options(|o| o.with_max_attempts(1)).send().await
        })
    });
    let calls: Vec<_> = calls.collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.expect("no panic"));
    }
    answers
}

/// The number of entries of each queue.
fn held(harness: &Harness, control: &Control) -> Vec<usize> {
    let count = |email: &&str| {
        let queue = control.queue_of(&harness.id_of(email));
        queue.map_or(0, |queue| queue.entries.len())
    };
    TEAMMATES.iter().map(count).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_quotas_every_append_arrives_once() {
    let harness = Harness::start().await;
    for answer in append_at_once(&harness).await {
        assert_eq!(answer.unwrap().body().added.len(), 1);
    }
    assert_eq!(
        held(&harness, &harness.control),
        [CLONES / TEAMMATES.len(); 5]
    );
    assert_eq!(harness.control.queues_created(), TEAMMATES.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_the_quota_calls_are_refused_and_not_done() {
    let harness = Harness::with(|builder| builder.quotas(Quotas::standard())).await;
    let answers = append_at_once(&harness).await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert!(done.len() >= 5, "five writes fit into any second");
    assert!(!refused.is_empty(), "fifty do not");
    for answer in &refused {
        let error = answer.as_ref().unwrap_err();
        assert!(error.is_rate_limited(), "{error}");
        assert_eq!(error.code(), Some(&ErrorCode::RateLimitExceeded));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
        assert_eq!(error.retryable(), Some(true));
        assert_eq!(*error.outcome(), Outcome::NotExecuted);
        assert_eq!(error.attempts(), 1);
        assert!(error.headers().contains_key("x-ratelimit-reset"));
    }
    let held: usize = held(&harness, &harness.control).into_iter().sum();
    assert_eq!(held, done.len(), "what was refused was not done");
    let requests = harness.take_requests();
    assert_eq!(requests.len(), CLONES);
    let executed = requests.iter().filter(|request| request.executed).count();
    assert_eq!(executed, done.len());
}
