//! The public names of the client, as `openapi/names.yaml` pins them. A newer document cannot move what is there; what
//! is new gets its names by rule (`rules` and `collections`, for types `types` and `hoist`) and is added. Reading the file
//! is in `read`, writing it in `write`, names that meet each other in `claims`.

mod claims;
mod collections;
mod read;
mod rules;
mod types;
mod write;

use std::collections::BTreeMap;

use serde::Deserialize;

pub(crate) use read::{Pinned, read};
pub(crate) use rules::{Settling, settle};
pub(crate) use write::write;

/// All pinned names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// By method and path as the document has them, such as `GET /v2/api/me`.
    pub(crate) operations: BTreeMap<String, OperationNames>,
    /// Rust type of each resource by the way to it: `crm` is a method of the client, `crm.people` one of that.
    pub(crate) resources: BTreeMap<String, String>,
    /// By Rust name.
    pub(crate) types: BTreeMap<String, TypeNames>,
}

/// The names of one operation. An entry that a person adds may lack what the rules are to give.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OperationNames {
    /// Method of the client.
    pub(crate) method: String,
    /// For each resource that has the operation, its method there.
    pub(crate) resources: BTreeMap<String, String>,
    /// Module and type of the builder.
    pub(crate) builder: String,
    /// Static in the operation table.
    pub(crate) constant: String,
    /// The required parameters and fields, by name on the wire, in the order of the method's arguments.
    pub(crate) arguments: Vec<String>,
    /// Whether each argument is set by a method of the builder, as two of them have one type.
    pub(crate) by_name: bool,
    /// What `send()` gives. Only an entry that was completed has it.
    pub(crate) answer: String,
    /// Left out for an answer without a body.
    pub(crate) envelope: Option<Envelope>,
    /// Dotted path of the list whose items the pages hold; left out where there are none.
    pub(crate) pages: Option<String>,
}

/// What `send()` makes of an answer that is an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Envelope {
    /// It gives what is in its `data`.
    Opened,
    /// It gives the object.
    Whole,
}

/// What is pinned of one type.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeNames {
    /// The schemas that it stands for: a component by its name, `Company.address`, `Company.sites[]` and
    /// `Company.by_country{}` for what is inside, and `GET /v2/api/me answer` with `body` or the name of a parameter
    /// in the place of `answer`.
    pub(crate) from: Vec<String>,
    /// Left out for an enum.
    #[serde(default)]
    pub(crate) made_for: Option<Direction>,
    /// The fields that are always there, by name on the wire: the arguments of `new`, in their order.
    #[serde(default)]
    pub(crate) required: Vec<String>,
    /// Whether a value may hold a float, so that the struct has neither `Eq` nor `Hash`.
    #[serde(default)]
    pub(crate) floats: bool,
}

/// What a struct was made for when it came, which decides on the types of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    /// It was sent; a list is a `Vec`.
    Request,
    /// It was only received; a list of objects is a `List`. It may be sent since.
    Answer,
}

impl Names {
    pub(crate) fn envelope(&self, operation: &str) -> Option<Envelope> {
        self.operations.get(operation)?.envelope
    }

    pub(crate) fn pages(&self, operation: &str) -> Option<&str> {
        self.operations.get(operation)?.pages.as_deref()
    }

    /// Rust name by schema.
    pub(crate) fn by_schema(&self) -> BTreeMap<&str, &str> {
        let types = self.types.iter();
        types
            .flat_map(|(name, item)| {
                item.from
                    .iter()
                    .map(move |from| (from.as_str(), name.as_str()))
            })
            .collect()
    }
}

impl OperationNames {
    /// Module of the builder.
    pub(crate) fn module(&self) -> &str {
        self.builder
            .split_once("::")
            .map_or("", |(module, _)| module)
    }

    /// The resource that is a method of the client.
    pub(crate) fn root(&self) -> Option<&str> {
        let mut paths = self.resources.keys().map(String::as_str);
        paths.find(|path| !path.contains('.'))
    }

    /// Type of the builder.
    pub(crate) fn builder_name(&self) -> &str {
        self.builder.rsplit("::").next().unwrap_or_default()
    }
}

/// How `arguments` names a field of the body: by its name on the wire, unless a parameter has that.
pub(crate) fn body_argument(parameters: &[&str], wire: &str) -> String {
    if parameters.contains(&wire) {
        format!("body.{wire}")
    } else {
        wire.to_owned()
    }
}

/// The key of an operation.
pub(crate) fn key(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_uppercase())
}
