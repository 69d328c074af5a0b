//! Profiles of the Allo API: what `allo login` and the user have written, for the command `allo`, for `allo-client`, and
//! for other programs. A [`Profile`] is read from the configuration file; its API key is in that file, in a variable of
//! the environment, or in the keyring of the operating system ([`keyring`]).
//!
//! ```toml
//! default_profile = "work"
//!
//! [profiles.work]
//! api_key_env = "WORK_ALLO_KEY"      # or api_key = "…"
//! base_url = "https://api.withallo.com"
//! teammate = "marie@example.com"
//! region = "FR"
//! output = "table"
//! ```
//!
//! The file is `allo/config.toml` in the user's configuration directory (`~/.config` unless `XDG_CONFIG_HOME` is set). A
//! file that contains a key and is readable by others is refused. No error contains a key.

#![deny(missing_docs)]
#![forbid(unsafe_code)]
// Input from outside must not panic; tests may.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)
)]

mod config;
mod directories;
mod error;
pub mod keyring;

pub use config::{Profile, Selection};
pub use directories::{config_file, state_directory};
pub use error::{ProblemKind, ProfileError};

/// The README of the package; its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
