//! The program `allo-sandbox`: runs a sandbox with the demo team until it is interrupted.

#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::process::ExitCode;

use allo_sandbox::{Quotas, Sandbox, User};
use clap::Parser;

/// Run a stateful sandbox of the Allo API on loopback, with a demo team
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 selects a free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Disable quotas
    #[arg(long)]
    no_quotas: bool,
    /// API key to accept instead of a generated one
    #[arg(long, value_parser = key)]
    key: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let port = arguments.port;
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("allo-sandbox stopped: {error} (127.0.0.1, port {port})");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> io::Result<()> {
    let mut builder = Sandbox::builder().demo_team().port(arguments.port);
    if arguments.no_quotas {
        builder = builder.quotas(Quotas::off());
    }
    if let Some(key) = arguments.key {
        builder = builder.api_key(key);
    }
    let sandbox = builder.start().await?;
    io::stdout().write_all(introduction(&sandbox).as_bytes())?;
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}

/// An API key that is valid in a header.
fn key(text: &str) -> Result<String, &'static str> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| text.to_owned())
        .ok_or("an API key must consist of visible ASCII characters without spaces")
}

/// What a user needs to send the first request.
fn introduction(sandbox: &Sandbox) -> String {
    let (url, key) = (sandbox.base_url(), sandbox.api_key());
    let people: String = sandbox.control().users().iter().map(line).collect();
    format!(
        "Base URL  {url}\n\
         API key   {key}\n\
         \n\
         {people}\n\
         curl -H 'Authorization: Api-Key {key}' {url}/v2/api/dialing-queues/current\n\
         \n\
         Press Ctrl-C to stop.\n"
    )
}

fn line(user: &User) -> String {
    let role = user.role.as_str().to_lowercase();
    let status = user.status.as_str().to_lowercase();
    format!(
        "{:<16} {:<24} {}  {role}, {status}\n",
        user.name, user.email, user.id
    )
}
