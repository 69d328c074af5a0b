//! Loads leads from a CSV file into a teammate's Power Dialer queue and reads the queue back.
//!
//! `cargo run --example power_dialer` does it against a sandbox that lives as long as the program.
//! `ALLO_API_KEY=… cargo run --example power_dialer -- --live marie@example.com leads.csv` does the same against
//! the real service, after asking.

mod leads;
mod table;

use std::error::Error;
use std::io::{BufRead, Write};
use std::process::ExitCode;

use allo_client::power_dialer::{Region, TeammateDialer};
use allo_client::types::{NewQueueNumber, VoicemailHandling};
use allo_client::{Client, Teammate};
use allo_sandbox::Sandbox;

/// Small, so that the sample fills several pages.
const PAGE_SIZE: u64 = 4;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", said(&*error));
            ExitCode::FAILURE
        }
    }
}

/// What a person is told of an error: its `Display`, which never shows a key.
fn said(error: &dyn Error) -> String {
    format!("error: {error}")
}

async fn run() -> Result<(), Box<dyn Error>> {
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
    let dialer = client.power_dialer().for_teammate(Teammate::email(email));
    dialer.reset().name("Monday cold calls").send().await?;
    let queue = dialer
        .configure()
        .voicemail_handling(VoicemailHandling::Skip)
        .send()
        .await?
        .into_inner();
    println!("Queue {} for {email}, at a voicemail box: skip", queue.id);

    let report = dialer
        .push(leads)
        .default_region(Region::new("US")?)
        .await?;
    let counts = report.counts();
    println!(
        "{} added, {} skipped, {} rejected",
        counts.added, counts.skipped, counts.rejected
    );
    print_queue(&dialer).await?;
    table::print_not_added(&report);
    if let Some(why) = report.stopped() {
        println!("stopped: {why}");
    }
    Ok(())
}

/// Streams the queue page by page; each page is printed as it arrives.
async fn print_queue(dialer: &TeammateDialer) -> Result<(), allo_client::Error> {
    let mut pages = dialer.numbers().size(PAGE_SIZE).pages();
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

#[cfg(test)]
mod tests {
    #[test]
    fn an_error_is_a_sentence() {
        let keyless = allo_client::Client::builder().build().unwrap_err();
        let said = super::said(&keyless);
        assert!(said.contains("API key") && !said.contains('{'), "{said}");
    }
}
