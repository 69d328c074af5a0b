//! Captures every span and event of this process, including those of libraries that use `log`.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

/// A span or an event, with its fields in the order in which they were recorded.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    span: Option<Id>,
    /// The parent span of an event.
    within: Option<Id>,
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) level: Level,
    pub(crate) fields: Vec<(String, String)>,
}

impl Entry {
    fn new(metadata: &Metadata<'_>, span: Option<Id>) -> Self {
        Self {
            span,
            within: None,
            name: metadata.name().to_owned(),
            target: metadata.target().to_owned(),
            level: *metadata.level(),
            fields: Vec::new(),
        }
    }

    pub(crate) fn is_call(&self) -> bool {
        self.span.is_some() && self.target == "allo_client"
    }

    pub(crate) fn is_attempt(&self) -> bool {
        self.span.is_none() && self.target == "allo_client"
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Visit for Entry {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields
            .push((field.name().to_owned(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields
            .push((field.name().to_owned(), value.to_owned()));
    }
}

/// Everything so far.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<Entry>>>);

impl Capture {
    /// The capture of this process.
    pub(crate) fn of_process() -> Self {
        static CAPTURE: OnceLock<Capture> = OnceLock::new();
        let start = || {
            let capture = Self::default();
            Registry::default().with(capture.clone()).init();
            capture
        };
        CAPTURE.get_or_init(start).clone()
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Entry>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.change(|entries| entries.clone())
    }

    /// The call with this request id, and its attempts.
    pub(crate) fn call(&self, request_id: &str) -> (Entry, Vec<Entry>) {
        let entries = self.entries();
        let has_id =
            |entry: &&Entry| entry.is_call() && entry.get("allo.request_id") == Some(request_id);
        let at = entries
            .iter()
            .position(|entry| has_id(&entry))
            .expect("a span");
        let call = entries[at].clone();
        // Ids of spans are reused, but not before the span has closed.
        let same = |entry: &&Entry| entry.is_call() && entry.span == call.span;
        let end = entries[at + 1..].iter().position(|entry| same(&entry));
        let until = end.map_or(entries.len(), |end| at + 1 + end);
        let attempts = entries[at..until]
            .iter()
            .filter(|entry| entry.is_attempt() && entry.within == call.span);
        let attempts = attempts.cloned().collect();
        (call, attempts)
    }
}

impl<S: Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut entry = Entry::new(attributes.metadata(), Some(id.clone()));
        attributes.record(&mut entry);
        self.change(|entries| entries.push(entry));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.change(|entries| {
            let mut spans = entries.iter_mut().rev();
            if let Some(span) = spans.find(|entry| entry.span.as_ref() == Some(id)) {
                values.record(span);
            }
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut entry = Entry::new(event.metadata(), None);
        entry.within = context.event_span(event).map(|span| span.id());
        event.record(&mut entry);
        self.change(|entries| entries.push(entry));
    }
}
