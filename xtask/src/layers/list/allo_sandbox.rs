//! The layers of the sandbox.

use super::{Crate, layer};

pub(super) const ALLO_SANDBOX: Crate = Crate {
    name: "allo-sandbox",
    layers: &[
        layer("values", &["clock", "ids", "lock", "scopes"]),
        layer("state", &["state"]),
        layer("replies", &["reply", "errors"]),
        layer(
            "requests",
            &[
                "operations",
                "query",
                "fields",
                "paging",
                "request_id",
                "request",
            ],
        ),
        layer("checks", &["auth", "quota", "idempotency", "append_locks"]),
        layer("net", &["net"]),
        layer("faults", &["faults"]),
        layer("app", &["log", "script", "demo", "blueprint", "app"]),
        layer("handlers", &["handlers"]),
        layer("pipeline", &["routes", "pipeline", "http_exchange"]),
        layer("control", &["control"]),
        layer("admin", &["admin"]),
        layer("server", &["server", "builder"]),
    ],
};
