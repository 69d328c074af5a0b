//! What became of the entries of a queue, as CSV.

use allo_client::{Client, Teammate};
use allo_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;
    let marie = Teammate::email("marie@example.com");
    let dialer = client.power_dialer().for_teammate(marie);
    dialer
        .push((140..145).map(|line| format!("+12125550{line}")))
        .await?;

    let mut file = csv::Writer::from_writer(std::io::stdout());
    file.write_record(["position", "number", "result"])?;
    let mut entries = dialer.numbers().items();
    while let Some(entry) = entries.try_next().await? {
        let result = entry.routing_result.as_option();
        let result = result.map_or("not called".to_owned(), ToString::to_string);
        let position = entry.position.to_string();
        file.write_record([&position, entry.number_to.expose(), &result])?;
    }
    file.flush()?;

    let status = dialer.status().await?;
    println!("{} waiting of {}", status.waiting, status.total);
    Ok(())
}
