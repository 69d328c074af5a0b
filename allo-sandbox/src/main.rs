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
    /// Do not serve the admin API under /__sandbox
    #[arg(long)]
    no_admin: bool,
    /// Token that the admin API requires, as `Authorization: Bearer TOKEN`
    #[arg(long, value_parser = key, conflicts_with = "no_admin")]
    admin_token: Option<String>,
    /// Add the objects that the examples of allo-client use, such as the deal dea-example
    #[arg(long)]
    examples: bool,
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
    if arguments.examples {
        builder = builder.example_data();
    }
    if let Some(key) = arguments.key {
        builder = builder.api_key(key);
    }
    if !arguments.no_admin {
        builder = builder.admin_api();
    }
    if let Some(token) = arguments.admin_token {
        builder = builder.admin_token(token);
    }
    let sandbox = builder.start().await?;
    let text = introduction(&sandbox, !arguments.no_admin);
    let mut stdout = io::stdout();
    stdout.write_all(text.as_bytes())?;
    // A program that waits for the address reads a pipe.
    stdout.flush()?;
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}

/// An API key or token that is valid in a header.
fn key(text: &str) -> Result<String, &'static str> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| text.to_owned())
        .ok_or("it must consist of visible ASCII characters without spaces")
}

/// What a user needs to send the first request.
fn introduction(sandbox: &Sandbox, has_admin: bool) -> String {
    let (url, key) = (sandbox.base_url(), sandbox.api_key());
    let admin = match has_admin {
        true => format!("Admin API {url}/__sandbox\n"),
        false => String::new(),
    };
    let people: String = sandbox.control().users().iter().map(line).collect();
    format!(
        "Base URL  {url}\n\
         API key   {key}\n\
         {admin}\
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
