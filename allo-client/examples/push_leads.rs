//! A list of leads goes into a teammate's queue, each once. The first run ends in the middle; the second resumes it.

use allo_client::power_dialer::{Push, PushEvent};
use allo_client::{Client, Teammate};
use allo_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;
    let journals = std::env::temp_dir().join(format!("allo-push-leads-{}", std::process::id()));
    std::fs::create_dir_all(&journals)?;
    let push = || prepare(&client).journal_in(&journals);

    // The program ends after the first batch.
    let mut events = push().events();
    while let Some(event) = events.try_next().await? {
        if let PushEvent::Batch { .. } = event {
            break;
        }
    }
    drop(events);

    // Later, the same list again: what was added is not sent again.
    let report = push().await?;
    println!(
        "{} of {} are in the queue",
        report.counts().added,
        report.leads.len()
    );

    let marie = sandbox.control().user_id("marie@example.com")?;
    let queue = sandbox.control().queue_of(&marie).ok_or("no queue")?;
    println!("the queue has {} entries", queue.entries.len());
    std::fs::remove_dir_all(journals)?;
    Ok(())
}

fn prepare(client: &Client) -> Push {
    let marie = Teammate::email("marie@example.com");
    let leads = (100..150).map(|line| format!("+12125550{line}"));
    let dialer = client.power_dialer().for_teammate(marie);
    dialer.push(leads).batch_size(20)
}
