//! A function of a user of `allo-client`, with its unit test against `allo-sandbox`.
#![forbid(unsafe_code)]

use allo_client::{Client, Error};

/// Marks a deal as won; returns false if there is no such deal.
pub async fn win_deal(client: &Client, id: &str) -> Result<bool, Error> {
    match client.update_deal(id).status("WON").await {
        Ok(_) => Ok(true),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use allo_sandbox::Sandbox;

    #[tokio::test]
    async fn a_deal_is_won_once_it_exists() -> Result<(), Box<dyn std::error::Error>> {
        let sandbox = Sandbox::builder().example_data().start().await?;
        let client = Client::builder()
            .api_key(sandbox.api_key())
            .base_url(sandbox.base_url())
            .build()?;

        assert!(win_deal(&client, "dea-example").await?);
        assert!(!win_deal(&client, "dea-gone").await?);

        let executed = sandbox.control().executed();
        assert_eq!(executed.len(), 1);
        assert_eq!(executed[0].operation, "updateDeal");
        Ok(())
    }

    #[test]
    fn the_command_is_a_library_as_well() {
        let command = allo_cli::command();
        assert_eq!(command.get_name(), "allo");
    }
}
