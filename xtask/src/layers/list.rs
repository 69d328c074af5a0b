//! The list of layers, from the bottom to the top. `docs/architecture.md` shows it as formatted by `page`.

mod allo_cli;
mod allo_client;
mod allo_profiles;
mod allo_sandbox;

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A crate and its layers, the lowest first.
pub(super) struct Crate {
    pub(super) name: &'static str,
    pub(super) layers: &'static [Layer],
}

/// A layer and its modules, each with all submodules that are not listed elsewhere.
pub(super) struct Layer {
    pub(super) name: &'static str,
    pub(super) modules: &'static [&'static str],
}

const fn layer(name: &'static str, modules: &'static [&'static str]) -> Layer {
    Layer { name, modules }
}

pub(super) const CRATES: &[Crate] = &[
    allo_client::ALLO_CLIENT,
    allo_cli::ALLO_CLI,
    allo_profiles::ALLO_PROFILES,
    allo_sandbox::ALLO_SANDBOX,
];

impl Crate {
    /// The layer of a module, by its own name or that of the nearest listed parent.
    pub(super) fn layer(&self, module: &str) -> Option<usize> {
        let mut name = module;
        loop {
            let place = self
                .layers
                .iter()
                .position(|layer| layer.modules.contains(&name));
            if place.is_some() {
                return place;
            }
            name = name.rsplit_once("::")?.0;
        }
    }

    /// Entries for modules that do not exist.
    pub(super) fn unused(&self, known: &BTreeSet<&str>) -> Vec<String> {
        let modules = self.layers.iter().flat_map(|layer| layer.modules);
        modules
            .filter(|module| !known.contains(*module))
            .map(|module| {
                format!(
                    "{}: the list of layers names `{module}`, which does not exist",
                    self.name
                )
            })
            .collect()
    }
}

/// The layers of a crate as shown in `docs/architecture.md`.
pub(crate) fn page() -> Vec<String> {
    let table = |of: &Crate| {
        let mut table = format!("| layer of `{}` | modules |\n| --- | --- |\n", of.name);
        for layer in of.layers {
            let modules: Vec<_> = layer
                .modules
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            let _ = writeln!(table, "| {} | {} |", layer.name, modules.join(", "));
        }
        table
    };
    CRATES.iter().map(table).collect()
}
