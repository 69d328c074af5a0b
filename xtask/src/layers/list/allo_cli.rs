//! The layers of the command `allo`.

use super::{Crate, layer};

pub(super) const ALLO_CLI: Crate = Crate {
    name: "allo-cli",
    layers: &[
        layer("text", &["escape", "format", "stderr"]),
        layer("errors", &["exit", "error", "json"]),
        layer("output", &["terminal", "output", "output_file"]),
        layer("input", &["leads"]),
        layer("config", &["options", "profile"]),
        layer("session", &["teammate", "sandbox", "session"]),
        layer("commands", &["commands"]),
        layer("cli", &["cli"]),
    ],
};
