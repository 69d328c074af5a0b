//! The response to a write is lost. The outcome is unknown, and the idempotency key settles it.

use std::time::Duration;

use allo_client::{Client, Outcome};
use allo_sandbox::{Fault, FaultPlan, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .deadline(Duration::from_secs(1)) // so that the retries of the client end early
        .build()?;

    // The server does the work, and the connection breaks before the response.
    let plan = FaultPlan::new(1).inject(Fault::ResetAfterExecution);
    sandbox.control().set_faults(plan)?;
    let create = client.create_deal("Renewal 2027");
    let error = match create.clone().await {
        Ok(_) => return Err("the connection should have broken".into()),
        Err(error) => error,
    };
    println!("{error}");
    let Outcome::Unknown {
        key, retry_until, ..
    } = error.outcome()
    else {
        return Err("the outcome should be unknown".into());
    };
    println!("to be settled before {retry_until}");

    // The network is back: the same request with the same key.
    sandbox.control().clear_faults();
    let response = create
        .options(|o| o.with_idempotency_key(key.clone()))
        .await?;
    println!("{:?}: {}", response.outcome(), response.body().id);
    println!("deals created: {}", sandbox.control().executed().len());
    Ok(())
}
