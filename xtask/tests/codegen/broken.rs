//! Invalid inputs in `../broken`, one error per fixture: each error is reported with its position, and nothing is
//! written.

use std::fs;
use std::path::Path;

use crate::tree::Tree;

/// An empty overlay, for fixtures without their own.
const NO_OVERLAY: &str = "overlay: 1.0.0\ninfo: {title: None, version: 1.0.0}\nactions: []\n";

/// The name of the fixture, and every expected problem, in order.
const CASES: [(&str, &[&str]); 13] = [
    (
        "dangling_ref",
        &[
            "openapi/allo.yaml:14:17: #/paths/~1books/get/responses/200/content/application~1json/schema/$ref: the reference `#/components/schemas/Shelf` leads nowhere; define it by an overlay action",
        ],
    ),
    (
        "external_ref",
        &[
            "openapi/allo.yaml:17:21: #/paths/~1books/get/responses/200/content/application~1json/schema/properties/first/$ref: the reference `books.yaml#/Book` leaves `#/components`; copy what it means into this document",
            "openapi/allo.yaml:19:21: #/paths/~1books/get/responses/200/content/application~1json/schema/properties/last/$ref: the reference `https://example.com/books.yaml#/Book` leaves `#/components`; copy what it means into this document",
        ],
    ),
    (
        "duplicate_operation_id",
        &[
            "openapi/allo.yaml:12:7: #/paths/~1novels/get/operationId: the operationId `listBooks` is taken by the operation in line 6",
            "openapi/allo.yaml:17:7: #/paths/~1poems/get/operationId: the operationId `list_books` is taken by the operation in line 6",
        ],
    ),
    (
        "two_success_schemas",
        &[
            "openapi/allo.yaml:8:7: #/paths/~1books/put/responses: there are two success schemas, for 200 and 201; keep one by an overlay action",
        ],
    ),
    (
        "unknown_overlay_target",
        &[
            "openapi/overlay.yaml:7:5: #/actions/1: `$.paths['/boks'].get` matches nothing; if the vendor mended it, delete this action",
            "openapi/overlay.yaml:10:5: #/actions/2: `$.paths['/books'].get.parameters[?@.name == 'page']` matches nothing; if the vendor mended it, delete this action",
        ],
    ),
    (
        "tab",
        &[
            "openapi/allo.yaml:6:2: #: not valid YAML: tabs disallowed within this context (block indentation) at line 6, column 2",
        ],
    ),
    (
        "openapi_3_1",
        &[
            "openapi/allo.yaml:2:1: #/openapi: OpenAPI 3.1.0 is not supported, only 3.0.x is",
            "openapi/allo.yaml:13:15: #/paths/~1books/get/responses/200/content/application~1json/schema: `type` must be one word in OpenAPI 3.0",
        ],
    ),
    (
        "empty",
        &["openapi/allo.yaml:1:1: #: the document is empty"],
    ),
    (
        "recursive_schema",
        &[
            "openapi/allo.yaml:23:13: #/components/schemas/Shelf/properties/shelves/items/$ref: the schema `#/components/schemas/Shelf` contains itself; break the circle by an overlay action",
            "openapi/allo.yaml:35:11: #/components/schemas/Sequel/properties/book/$ref: the schema `#/components/schemas/Book` contains itself; break the circle by an overlay action",
        ],
    ),
    (
        "keyword_property",
        &[
            "openapi/allo.yaml:17:19: #/paths/~1books/get/responses/200/content/application~1json/schema/properties/type: the property `type` becomes the field `type`, which Rust or the generated code reserves; name it by `x-field` in the overlay",
            "openapi/allo.yaml:18:19: #/paths/~1books/get/responses/200/content/application~1json/schema/properties/Self: the property `Self` becomes the field `self`, which Rust or the generated code reserves; name it by `x-field` in the overlay",
        ],
    ),
    (
        "enum_variant_collision",
        &[
            "openapi/allo.yaml:15:17: #/paths/~1books/get/parameters/0/schema/enum/1: the enum values `NEWEST_FIRST` and `newest-first` both become the variant `NewestFirst`",
            "openapi/allo.yaml:17:17: #/paths/~1books/get/parameters/0/schema/enum/3: the enum values `NEWEST_FIRST` and `Newest First` both become the variant `NewestFirst`",
        ],
    ),
    (
        "missing_path_parameter",
        &[
            "openapi/allo.yaml:6:5: #/paths/~1shelves~1{shelf_id}~1books~1{book_id}/get: the path names `{shelf_id}`, but no path parameter declares it",
        ],
    ),
    (
        "several_faults",
        &[
            "openapi/allo.yaml:9:9: #/components/schemas/Book/properties/type: the property `type` becomes the field `type`, which Rust or the generated code reserves; name it by `x-field` in the overlay",
            "openapi/allo.yaml:10:18: #/components/schemas/Book/properties/sequel/$ref: the schema `#/components/schemas/Book` contains itself; break the circle by an overlay action",
            "openapi/allo.yaml:13:5: #/paths/~1books~1{id}/get: the path names `{id}`, but no path parameter declares it",
            "openapi/allo.yaml:23:7: #/paths/~1books/get/operationId: the operationId `get_book` is taken by the operation in line 13",
            "openapi/allo.yaml:29:24: #/paths/~1books/get/responses/200/content/application~1json/schema/$ref: the reference `#/components/schemas/Shelf` leads nowhere; define it by an overlay action",
            "openapi/overlay.yaml:4:5: #/actions/0: `$.components.schemas.Author` matches nothing; if the vendor mended it, delete this action",
        ],
    ),
];

#[test]
fn every_problem_is_told_with_its_place_and_nothing_is_written() {
    for (name, problems) in CASES {
        let tree = fixture(name);
        let before = tree.files();
        for arguments in [&["codegen"][..], &["codegen", "--check"]] {
            let run = tree.run(arguments);
            let noun = if problems.len() == 1 {
                "problem"
            } else {
                "problems"
            };
            let last = format!("codegen: {} {noun}; nothing was written", problems.len());
            let mut wanted = problems.to_vec();
            wanted.push(&last);
            assert_eq!(run.complaints(), wanted, "{name}");
            assert_eq!(run.code, Some(1), "{name}");
            assert_eq!(run.stdout, "", "{name}");
            assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
            assert_eq!(tree.files(), before, "{name}");
        }
    }
}

/// A fixture without a case would test nothing.
#[test]
fn every_fixture_has_a_case() {
    let mut fixtures: Vec<String> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(name.split_once('.')?.0.to_owned()))
        .collect();
    fixtures.sort();
    fixtures.dedup();
    let mut cases = CASES.map(|(name, _)| name);
    cases.sort_unstable();
    assert_eq!(fixtures, cases);
}

fn fixture(name: &str) -> Tree {
    let spec = fs::read_to_string(directory().join(format!("{name}.yaml"))).unwrap();
    let overlay = fs::read_to_string(directory().join(format!("{name}.overlay.yaml")));
    Tree::of_inputs(&spec, overlay.as_deref().unwrap_or(NO_OVERLAY))
}

fn directory() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broken"))
}
