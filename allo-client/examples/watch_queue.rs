//! Watches the queue of a teammate while it is dialled, entry by entry.
//!
//! `cargo run --example watch_queue` does it against a sandbox and prints how many requests each change takes.

use std::error::Error;
use std::time::Duration;

use allo_client::power_dialer::QueueChange;
use allo_client::{Client, Teammate};
use allo_sandbox::{DialOutcome, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;
    let control = sandbox.control();
    let users = control.users();
    let marie = users.iter().find(|user| user.email == "marie@example.com");
    let marie = marie.ok_or("the demo team has no such user")?;
    let dialer = client
        .power_dialer()
        .for_teammate(Teammate::email(&*marie.email));
    dialer
        .push(["+12125550101", "+12125550102", "+12125550103"])
        .await?;

    control.clear_log();
    let mut changes = dialer.watch(Duration::from_millis(100)).take(9);
    let (mut count, mut next) = (0, 0..3);
    while let Some(change) = changes.try_next().await? {
        count += 1;
        let (what, entry) = match &change {
            QueueChange::Added(entry) => ("added", entry),
            QueueChange::Called(entry) => ("called", entry),
            QueueChange::Finished(entry) => ("finished", entry),
            other => return Err(format!("unexpected: {other:?}").into()),
        };
        println!("entry {} {what}", entry.position);
        // What the app of the teammate does: it calls one number after another.
        let is_free = count >= 3 && !matches!(change, QueueChange::Called(_));
        if is_free && let Some(position) = next.next() {
            control.dial(&marie.id, position, DialOutcome::answered())?;
        }
    }
    println!("{count} changes by {} requests", control.requests().len());
    Ok(())
}
