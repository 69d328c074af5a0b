//! The layers of the client.

use super::{Crate, layer};

pub(super) const ALLO_CLIENT: Crate = Crate {
    name: "allo-client",
    layers: &[
        layer("support", &["support"]),
        layer("model", &["model", "redact"]),
        layer("codec", &["codec"]),
        layer("error", &["error"]),
        layer("journal", &["journal"]),
        layer("phone", &["phone"]),
        layer("rate_limit", &["rate_limit"]),
        layer("transport", &["transport"]),
        layer("call", &["call"]),
        layer("pagination", &["pagination"]),
        layer("generated", &["generated"]),
        layer("convenience", &["convenience"]),
        layer("power_dialer", &["power_dialer"]),
        layer("client", &["client"]),
        layer("guide", &["guide"]),
    ],
};
