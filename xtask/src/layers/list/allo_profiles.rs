//! The layers of the profiles.

use super::{Crate, layer};

pub(super) const ALLO_PROFILES: Crate = Crate {
    name: "allo-profiles",
    layers: &[
        layer("errors", &["error"]),
        layer("places", &["directories", "keyring"]),
        layer("config", &["config"]),
    ],
};
