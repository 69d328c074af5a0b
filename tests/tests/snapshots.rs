//! Snapshots that show in a diff what a newer document changes: the operation table, here and in the documentation, the
//! public API of the client, and one builder of each kind.

use std::panic::{AssertUnwindSafe, catch_unwind};

use allo_client::operation::Operation;
use allo_client::operations;
use tests::source::workspace;
use tests::{operation_tables, public_surface, source, trial};

/// The command that writes everything derived from the operation table.
const UPDATE: &str = "INSTA_UPDATE=always cargo test -p tests --test snapshots";

/// A table of operations in a page of the documentation, between two markers.
struct Page {
    file: &'static str,
    table: fn(&[&Operation]) -> String,
}

const PAGES: [Page; 2] = [
    Page {
        file: "README.md",
        table: operation_tables::of_the_readme,
    },
    Page {
        file: "docs/reliability.md",
        table: operation_tables::of_reliability,
    },
];

impl Page {
    fn text(&self) -> String {
        let text = std::fs::read_to_string(workspace().join(self.file));
        text.unwrap_or_else(|error| panic!("{}: {error}", self.file))
    }

    /// The page with this table of operations.
    fn with(&self, operations: &[&Operation]) -> String {
        let (begin, end) = (
            format!("<!-- operations: written by `{UPDATE}` -->\n"),
            "<!-- end of operations -->\n",
        );
        let text = self.text();
        let parts = text.split_once(&begin).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(end)?;
            Some((before, after))
        });
        let (before, after) = parts.unwrap_or_else(|| {
            panic!(
                "{} needs the lines {begin:?} and {end:?} around its table",
                self.file
            )
        });
        [before, &begin, &(self.table)(operations), end, after].concat()
    }
}

/// The message if texts differ from the operation table.
fn told(stale: &[&str]) -> Option<String> {
    let stale = stale.join(", ");
    (!stale.is_empty()).then(|| {
        format!(
            "an operation is new, gone or different, and {stale} did not follow: read the diff above, write all of \
             them with\n{UPDATE}\nand commit them with the cause"
        )
    })
}

/// The pages that do not contain this table.
fn stale_pages(operations: &[&Operation]) -> Vec<&'static str> {
    let stale = PAGES
        .iter()
        .filter(|page| page.with(operations) != page.text());
    stale.map(|page| page.file).collect()
}

#[test]
fn what_is_derived_from_the_operations_is_up_to_date() {
    let table = operation_tables::whole(operations::ALL);
    let surface = public_surface::list(&source::client_sources().join("lib.rs"));
    let mut stale = Vec::new();
    for (name, text) in [("operation_table", table), ("public_surface", surface)] {
        // Each prints its own diff.
        let compared = || insta::assert_snapshot!(name, text);
        if catch_unwind(AssertUnwindSafe(compared)).is_err() {
            stale.push(name);
        }
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        for page in &PAGES {
            let text = page.with(operations::ALL);
            std::fs::write(workspace().join(page.file), text).expect("the page is written");
        }
    }
    stale.extend(stale_pages(operations::ALL));
    let told = told(&stale);
    assert!(told.is_none(), "{}", told.unwrap_or_default());
}

#[test]
fn a_new_operation_is_missed() {
    let table = trial::table();
    let stored = source::workspace().join("tests/tests/snapshots/snapshots__operation_table.snap");
    let stored = std::fs::read_to_string(stored).expect("the snapshot");
    let is_stored =
        |table: &[&Operation]| stored.contains(operation_tables::whole(table).trim_end());
    assert!(!is_stored(&table));
    assert_eq!(stale_pages(&table), ["README.md", "docs/reliability.md"]);
    let told = told(&["README.md"]).expect("something is stale");
    assert!(
        told.contains("README.md did not follow") && told.contains(UPDATE),
        "{told}"
    );
}

/// One builder of each kind; the others differ only in names.
#[test]
fn builders() {
    for (kind, tag, name) in [
        ("no_arguments", "users", "GetMe"),
        ("path_argument", "users", "GetUser"),
        ("query_filters", "users", "ListUsers"),
        (
            "paginated_with_teammate_in_query",
            "power_dialer",
            "GetCurrentDialingQueue",
        ),
        (
            "optional_body_with_teammate",
            "power_dialer",
            "ResetCurrentDialingQueue",
        ),
        (
            "nullable_body_fields",
            "power_dialer",
            "UpsertCurrentDialingQueue",
        ),
        (
            "required_body_list",
            "power_dialer",
            "AppendDialingQueueNumbers",
        ),
        (
            "delete_with_query",
            "power_dialer",
            "ClearDialingQueueNumbers",
        ),
    ] {
        let file = source::client_sources().join(format!("generated/builder/{tag}.rs"));
        insta::assert_snapshot!(format!("builder_{kind}"), source::items_of(&file, name));
    }
}
