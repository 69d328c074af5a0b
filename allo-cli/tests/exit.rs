//! The exit code for each kind of failed call.

use std::time::Duration;

use allo_cli::Exit;
use allo_client::{Client, ClientBuilder, ErrorCode, OpenEnum};
use allo_sandbox::{Fault, FaultPlan, RateLimitForm, Sandbox};

fn client(sandbox: &Sandbox) -> ClientBuilder {
    let builder = Client::builder().base_url(sandbox.base_url());
    builder.api_key(sandbox.api_key()).max_attempts(1)
}

/// The exit status of a read and of a write when every request meets this fault.
async fn ends(fault: Fault) -> (Exit, Exit) {
    let plan = FaultPlan::new(1).probability(1.0).inject(fault);
    let sandbox = Sandbox::builder()
        .demo_team()
        .faults(plan)
        .start()
        .await
        .unwrap();
    let client = client(&sandbox)
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let read = client.list_users().send().await.unwrap_err();
    let write = client
        .reset_current_dialing_queue()
        .send()
        .await
        .unwrap_err();
    (Exit::of(&read), Exit::of(&write))
}

#[tokio::test]
async fn every_kind_of_failure_has_its_exit_code() {
    let table = [
        (Fault::Refuse, (Exit::Network, Exit::Network)),
        (Fault::ResetBeforeExecution, (Exit::Network, Exit::Unknown)),
        (Fault::ResetAfterExecution, (Exit::Network, Exit::Unknown)),
        (Fault::Html(502), (Exit::Server, Exit::Unknown)),
        (
            Fault::Internal { retryable: true },
            (Exit::Server, Exit::Unknown),
        ),
        (
            Fault::RateLimited(RateLimitForm::RetryAfterSeconds(1)),
            (Exit::Limit, Exit::Limit),
        ),
        (Fault::DailyQuota, (Exit::Limit, Exit::Limit)),
    ];
    for (fault, expected) in table {
        assert_eq!(ends(fault.clone()).await, expected, "{fault:?}");
    }
}

#[tokio::test]
async fn errors_have_the_exit_code_of_their_category() {
    let sandbox = Sandbox::builder().demo_team().start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let missing = client
        .get_conversation_item("cll-0")
        .send()
        .await
        .unwrap_err();
    assert_eq!(Exit::of(&missing), Exit::NotFound);
    let wrong = client
        .get_current_dialing_queue()
        .size(0)
        .send()
        .await
        .unwrap_err();
    assert_eq!(Exit::of(&wrong), Exit::Validation);
    let keyless = Client::builder().build().unwrap_err();
    assert_eq!(Exit::of(&keyless), Exit::Auth);
    let astray = Client::builder()
        .api_key("k")
        .base_url("ftp://example.com")
        .build();
    assert_eq!(Exit::of(&astray.unwrap_err()), Exit::Usage);
    sandbox.control().revoke(sandbox.api_key());
    let revoked = client.get_me().send().await.unwrap_err();
    assert_eq!(Exit::of(&revoked), Exit::Auth);
}

#[test]
fn every_known_code_has_an_exit_code() {
    for text in ErrorCode::KNOWN {
        let exit = Exit::of_code(&ErrorCode::from(*text));
        assert!(exit.is_some_and(|exit| exit.code() >= 3), "{text}");
    }
    assert_eq!(Exit::of_code(&ErrorCode::from("SOMETHING_NEW")), None);
}
