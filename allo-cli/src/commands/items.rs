//! Calls and text messages as `allo calls` and `allo conversations` share them: their
//! columns, their filters, and how many are read.

use allo_client::builder::conversations::SearchAllConversations;
use allo_client::types::{AnalyticsDateRange, ItemSort};
use allo_client::{Client, Date, Items, Paginated, Timestamp};
use clap::Args;
use serde::Serialize;

use crate::error::CliError;
use crate::json;
use crate::output::{Column, Entries, column, optional};
use crate::teammate;

pub(super) const CALLS: &[Column] = &[
    column("date", "date"),
    column("direction", "direction"),
    column("contact", "contact_number"),
    column("result", "result"),
    column("seconds", "duration"),
    optional("user", "user"),
    optional("tags", "tags"),
    optional("line", "allo_number"),
    optional("summary", "summary"),
    optional("id", "id"),
];

pub(super) const ITEMS: &[Column] = &[
    column("date", "date"),
    column("type", "type"),
    column("direction", "direction"),
    column("contact", "contact_number"),
    optional("result", "result"),
    optional("user", "user"),
    optional("text", "content"),
    optional("tags", "tags"),
    optional("line", "allo_number"),
    optional("id", "id"),
];

/// How many entries are read.
#[derive(Args)]
pub(super) struct Limit {
    /// Read at most this many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// Read all there are, page after page
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl Limit {
    const MOST_A_PAGE: u64 = 100;

    /// How many entries to stop after.
    pub(super) const fn limit(&self) -> u64 {
        if self.all { u64::MAX } else { self.limit }
    }

    /// How many to ask for at once.
    pub(super) fn page_size(&self) -> u64 {
        self.limit().min(Self::MOST_A_PAGE)
    }
}

/// Which calls and messages are wanted.
#[derive(Args)]
pub(super) struct Filter {
    /// One of your Allo numbers
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// The number of the other side
    #[arg(long, value_name = "NUMBER")]
    contact: Option<String>,
    /// First day, such as 2026-05-01; needs --until
    #[arg(long, value_name = "DAY", requires = "until")]
    from: Option<Date>,
    /// Last day; needs --from
    #[arg(long, value_name = "DAY", requires = "from")]
    until: Option<Date>,
    /// INBOUND or OUTBOUND
    #[arg(long)]
    direction: Option<String>,
    /// How the call ended, such as ANSWERED or VOICEMAIL
    #[arg(long)]
    result: Option<String>,
    /// Only what carries this tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only what a teammate has handled: an id, an e-mail address or a full name
    #[arg(long, value_name = "WHO")]
    user: Option<String>,
    /// The oldest first
    #[arg(long)]
    oldest_first: bool,
}

impl Filter {
    /// The same with the id of the teammate, whom the service knows by nothing else.
    pub(super) async fn resolved(mut self, client: &Client) -> Result<Self, CliError> {
        if let Some(user) = &self.user {
            self.user = Some(teammate::user_id(client, user).await?);
        }
        Ok(self)
    }

    /// The search with these filters.
    pub(super) fn apply(&self, mut search: SearchAllConversations) -> SearchAllConversations {
        if let Some(number) = &self.number {
            search = search.allo_number(number.as_str());
        }
        if let Some(contact) = &self.contact {
            search = search.contact_number(contact.as_str());
        }
        if let (Some(from), Some(until)) = (self.from, self.until) {
            search = search.date(AnalyticsDateRange::new(from, until));
        }
        if let Some(direction) = &self.direction {
            search = search.direction(direction.to_uppercase().as_str());
        }
        if let Some(result) = &self.result {
            search = search.result(result.to_uppercase().as_str());
        }
        if !self.tags.is_empty() {
            search = search.tags(self.tags.iter().cloned());
        }
        if let Some(user) = &self.user {
            search = search.user_id(user.as_str());
        }
        if self.oldest_first {
            search = search.sort(ItemSort::DateAsc);
        }
        search
    }
}

/// Writes what a list has, up to `limit` entries or until nobody reads on.
pub(super) async fn write<P>(
    mut items: Items<P>,
    limit: u64,
    mut entries: Entries<'_>,
) -> Result<(), CliError>
where
    P: Paginated,
    P::Item: Serialize,
{
    let mut left = limit;
    while left > 0 {
        let Some(item) = items.try_next().await? else {
            break;
        };
        if !entries.push(json::value(&item)?)? {
            break;
        }
        left -= 1;
    }
    entries.finish()
}

/// A time, or the beginning of a day in UTC.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    whole
        .parse()
        .map_err(|_| "a time looks like 2026-05-01 or 2026-05-01T09:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_its_beginning() {
        assert_eq!(
            moment("2026-05-01").unwrap().to_string(),
            "2026-05-01T00:00:00Z"
        );
        assert!(moment("2026-05-01T09:00:00+02:00").is_ok());
        assert!(moment("yesterday!").is_err());
    }
}
