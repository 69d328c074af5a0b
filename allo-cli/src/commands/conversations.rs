//! `allo conversations`: list, since, show and search. What items look like is in
//! `items`.

use std::io::Write;
use std::path::{Path, PathBuf};

use allo_client::{Paginated, SyncCursor, Timestamp};
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
    /// The conversations of one of your numbers, the most recently active first
    List(List),
    /// Every call and message of a number since a time, each once, the oldest first
    Since(Since),
    /// One call or message, with its transcript
    Show {
        /// Id of the call or message
        id: String,
    },
    /// Calls and messages in which the words occur
    Search(Search),
}

#[derive(Args)]
pub(crate) struct List {
    /// One of your Allo numbers, see `allo numbers`
    number: String,
    /// Only conversations with something unread
    #[arg(long)]
    unread: bool,
    #[command(flatten)]
    amount: Limit,
}

#[derive(Args)]
pub(crate) struct Since {
    /// One of your Allo numbers, see `allo numbers`
    number: String,
    /// A day or time to start from, such as 2026-05-01
    #[arg(value_parser = items::moment, required_unless_present = "cursor")]
    start: Option<Timestamp>,
    /// Go on where the file says, and write into it how far one came
    #[arg(long, value_name = "FILE")]
    cursor: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Search {
    /// Words; each must begin some word of the transcript, summary or message
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
    column("who", "contacts"),
    optional("last item", "last_item.type"),
    optional("direction", "last_item.direction"),
];

const SHOW: &[Column] = &[
    column("date", "date"),
    column("type", "type"),
    column("direction", "direction"),
    column("line", "allo_number"),
    column("contact", "contact_number"),
    column("who", "contacts"),
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
            .entries(LIST.to_vec(), "There are no such conversations.");
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
                    .next("give a time to start from, too"));
            }
        };
        let client = session.client().await?;
        let mut items = client.conversations().since(self.number, start);
        let nothing = "There is nothing new.";
        let mut entries = session.printer.entries(items::ITEMS.to_vec(), nothing);
        // What was written needs not be read again, whatever came then.
        let (cursor, end) = loop {
            let cursor = items.cursor().clone();
            let item = match items.try_next().await {
                Ok(Some(item)) => json::value(&item),
                Ok(None) => break (items.cursor().clone(), Ok(())),
                Err(error) => break (cursor, Err(error.into())),
            };
            match item.and_then(|item| entries.push(item)) {
                Ok(true) => {}
                // Nobody reads on, and who knows what was read.
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

/// The cursor in a file; nothing if there is no such file.
fn load(path: &Path) -> Result<Option<SyncCursor>, CliError> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| CliError::file(Exit::Usage, "read", path, &error))?,
    };
    serde_json::from_str(&text).map(Some).map_err(|_| {
        CliError::usage(format!("{} is not a cursor", path.display()))
            .next("name another file, or delete it and give a time to start from")
    })
}

/// Writes the cursor, of which a file is there whole: the new one, else the old one.
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
        let nothing = "Nothing was found.";
        let entries = session.printer.entries(items::ITEMS.to_vec(), nothing);
        items::write(search.items(), self.amount.limit(), entries).await
    }
}
