//! `allo calls`: lists finished calls.
use allo_client::types::ItemKindFilter;
use clap::Args;

use super::items::{self, Filter, Limit};
use crate::error::CliError;
use crate::session::Session;

#[derive(Args)]
pub(crate) struct Calls {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    amount: Limit,
}

pub(crate) async fn run(session: &mut Session, arguments: Calls) -> Result<(), CliError> {
    let client = session.client().await?;
    let search = client
        .search_all_conversations()
        .kind(ItemKindFilter::Call)
        .size(arguments.amount.page_size());
    let search = arguments.filter.resolved(&client).await?.apply(search);
    let entries = session
        .printer
        .entries(items::CALLS.to_vec(), "No calls match.");
    items::write(search.items(), arguments.amount.limit(), entries).await
}
