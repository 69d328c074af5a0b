//! A key for each account, over the same connections, each with its own rate limit.

use allo_client::Client;
use allo_sandbox::{KeySpec, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;

    let marie = sandbox.control().user_id("marie@example.com")?;
    let key = sandbox.control().add_key(KeySpec::new(&marie));
    let of_marie = client.with_api_key(key)?;

    for account in [&client, &of_marie] {
        let me = account.get_me().await?;
        println!("{}", me.body().api_key_id);
    }
    Ok(())
}
