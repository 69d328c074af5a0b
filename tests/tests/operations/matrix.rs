//! The statuses that each operation returned, compared with the statuses that the document
//! declares.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use allo_client::operations;
use allo_sandbox::LoggedRequest;
use tests::document;

/// The statuses that every operation returns in the tests although the document does not declare
/// them.
const UNDECLARED: [u16; 3] = [403, 500, 502];

/// Statuses by operation.
#[derive(Default)]
pub(crate) struct Matrix {
    seen: BTreeMap<&'static str, BTreeSet<u16>>,
}

impl Matrix {
    pub(crate) fn note(&mut self, exchange: &LoggedRequest) {
        if let Some(id) = exchange.operation {
            self.seen.entry(id).or_default().insert(exchange.status);
        }
    }

    /// Every declared status of every operation, and the undeclared ones.
    #[track_caller]
    pub(crate) fn assert_full(&self) {
        for operation in operations::ALL {
            let wanted = document::statuses(operation.id)
                .into_iter()
                .chain(UNDECLARED);
            let missing: Vec<_> = wanted
                .filter(|status| !self.saw(operation.id, *status))
                .collect();
            assert!(
                missing.is_empty(),
                "openapi/allo.yaml declares {missing:?} for {}, which its scenario never provokes: \
                 add it in tests/tests/operations/",
                operation.id
            );
        }
    }

    fn saw(&self, id: &str, status: u16) -> bool {
        self.seen
            .get(id)
            .is_some_and(|statuses| statuses.contains(&status))
    }
}

/// One row per operation, one column per status: `D` declared and seen, `u` seen undeclared, `!` declared and never
/// seen.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: BTreeSet<u16> = self.seen.values().flatten().copied().collect();
        write!(f, "{:32}", "operation")?;
        for status in &columns {
            write!(f, " {status}")?;
        }
        writeln!(f)?;
        let mut declared_and_seen = 0;
        for operation in operations::ALL {
            let declared = document::statuses(operation.id);
            write!(f, "{:32}", operation.id)?;
            for status in &columns {
                let mark = match (declared.contains(status), self.saw(operation.id, *status)) {
                    (true, true) => "D",
                    (true, false) => "!",
                    (false, true) => "u",
                    (false, false) => ".",
                };
                declared_and_seen += usize::from(mark == "D");
                write!(f, "  {mark} ")?;
            }
            writeln!(f)?;
        }
        let operations = operations::ALL.len();
        writeln!(
            f,
            "{operations} operations, {declared_and_seen} declared statuses seen"
        )
    }
}
