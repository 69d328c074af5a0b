//! Resources inside a resource. A tag with a path of its own, such as `…/crm`, whose operations all lie in one of
//! several collections below it, such as `…/crm/people` and `…/crm/deals`, has one for each collection. Finding
//! them lives here, writing them in `resources`.

use std::collections::BTreeMap;

use super::module_name;
use crate::meta::Operation;

/// The collections of a tag by the path segment that names them; none if its operations are not divided so.
pub(crate) fn find<'a>(
    tag: &str,
    operations: &[&'a Operation],
) -> BTreeMap<&'a str, Vec<&'a Operation>> {
    let mut found: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        let Some(name) = segment_below(tag, &operation.path) else {
            return BTreeMap::new();
        };
        found.entry(name).or_default().push(operation);
    }
    // What has one operation is an action and no collection.
    let is_divided = found.len() > 1 && found.values().all(|members| members.len() > 1);
    if is_divided { found } else { BTreeMap::new() }
}

/// The segment after the one that is called like the tag, unless it is a parameter.
fn segment_below<'a>(tag: &str, path: &'a str) -> Option<&'a str> {
    let own = module_name(tag);
    let mut segments = path.split('/').skip_while(|segment| *segment != own);
    segments.nth(1).filter(|name| !name.starts_with('{'))
}

/// Name of the method for an operation of a collection: its verb, or its whole name where that says too little.
pub(crate) fn method_name(operation: &Operation, collection: &[&Operation]) -> String {
    let verb = verb(operation);
    let same_verb = collection.iter().filter(|other| self::verb(other) == verb);
    let is_identifier = syn::parse_str::<syn::Ident>(&verb).is_ok();
    if same_verb.count() == 1 && is_identifier {
        verb
    } else {
        operation.method_name()
    }
}

fn verb(operation: &Operation) -> String {
    let name = operation.method_name();
    name.split('_').next().unwrap_or_default().to_owned()
}
