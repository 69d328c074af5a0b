//! `searchAllConversations`: searches calls and messages by filters and words.

use std::cmp::Reverse;

use serde_json::Map;

use super::to_json::{self, ItemFormat};
use super::wants_transcript;
use crate::errors::{ApiError, Code};
use crate::fields::{ANY, Fields};
use crate::handlers::dates::DateRange;
use crate::handlers::{Context, e164};
use crate::lock::lock;
use crate::paging::Page;
use crate::reply::Reply;
use crate::state::direction::Direction;
use crate::state::inbox::{Inbox, Item};

const RESULTS: &[&str] = &["ANSWERED", "VOICEMAIL", "TRANSFERRED"];
const SORTS: &[&str] = &["DATE_DESC", "DATE_ASC", "RELEVANCE"];
const TYPES: &[&str] = &["CALL", "SMS", "ALL"];

pub(crate) fn handle(context: &Context<'_>) -> Result<Reply, ApiError> {
    let fields = context.request.optional_body()?;
    let mut fields = fields.unwrap_or_else(|| Fields::new(Map::new()));
    let filter = Filter::read(&mut fields);
    let sort = fields.one_of("sort", SORTS);
    let extend = fields.text("extend", ANY);
    let page = Page::from_fields(&mut fields);
    fields.finish()?;
    let (filter, page) = (filter?, page?);
    let transcript = wants_transcript(extend.as_deref())?;
    let state = &*lock(&context.app.state);
    let team_id = &context.team_id(state)?;
    let found = state.inbox.of_team(team_id);
    let mut found: Vec<_> = found
        .filter(|item| filter.matches(item, &state.inbox))
        .collect();
    match sort.as_deref() {
        Some("DATE_ASC") => found.reverse(),
        // A stable sort: equally relevant items stay newest first.
        Some("RELEVANCE") => found.sort_by_key(|item| Reverse(filter.relevance(item))),
        _ => {}
    }
    let item_format = ItemFormat {
        state,
        team_id,
        transcript,
    };
    let shown = page.slice(&found).iter();
    let shown: Vec<_> = shown.map(|item| item_format.listed(item)).collect();
    Ok(Reply::page(shown, page.pagination(found.len())))
}

/// The filters; all given ones must match.
struct Filter {
    allo_number: Option<String>,
    contact_number: Option<String>,
    user_id: Option<String>,
    direction: Option<String>,
    kind: Option<String>,
    result: Option<String>,
    tags: Option<Vec<String>>,
    unread: Option<bool>,
    unresponded: Option<bool>,
    date: Option<DateRange>,
    keywords: Vec<String>,
}

impl Filter {
    fn read(fields: &mut Fields) -> Result<Self, ApiError> {
        let allo_number = fields.text("allo_number", ANY);
        let contact_number = fields.text("contact_number", ANY);
        let search = fields.text("search", ANY);
        let filter = Self {
            user_id: fields.text("user_id", ANY),
            direction: fields.one_of("direction", &Direction::ALL.map(Direction::as_str)),
            kind: fields.one_of("type", TYPES),
            result: fields.one_of("result", RESULTS),
            tags: fields.strings("tags"),
            unread: fields.flag("unread"),
            unresponded: fields.flag("unresponded"),
            date: DateRange::read(fields, "date"),
            allo_number: None,
            contact_number: None,
            keywords: Vec::new(),
        };
        let number = |name: &str, number: Option<String>| {
            number.map(|number| e164(name, &number)).transpose()
        };
        Ok(Self {
            allo_number: number("allo_number", allo_number)?,
            contact_number: number("contact_number", contact_number)?,
            date: filter.date.map(|date| date.in_order("date")).transpose()?,
            keywords: search.map_or(Ok(Vec::new()), |search| keywords(&search))?,
            ..filter
        })
    }

    fn matches(&self, item: &Item, inbox: &Inbox) -> bool {
        let is = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| value == Some(wanted))
        };
        is(&self.allo_number, item.allo_number())
            && is(&self.contact_number, Some(item.contact_number()))
            && is(&self.user_id, item.user_id())
            && is(&self.direction, Some(item.direction().as_str()))
            && is(&self.result, item.call().and_then(to_json::result))
            && self.is_kind(item)
            && self.has_tags(item)
            && self.date.is_none_or(|date| date.contains(item.at()))
            && self.is_said_in(item)
            && self
                .unread
                .is_none_or(|unread| inbox.status(item).unread == unread)
            && self
                .unresponded
                .is_none_or(|wanted| inbox.is_unresponded(item) == wanted)
    }

    fn is_kind(&self, item: &Item) -> bool {
        match self.kind.as_deref() {
            Some("CALL") => item.call().is_some(),
            Some("SMS") => item.call().is_none(),
            _ => true,
        }
    }

    fn has_tags(&self, item: &Item) -> bool {
        let Some(wanted) = &self.tags else {
            return true;
        };
        let tags = item.call().map_or(&[][..], |call| &call.tags);
        wanted.iter().all(|tag| tags.contains(tag))
    }

    fn is_said_in(&self, item: &Item) -> bool {
        let words = words(item);
        let is_there = |keyword: &String| words.iter().any(|word| word.starts_with(keyword));
        self.keywords.iter().all(is_there)
    }

    /// The number of words in the item that begin with a keyword.
    fn relevance(&self, item: &Item) -> usize {
        let words = words(item);
        let hits = |keyword: &String| {
            words
                .iter()
                .filter(|word| word.starts_with(keyword))
                .count()
        };
        self.keywords.iter().map(hits).sum()
    }
}

/// The words to search for. Characters other than letters and digits are separators.
fn keywords(search: &str) -> Result<Vec<String>, ApiError> {
    let keywords = split(search);
    if keywords.is_empty() {
        let message = "search has neither a letter nor a digit.";
        return Err(ApiError::new(Code::InvalidSearchQuery, message).param("search"));
    }
    Ok(keywords)
}

fn split(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// All words in the transcript, summaries or text of an item.
fn words(item: &Item) -> Vec<String> {
    match item {
        Item::Message(message) => split(&message.content),
        Item::Call(call) => {
            let said = call
                .transcript
                .iter()
                .map(|phone_number| &phone_number.text);
            let summed_up = call.summaries.iter().map(|summary| &summary.content);
            said.chain(summed_up).flat_map(|text| split(text)).collect()
        }
    }
}
