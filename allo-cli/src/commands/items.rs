//! Columns, filters and limits that `allo calls` and `allo conversations` share for calls
//! and text messages.

use allo_client::builder::conversations::SearchAllConversations;
use allo_client::types::{DateRange, ItemSort};
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

/// How many entries to read.
#[derive(Args)]
pub(super) struct Limit {
    /// Maximum number of entries
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// Read all pages
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl Limit {
    const MOST_A_PAGE: u64 = 100;

    /// The maximum number of entries.
    pub(super) const fn limit(&self) -> u64 {
        if self.all { u64::MAX } else { self.limit }
    }

    /// The page size to request.
    pub(super) fn page_size(&self) -> u64 {
        self.limit().min(Self::MOST_A_PAGE)
    }
}

/// Filters for calls and messages.
#[derive(Args)]
pub(super) struct Filter {
    /// One of your Allo numbers
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// Number of the contact
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
    /// Result of the call, such as ANSWERED or VOICEMAIL
    #[arg(long)]
    result: Option<String>,
    /// Only calls and messages with this tag; repeatable
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only calls and messages handled by this teammate: an id, an e-mail address or a full name
    #[arg(long, value_name = "TEAMMATE")]
    user: Option<String>,
    /// Oldest first
    #[arg(long)]
    oldest_first: bool,
}

impl Filter {
    /// Replaces the teammate in `--user` by the id, which is all the API accepts.
    pub(super) async fn resolved(mut self, client: &Client) -> Result<Self, CliError> {
        if let Some(user) = &self.user {
            self.user = Some(teammate::user_id(client, user).await?.into_string());
        }
        Ok(self)
    }

    /// Applies the filters to a search.
    pub(super) fn apply(&self, mut search: SearchAllConversations) -> SearchAllConversations {
        if let Some(number) = &self.number {
            search = search.allo_number(number.as_str());
        }
        if let Some(contact) = &self.contact {
            search = search.contact_number(contact.as_str());
        }
        if let (Some(from), Some(until)) = (self.from, self.until) {
            search = search.date(DateRange::new(from, until));
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

/// Prints the items of a list, up to `limit` entries or until the reader of stdout is gone.
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

/// Parses a time, or a day as its start in UTC.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    whole
        .parse()
        .map_err(|_| "expected a time such as 2026-05-01 or 2026-05-01T09:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_parsed_as_its_start() {
        assert_eq!(
            moment("2026-05-01").unwrap().to_string(),
            "2026-05-01T00:00:00Z"
        );
        assert!(moment("2026-05-01T09:00:00+02:00").is_ok());
        assert!(moment("yesterday!").is_err());
    }
}
