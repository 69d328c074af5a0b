//! `allo conversations`: list, since, show and search. The columns of items are in
//! `items`.

use std::io::Write;
use std::path::{Path, PathBuf};

use allo_client::{ItemChange, SyncCursor, Timestamp};
use clap::{Args, Subcommand};

use super::items::{self, Filter, Limit};
use crate::error::CliError;
use crate::exit::Exit;
use crate::json;
use crate::output::{Column, column, optional};
use crate::output_file::temporary_beside;
use crate::session::Session;

#[derive(Subcommand)]
pub(crate) enum Conversations {
    /// List the conversations of one of your numbers, most recently active first
    List(List),
    /// List every call and message of a number since a time, each once, oldest first
    Since(Since),
    /// Show one call or message with its transcript
    Show {
        /// Id of the call or message
        id: String,
    },
    /// Search calls and messages by words
    Search(Search),
}

#[derive(Args)]
pub(crate) struct List {
    /// One of your Allo numbers, see `allo numbers`
    number: String,
    /// Only unread conversations
    #[arg(long)]
    unread: bool,
    #[command(flatten)]
    amount: Limit,
}

#[derive(Args)]
pub(crate) struct Since {
    /// One of your Allo numbers, see `allo numbers`
    number: String,
    /// Start day or time, such as 2026-05-01
    #[arg(value_parser = items::moment, required_unless_present = "cursor")]
    start: Option<Timestamp>,
    /// Resume from the cursor in this file, and store the new cursor in it
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Search {
    /// Words to search for; each must be the beginning of a word in the transcript, summary or message
    #[arg(required = true)]
    words: Vec<String>,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    amount: Limit,
}

const LIST: &[Column] = &[
    column("contact", "contact_number"),
    column("last activity", "last_activity"),
    column("contact name", "contacts"),
    optional("last item", "last_item.type"),
    optional("direction", "last_item.direction"),
];

const SHOW: &[Column] = &[
    column("date", "date"),
    column("type", "type"),
    column("direction", "direction"),
    column("line", "allo_number"),
    column("contact", "contact_number"),
    column("contact name", "contacts"),
    column("user", "user"),
    column("result", "result"),
    column("seconds", "duration"),
    column("tags", "tags"),
    column("text", "content"),
    column("summary", "summary"),
    column("recording", "recording_url"),
    column("id", "id"),
];

pub(crate) async fn run(session: &mut Session, command: Conversations) -> Result<(), CliError> {
    match command {
        Conversations::List(list) => list.run(session).await,
        Conversations::Since(since) => since.run(session).await,
        Conversations::Show { id } => show(session, id).await,
        Conversations::Search(search) => search.run(session).await,
    }
}

impl List {
    async fn run(self, session: &mut Session) -> Result<(), CliError> {
        let client = session.client().await?;
        let mut list = client
            .list_conversations(self.number)
            .size(self.amount.page_size());
        if self.unread {
            list = list.unread(true);
        }
        let entries = session
            .printer
            .entries(LIST.to_vec(), "No conversations match.");
        items::write(list.items(), self.amount.limit(), entries).await
    }
}

impl Since {
    async fn run(self, session: &mut Session) -> Result<(), CliError> {
        let stored = self.cursor.as_deref().map(load).transpose()?.flatten();
        let start = match (stored, self.start) {
            (Some(cursor), _) => cursor,
            (None, Some(start)) => SyncCursor::from(start),
            (None, None) => {
                return Err(CliError::usage("the cursor file does not exist yet")
                    .next("also pass a start time"));
            }
        };
        let client = session.client().await?;
        let items = client.conversations().sync(start);
        let mut items = items.allo_number(self.number).without_transcripts();
        let nothing = "Nothing new.";
        let mut entries = session.printer.entries(items::ITEMS.to_vec(), nothing);
        // Entries that were printed need not be read again, even if a later page fails.
        let (cursor, end) = loop {
            let cursor = items.cursor().clone();
            let item = match items.try_next().await {
                Ok(Some(ItemChange::New(item))) => json::value(&item),
                // Each is listed once.
                Ok(Some(_)) => continue,
                Ok(None) => break (items.cursor().clone(), Ok(())),
                Err(error) => break (cursor, Err(error.into_parts().0.into())),
            };
            match item.and_then(|item| entries.push(item)) {
                Ok(true) => {}
                // The reader of stdout is gone, so it is unknown which entries it has read.
                Ok(false) => return entries.finish(),
                Err(failure) => break (cursor, Err(failure)),
            }
        };
        entries.finish()?;
        match &self.cursor {
            Some(path) if !session.printer.is_closed() => store(path, &cursor).and(end),
            _ => end,
        }
    }
}

/// Reads the cursor from a file; `None` if the file does not exist.
fn load(path: &Path) -> Result<Option<SyncCursor>, CliError> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| CliError::file(Exit::Usage, "read", path, &error))?,
    };
    serde_json::from_str(&text).map(Some).map_err(|_| {
        CliError::usage(format!("{} is not a cursor file", path.display()))
            .next("choose another file, or delete it and pass a start time")
    })
}

/// Writes the cursor atomically: the file holds either the new cursor or the old one.
fn store(path: &Path, cursor: &SyncCursor) -> Result<(), CliError> {
    let text = json::value(cursor)?.to_string();
    let written = temporary_beside(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file.persist(path).map(drop)?)
    });
    written.map_err(|error| CliError::file(Exit::Other, "write", path, &error))
}

async fn show(session: &mut Session, id: String) -> Result<(), CliError> {
    let client = session.client().await?;
    let item = client.get_conversation_item(id).send().await?.into_inner();
    session.printer.record(SHOW, json::value(&item)?)
}

impl Search {
    async fn run(self, session: &mut Session) -> Result<(), CliError> {
        let client = session.client().await?;
        let search = client
            .search_all_conversations()
            .search(self.words.join(" "))
            .size(self.amount.page_size());
        let search = self.filter.resolved(&client).await?.apply(search);
        let nothing = "No results.";
        let entries = session.printer.entries(items::ITEMS.to_vec(), nothing);
        items::write(search.items(), self.amount.limit(), entries).await
    }
}
