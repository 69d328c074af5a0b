//! A text message, and the check of its limits before anything is sent.

use allo_client::Client;
use allo_sandbox::Sandbox;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().demo_team().start().await?;
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()?;
    let numbers = client.list_numbers().await?;
    let numbers = numbers.body().iter();
    let mut numbers = numbers.filter_map(|number| number.number.as_option());
    let ours = numbers.next().ok_or("the team has no number")?;

    // Sender, recipient and text are texts all three, so each is set by its name.
    let message = client.send_sms().from(ours).to("+12125550199");
    let sent = message.clone().text("Your order is ready.").await?;
    println!("{:?}", sent.outcome());

    match message.text("").await {
        Err(error) if error.is_invalid_request() => println!("{error}"),
        _ => return Err("an empty message should be refused".into()),
    }
    Ok(())
}
