//! Copies all calls with their summaries, transcripts and tags, then only what is new or has changed.
//!
//! `cargo run --example sync_calls` does it against a sandbox and prints how many requests each run takes.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use allo_client::types::{ConversationItem, ItemKindFilter};
use allo_client::{Client, SyncCursor, Timestamp};
use allo_sandbox::{CallRecord, Control, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;
    let control = sandbox.control();
    let calls: Vec<_> = (0..250).map(|hour| add_call(&control, hour)).collect();

    // A database in which the id is the primary key.
    let mut table: BTreeMap<String, ConversationItem> = BTreeMap::new();
    let start = Timestamp::from(control.now() - Duration::from_secs(300 * 60 * 60));
    let mut stored = serde_json::to_string(&SyncCursor::from(start))?;
    for run in ["first run", "a summary and a call later", "nothing later"] {
        control.clear_log();
        let cursor: SyncCursor = serde_json::from_str(&stored)?;
        let mut changes = client.conversations().sync(cursor);
        changes = changes.kind(ItemKindFilter::Call);
        let mut count = 0;
        while let Some(change) = changes.try_next().await? {
            count += 1;
            let call = change.into_item();
            table.insert(call.id.to_string(), call);
        }
        stored = serde_json::to_string(changes.cursor())?;
        let requests = control.requests().len();
        println!("{run}: {count} changes by {requests} requests");
        if run == "first run" {
            control.update_call(&calls[0], |call| *call = call.clone().summary("A quote"))?;
            add_call(&control, 0);
        }
    }
    let has_summary = |call: &&ConversationItem| call.summary.as_option().is_some();
    let count = table.values().filter(has_summary).count();
    println!("{} calls, {count} with a summary", table.len());
    Ok(())
}

/// Adds a call this many hours ago and returns its id.
fn add_call(control: &Control, hours: u64) -> String {
    let at = control.now() - Duration::from_secs(hours * 60 * 60);
    control.add_call(CallRecord::inbound("+12125550100", "+12125550150").at(at))
}
