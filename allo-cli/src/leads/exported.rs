//! Lists that `allo` wrote: the entries of `allo queue show` and the leads of
//! `allo queue push`, as CSV or JSON lines. Their columns are known by name; columns that
//! are not part of a lead are ignored.

use serde_json::{Map, Value};

use super::field::Field;

/// Which command wrote the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportedList {
    /// `allo queue show`.
    Queue,
    /// `allo queue push`.
    ErrorFormat,
}

/// The number of a queue entry.
const NUMBER_TO: &str = "number_to";
/// The prefix of lead fields in a push report.
const LEAD: &str = "lead.";

impl ExportedList {
    /// Detects an exported list by its column titles.
    pub(super) fn of(titles: &[&str]) -> Option<Self> {
        let has = |title: &str| titles.contains(&title);
        match () {
            () if has(NUMBER_TO) && has("position") => Some(Self::Queue),
            () if has("lead.number") && has("status") => Some(Self::ErrorFormat),
            () => None,
        }
    }

    /// The field in a column; `None` if it is not part of a lead.
    pub(super) fn field(self, title: &str) -> Option<Field> {
        match self {
            Self::Queue => (title == NUMBER_TO).then_some(Field::Number),
            Self::ErrorFormat => Field::from_name(title.strip_prefix(LEAD)?),
        }
    }

    /// Whether a column was written by `allo`.
    pub(super) fn knows(self, title: &str) -> bool {
        let own: &[&str] = match self {
            Self::Queue => &[
                NUMBER_TO,
                "position",
                "call_id",
                "call_start_date",
                "created_at",
                "detected_outbound_voicemail",
                "not_reached_destination_reason",
                "routing_result",
                "sync_status",
                "updated_at",
                "voicemail_left",
            ],
            Self::ErrorFormat => &[
                "input",
                "line",
                "status",
                "position",
                "reason",
                "rejection",
                "key",
                "retry_until",
            ],
        };
        own.contains(&title) || (self == Self::ErrorFormat && title.starts_with(LEAD))
    }
}

/// The columns of an object: its keys, and in a push report those of the lead.
pub(super) fn columns(object: &Map<String, Value>) -> Vec<(String, &Value)> {
    let mut columns = Vec::new();
    for (key, value) in object {
        match value.as_object() {
            Some(lead) if key == "lead" && object.contains_key("status") => {
                columns.extend(
                    lead.iter()
                        .map(|(key, value)| (format!("{LEAD}{key}"), value)),
                );
            }
            _ => columns.push((key.clone(), value)),
        }
    }
    columns
}
