//! `allo api`: calls any operation in the operation table. `help` builds the subcommands,
//! `fields` parses their values.

mod fields;
mod help;

use std::path::PathBuf;

use allo_client::operation::{Method, Operation, RateClass};
use allo_client::{OperationCall, operations};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::{Value, json};

use super::items;
use crate::error::CliError;
use crate::exit::Exit;
use crate::format;
use crate::output::{Column, Format, Page, column, optional};
use crate::session::Session;

/// The operation with this id.
fn operation(id: &str) -> Option<&'static Operation> {
    operations::ALL
        .iter()
        .copied()
        .find(|operation| operation.id == id)
}

/// The selected operation, or `None` to list all operations.
pub(crate) struct Api {
    call: Option<Call>,
}

/// An operation and its arguments.
struct Call {
    operation: &'static Operation,
    fields: Vec<String>,
    body: Option<PathBuf>,
    all: bool,
    idempotency_key: Option<String>,
}

impl Api {
    /// Whether the operation accepts a teammate.
    pub(crate) fn takes_teammate(&self) -> bool {
        let call = self.call.as_ref();
        call.is_some_and(|call| call.operation.teammate.is_some())
    }
}

impl Args for Api {
    fn augment_args(command: Command) -> Command {
        help::commands(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Api {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let chosen = matches.subcommand();
        let call = chosen.and_then(|(id, matches)| Some(Call::of(operation(id)?, matches)));
        Ok(Self { call })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Call {
    fn of(operation: &'static Operation, matches: &ArgMatches) -> Self {
        // clap returns an error for an argument that the subcommand does not define; that means not given.
        let text = |name| matches.try_get_one::<String>(name).ok().flatten().cloned();
        let fields = matches.try_get_many::<String>(help::FIELD).ok().flatten();
        let body = matches.try_get_one::<PathBuf>(help::BODY).ok().flatten();
        let all = matches.try_get_one::<bool>(help::ALL).ok().flatten();
        Self {
            operation,
            fields: fields.into_iter().flatten().cloned().collect(),
            body: body.cloned(),
            all: all.copied().unwrap_or_default(),
            idempotency_key: text(help::KEY),
        }
    }

    async fn request(&self, session: &mut Session) -> Result<OperationCall, CliError> {
        let client = session.client().await?;
        let mut call = client.call(self.operation);
        if let Some(path) = &self.body {
            call = call.body(fields::body(path)?);
        }
        for (name, value) in fields::read(self.operation, &self.fields)? {
            call = call.field(name, value);
        }
        if self.operation.teammate.is_some() {
            call = call.for_teammate(session.teammate().await?);
        }
        if let Some(key) = &self.idempotency_key {
            call = call.options(|options| options.with_idempotency_key(key.as_str()));
        }
        Ok(call)
    }
}

pub(crate) async fn run(session: &mut Session, api: Api) -> Result<(), CliError> {
    let Some(call) = api.call else {
        let all = operations::ALL
            .iter()
            .map(|operation| row(operation))
            .collect();
        let page = Page::list(OPERATIONS, all, "No operations.");
        return session.printer.page(&page);
    };
    let request = call.request(session).await?;
    if call.all {
        return all(session, request).await;
    }
    let answer = request.send().await?;
    show(session, call.operation, answer.into_inner())
}

const OPERATIONS: &[Column] = &[
    column("operation", "operation"),
    optional("request", "request"),
    optional("quota", "quota"),
    optional("scopes", "scopes"),
    optional("summary", "summary"),
];

fn row(operation: &Operation) -> Value {
    json!({
        "operation": operation.id,
        "request": format!("{} {}", operation.method.as_str(), operation.path),
        "tag": operation.tag,
        "quota": quota(operation),
        "scopes": operation.scopes,
        "summary": operation.summary,
    })
}

const fn quota(operation: &Operation) -> &'static str {
    match operation.rate_class() {
        RateClass::Read => "read",
        RateClass::Write => "write",
    }
}

/// Reads all pages. The first entry determines the columns.
async fn all(session: &mut Session, request: OperationCall) -> Result<(), CliError> {
    let mut items = request.items();
    let Some(first) = items.try_next().await? else {
        return session.printer.entries(Vec::new(), NOTHING).finish();
    };
    let mut entries = session.printer.entries(columns(&first), NOTHING);
    let goes_on = entries.push(first)?;
    match goes_on {
        true => items::write(items, u64::MAX, entries).await,
        false => entries.finish(),
    }
}

const NOTHING: &str = "No entries.";

/// Prints a response: unchanged as JSON, otherwise the list or object in it.
fn show(session: &mut Session, operation: &Operation, answer: Value) -> Result<(), CliError> {
    if answer.is_null() {
        if session.printer.format() == Format::Json {
            return session.printer.text("null\n");
        }
        session.printer.note("Done.");
        return Ok(());
    }
    let inside = operation.pagination.map_or("data", |pages| pages.items);
    let data = match format::at_path(&answer, inside) {
        Value::Null => &answer,
        data => data,
    };
    match data.as_array() {
        Some(entries) => {
            let entries = entries.clone();
            let columns = entries.first().map(columns).unwrap_or_default();
            let json = answer;
            let head = Vec::new();
            session.printer.page(&Page {
                json,
                head,
                columns,
                entries,
                empty_message: NOTHING,
            })
        }
        None if session.printer.format() == Format::Json => {
            session.printer.page(&Page::whole(answer))
        }
        None => session.printer.record(&columns(data), data.clone()),
    }
}

/// One column per property; a single column for values without properties.
fn columns(entry: &Value) -> Vec<Column> {
    let Some(object) = entry.as_object() else {
        return vec![column("value", "")];
    };
    let named = |(index, name): (usize, &String)| Column {
        title: name.replace('_', " ").into(),
        path: name.clone().into(),
        optional: index > 0,
    };
    object.keys().enumerate().map(named).collect()
}

/// Whether the operation changes anything.
const fn writes(operation: &Operation) -> bool {
    !matches!(operation.method, Method::Get)
}

/// The error for a body that cannot be read.
fn unreadable(path: &std::path::Path, error: &std::io::Error) -> CliError {
    CliError::file(Exit::Usage, "read", path, error)
}
