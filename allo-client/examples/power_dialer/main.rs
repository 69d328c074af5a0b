//! Loads leads from a CSV file into a teammate's Power Dialer queue and reads the queue back.
//!
//! `cargo run --example power_dialer` does it against a sandbox that lives as long as the program.
//! `ALLO_API_KEY=… cargo run --example power_dialer -- --live marie@example.com leads.csv` does the same against
//! the real service, after asking.

mod leads;
mod table;

use std::error::Error;
use std::io::{BufRead, Write};

use allo_client::types::{NewQueueNumber, SkippedNumber, VoicemailHandling};
use allo_client::{Client, Paginated, TargetTeammate, Teammate};
use allo_sandbox::Sandbox;

/// How many numbers go into one request.
const BATCH: usize = 100;
/// Small, so that the sample fills several pages.
const PAGE_SIZE: u64 = 4;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => {
            let sandbox = Sandbox::builder().demo_team().start().await?;
            println!("Sandbox at {}", sandbox.base_url());
            let client = Client::builder()
                .api_key(sandbox.api_key())
                .base_url(sandbox.base_url())
                .build()?;
            load(&client, "marie@example.com", leads::shipped()?).await
        }
        ["--live", teammate, file] => {
            let client = Client::from_env()?;
            let leads = leads::read(std::fs::File::open(file)?)?;
            if confirm(teammate, leads.len())? {
                load(&client, teammate, leads).await
            } else {
                println!("Nothing was changed.");
                Ok(())
            }
        }
        _ => Err("usage: power_dialer [--live TEAMMATE_EMAIL LEADS.CSV]".into()),
    }
}

/// The whole job: a new queue, its settings, the leads, and the queue as the dialer sees it.
async fn load(
    client: &Client,
    email: &str,
    leads: Vec<NewQueueNumber>,
) -> Result<(), Box<dyn Error>> {
    let teammate = Teammate::email(email);
    client
        .reset_current_dialing_queue()
        .for_teammate(&teammate)
        .name("Monday cold calls")
        .send()
        .await?;
    let queue = client
        .upsert_current_dialing_queue()
        .for_teammate(&teammate)
        .voicemail_handling(VoicemailHandling::Skip)
        .send()
        .await?
        .into_inner();
    println!("Queue {} for {email}, at a voicemail box: skip\n", queue.id);

    let skipped = append(client, &teammate, leads).await?;
    print_queue(client, &teammate).await?;
    table::print_skipped(&skipped);
    Ok(())
}

/// Appends the leads in order and returns what the service left out.
async fn append(
    client: &Client,
    teammate: &Teammate,
    leads: Vec<NewQueueNumber>,
) -> Result<Vec<SkippedNumber>, allo_client::Error> {
    let mut skipped = Vec::new();
    for batch in leads.chunks(BATCH) {
        let answer = client
            .append_dialing_queue_numbers(batch.to_vec())
            .for_teammate(teammate)
            .send()
            .await?
            .into_inner();
        println!(
            "{} added, {} skipped",
            answer.added.len(),
            answer.skipped.len()
        );
        skipped.extend(answer.skipped);
    }
    Ok(skipped)
}

/// Streams the queue page by page; each page is printed as it arrives.
async fn print_queue(client: &Client, teammate: &Teammate) -> Result<(), allo_client::Error> {
    let mut pages = client
        .get_current_dialing_queue()
        .for_teammate(teammate)
        .size(PAGE_SIZE)
        .pages();
    table::print_head();
    while let Some(page) = pages.try_next().await? {
        table::print_page(page.body());
    }
    Ok(())
}

fn confirm(teammate: &str, leads: usize) -> std::io::Result<bool> {
    print!("This replaces the current queue of {teammate} by {leads} leads. Go on? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
