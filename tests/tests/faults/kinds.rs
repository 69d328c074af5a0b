//! Every kind of fault has a test with its name here.

use std::collections::BTreeSet;
use std::path::Path;

use allo_sandbox::Fault;
use syn::visit::Visit;

/// The names of the tests in a file.
#[derive(Default)]
struct Tests(BTreeSet<String>);

impl<'ast> Visit<'ast> for Tests {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let ends_in_test = |path: &syn::Path| {
            path.segments
                .last()
                .is_some_and(|last| last.ident == "test")
        };
        if item
            .attrs
            .iter()
            .any(|attribute| ends_in_test(attribute.path()))
        {
            self.0.insert(item.sig.ident.to_string());
        }
    }
}

fn tests_of_this_binary() -> BTreeSet<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
    let mut tests = Tests::default();
    for entry in here.read_dir().expect("a directory") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            tests.visit_file(&tests::source::parse(&path));
        }
    }
    tests.0
}

#[test]
fn every_kind_of_fault_has_a_test() {
    let tests = tests_of_this_binary();
    let untested: Vec<_> = Fault::ALL_KINDS
        .into_iter()
        .filter(|kind| !tests.iter().any(|name| name.starts_with(kind)))
        .collect();
    assert!(
        untested.is_empty(),
        "add tests named after {untested:?} to tests/tests/faults"
    );
}
