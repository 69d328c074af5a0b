//! Identifies the push that a journal belongs to: the first line of the journal contains a subject, which is compared
//! when the push is started again. `journal` defines the format of the line.

use uuid::Uuid;

use super::journal::{JournalState, Subject, another_push};
use super::leads::ValidatedLeads;
use super::spec::Spec;
use crate::error::Error;

/// What must be equal when the push is started again.
pub(super) fn subject(spec: &Spec, namespace: Uuid, leads: &ValidatedLeads) -> Subject {
    Subject {
        teammate: namespace.to_string(),
        list: Uuid::new_v5(&namespace, leads.fingerprint().as_bytes()).to_string(),
        batch_size: spec.batch_size,
        region: spec.region.map(|region| region.to_string()),
        duplicates: format!("{:?}", spec.duplicates),
        when_full: format!("{:?}", spec.when_full),
        limit: spec.limit,
    }
}

impl JournalState {
    /// Refuses to resume another push than the one that was started.
    pub(super) fn check(&self, spec: &Spec, leads: &ValidatedLeads) -> Result<(), Error> {
        let push_id = &self.head.push_id;
        let recorded = &self.head.subject;
        let namespace = spec.namespace(push_id, 0);
        let given = subject(spec, namespace, leads);
        let differs = if spec.push_id.as_ref().is_some_and(|id| id != push_id) {
            "push id"
        } else if given.teammate != recorded.teammate {
            "teammate or API key"
        } else if given.list != recorded.list {
            "list of leads"
        } else if given.batch_size != recorded.batch_size {
            "batch size"
        } else if given != *recorded {
            "set of options (default_region, duplicates, limit or when_full)"
        } else {
            return Ok(());
        };
        Err(another_push(spec.journal_path(), differs))
    }
}
