//! The first calls with a key: who it belongs to, what it may do, and the team.

use allo_client::{Client, operations};
use allo_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    // With an account: `Client::from_env()`, which reads ALLO_API_KEY.
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;

    let permissions = client.permissions().await?;
    println!(
        "may read users: {}",
        permissions.can(&operations::LIST_USERS)
    );

    for user in client.list_users().await?.body() {
        println!("{} {:?}", user.id, user.status);
    }

    let numbers = client.list_numbers().await?;
    println!("{} phone numbers", numbers.body().len());
    Ok(())
}
