//! Puts a list of people into the CRM, each once, and keeps the id of each.
//!
//! `cargo run --example import_people` does it against a sandbox and prints how many requests each person takes.

use std::error::Error;

use allo_client::Client;
use allo_client::types::CreatePersonRequest;
use allo_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;
    let control = sandbox.control();
    let people = client.crm().people();
    let person = |number: &str, name: &str| CreatePersonRequest::new([number]).name(name);

    // One person, twice, in different notations.
    for number in ["+12125550181", "+1 (212) 555-0181"] {
        control.clear_log();
        let ensured = people.ensure(person(number, "Ann")).await?;
        let word = if ensured.is_created() {
            "created"
        } else {
            "found"
        };
        let requests = control.requests().len();
        println!("{} {word} by {requests} requests", ensured.person().id);
    }

    // A list, which resumes from its journal after a crash.
    let journal = std::env::temp_dir().join(format!("import-{}.journal", std::process::id()));
    let list = || {
        [
            person("+12125550181", "Ann"),
            person("+12125550182", "Ben"),
            person("+1 212 555 0182", "Benjamin"),
            person("nobody", "Cleo"),
        ]
    };
    for run in ["first run", "again"] {
        control.clear_log();
        let report = people.ensure_all(list()).journal(&journal).await?;
        println!("{run}: {} requests", control.requests().len());
        for person in &report.people {
            println!("  {} {:?}", person.input, person.status);
        }
    }
    std::fs::remove_file(journal)?;
    Ok(())
}
