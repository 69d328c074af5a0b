//! The program `allo-sandbox`: a sandbox with the demo team that runs until it is interrupted.

#![forbid(unsafe_code)]

use std::io;

use allo_sandbox::{Quotas, Sandbox};
use clap::Parser;

/// A stateful Allo API on loopback, filled with a demo team
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Count no requests and refuse none for being too many
    #[arg(long)]
    no_quotas: bool,
    /// Value of the API key instead of a generated one
    #[arg(long)]
    key: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let mut builder = Sandbox::builder().demo_team().port(arguments.port);
    if arguments.no_quotas {
        builder = builder.quotas(Quotas::off());
    }
    if let Some(key) = arguments.key {
        builder = builder.api_key(key);
    }
    let sandbox = builder.start().await?;
    introduce(&sandbox);
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}

/// Prints what somebody needs to send the first request.
fn introduce(sandbox: &Sandbox) {
    let (url, key) = (sandbox.base_url(), sandbox.api_key());
    println!("Base URL  {url}");
    println!("API key   {key}");
    println!();
    for user in sandbox.control().users() {
        let role = user.role.as_str().to_lowercase();
        let status = user.status.as_str().to_lowercase();
        println!(
            "{:<16} {:<24} {}  {role}, {status}",
            user.name, user.email, user.id
        );
    }
    println!();
    println!("curl -H 'Authorization: Api-Key {key}' {url}/v2/api/dialing-queues/current");
    println!();
    println!("Press Ctrl-C to stop.");
}
