//! The guide: one chapter for each task, with examples that are compiled, and run where they need no account.
//!
//! 1. [First call](first_call)
//! 2. [Pushing a list of leads](bulk_push), and what happens after a crash
//! 3. [Copying calls and texts](sync_calls) into a database
//! 4. [Importing people](import_people) into the CRM
//! 5. [Errors and outcomes](errors)
//! 6. [Testing with the sandbox](testing)
//! 7. [Many accounts](many_accounts)
//! 8. [Sharing a key](sharing_a_key) between programs
//! 9. [Observability](observability): spans, events and a hook
//! 10. [Updating the document](updating), for maintainers of this client
//!
//! The chapters are the pages of `docs/guide` in the repository. This module exists in the documentation only.

#[doc = include_str!("../guide/first-call.md")]
pub mod first_call {}

#[cfg(feature = "power-dialer")]
#[doc = include_str!("../guide/bulk-push.md")]
pub mod bulk_push {}

#[doc = include_str!("../guide/sync-calls.md")]
pub mod sync_calls {}

#[cfg(feature = "power-dialer")]
#[doc = include_str!("../guide/import-people.md")]
pub mod import_people {}

#[doc = include_str!("../guide/errors.md")]
pub mod errors {}

#[doc = include_str!("../guide/testing.md")]
pub mod testing {}

#[doc = include_str!("../guide/many-accounts.md")]
pub mod many_accounts {}

#[doc = include_str!("../guide/sharing-a-key.md")]
pub mod sharing_a_key {}

#[doc = include_str!("../guide/observability.md")]
pub mod observability {}

#[doc = include_str!("../guide/updating.md")]
pub mod updating {}
