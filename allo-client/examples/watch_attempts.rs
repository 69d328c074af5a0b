//! A bad network, seen through the hook: every attempt, what it met, and how long the client waits before the next.

use allo_client::Client;
use allo_sandbox::{Fault, FaultPlan, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let plan = FaultPlan::new(3)
        .probability(0.4)
        .inject(Fault::ResetBeforeExecution)
        .probability(0.3)
        .inject(Fault::ResetAfterExecution);
    let sandbox = Sandbox::builder().demo_team().faults(plan).start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .on_attempt(|attempt| {
            let met = attempt.error.unwrap_or("success");
            let next = attempt.wait.map_or("done".into(), |wait| {
                format!("again in {} ms", wait.as_millis())
            });
            println!("{} {}: {met}, {next}", attempt.operation, attempt.attempt);
        })
        .build()?;

    for name in ["Renewal", "New site", "Upgrade"] {
        client.create_deal(name).await?;
    }
    println!("deals created: {}", sandbox.control().executed().len());
    Ok(())
}
