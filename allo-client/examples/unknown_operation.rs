//! An operation that this version of the crate does not know: called by method and path, with everything that every call
//! has: the rate limit, retries, one idempotency key, and an outcome.

use allo_client::Client;
use allo_client::operation::{Method, RetrySafety};
use allo_sandbox::Sandbox;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .on_attempt(|attempt| {
            println!(
                "{} attempt {}: {:?}",
                attempt.operation, attempt.attempt, attempt.status
            )
        })
        .build()?;
    // What a newer version of the API would answer: at first nothing good.
    let control = sandbox.control();
    control.add_endpoint("POST", "/v2/api/letters", 503, "")?;
    control.add_endpoint(
        "POST",
        "/v2/api/letters",
        201,
        r#"{"data": {"id": "let-1"}}"#,
    )?;

    let sent = client
        .request(Method::Post, "/v2/api/letters")
        .json(&json!({"to": "marie@example.com"}))
        .retry_safety(RetrySafety::Keyed)
        .await?;
    println!("{:?} {}", sent.outcome(), sent.body()["data"]["id"]);
    Ok(())
}
