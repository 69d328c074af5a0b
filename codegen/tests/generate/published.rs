//! A part of the published document, as the overlay leaves it, to be changed as the vendor might; and the public surface
//! of what is generated from it.

use std::path::Path;
use std::sync::OnceLock;

use allo_codegen::{Generated, Problem, Source};
use serde_json::Value;

use crate::inputs::{NO_OVERLAY, generate_named, lines};
use crate::public_surface;

/// Enough of the document to change something of each kind, and little enough to be generated often.
const PATHS: [&str; 10] = [
    "/v1/api/numbers",
    "/v1/api/sms",
    "/v2/api/crm/deals",
    "/v2/api/crm/deals/{id}",
    "/v2/api/crm/people",
    "/v2/api/crm/people/{id}",
    "/v2/api/me",
    "/v2/api/tags",
    "/v2/api/users",
    "/v2/api/users/{id}",
];

/// An enum that is written down twice. Everything else is left to the rules.
const NAMES: &str = "operations: {}
resources: {}
types:
  UserStatus: {from: [User.status, GET /v2/api/users status]}
";

/// The document before a change.
pub(crate) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let spec = Source {
            name: "spec",
            text: include_str!("../../../openapi/allo.yaml"),
        };
        let overlay = Source {
            name: "overlay",
            text: include_str!("../../../openapi/overlay.yaml"),
        };
        let mut document = allo_codegen::overlaid(spec, overlay).unwrap();
        let paths = document["paths"].as_object_mut().unwrap();
        paths.retain(|path, _| PATHS.contains(&path.as_str()));
        assert_eq!(paths.len(), PATHS.len());
        document
    })
}

/// What is generated before a change. Its names are pinned in all that follows.
pub(crate) fn before() -> &'static Generated {
    static GENERATED: OnceLock<Generated> = OnceLock::new();
    GENERATED.get_or_init(|| {
        generate_named(&document().to_string(), NO_OVERLAY, NAMES)
            .unwrap_or_else(|problems| panic!("{}", lines(&problems)))
    })
}

/// What is generated after a change, with the names of before.
pub(crate) fn after(change: impl FnOnce(&mut Value)) -> Result<Generated, Vec<Problem>> {
    after_with(&before().names, change)
}

/// As `after`, with other names.
pub(crate) fn after_with(
    names: &str,
    change: impl FnOnce(&mut Value),
) -> Result<Generated, Vec<Problem>> {
    let mut changed = document().clone();
    change(&mut changed);
    assert_ne!(&changed, document(), "the change changes nothing");
    generate_named(&changed.to_string(), NO_OVERLAY, names)
}

/// The public surface of generated code, one item a line. `label` keeps its files apart from those of other tests.
pub(crate) fn surface(label: &str, generated: &Generated) -> Vec<String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("surface")
        .join(label);
    if directory.exists() {
        std::fs::remove_dir_all(&directory).unwrap();
    }
    for (name, text) in &generated.files {
        let name = if name == "mod.rs" { "lib.rs" } else { name };
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let listed = public_surface::list(&directory.join("lib.rs"));
    listed.lines().map(str::to_owned).collect()
}
