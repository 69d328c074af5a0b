//! Nothing that is logged holds a key, a number, a name, an e-mail address or anything of a body.

use std::collections::BTreeSet;

use crate::scenarios;

/// Parts by which what must be hidden is recognised, however it is written.
const NEEDLES: [&str; 9] = [
    "n33dle",
    "h1dden",
    "5550",
    "enobia",
    "uillfeather",
    "Orchards",
    "example.com",
    "%40",
    "number_to",
];

#[test]
fn no_log_of_any_library_holds_a_secret() {
    let entries = scenarios::logged();
    for entry in entries {
        let shown = format!("{entry:?}");
        for needle in NEEDLES {
            assert!(!shown.contains(needle), "{needle:?} in {shown}");
        }
    }
    let crates = entries.iter().map(|entry| match entry.get("log.target") {
        Some(target) => target,
        None => entry.target.as_str(),
    });
    let crates: BTreeSet<_> = crates
        .map(|target| target.split(':').next().unwrap_or_default())
        .collect();
    for name in ["allo_client", "hyper_util", "reqwest", "rustls"] {
        assert!(
            crates.contains(name),
            "nothing of {name} was captured: {crates:?}"
        );
    }
}
