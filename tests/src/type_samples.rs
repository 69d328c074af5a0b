//! A sample of any request or response type, as JSON with every field, built from the generated sources.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use syn::{GenericArgument, PathArguments, Type};

use crate::declared_types;

/// The texts of a sample.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// For fields with telephone numbers.
    pub phone: &'static str,
    /// For fields with e-mail addresses.
    pub email: &'static str,
    /// For fields with ids.
    pub id: &'static str,
    /// For texts that `Debug` may show.
    pub shown: &'static str,
    /// For all others.
    pub name: &'static str,
}

/// The types, and the texts for their fields.
#[derive(Debug)]
pub struct Samples {
    structs: BTreeMap<String, BTreeMap<String, Type>>,
    enums: BTreeMap<String, String>,
    texts: Texts,
}

/// Texts that `Debug` may show, besides ids; the generator has the same list.
const SHOWN: [&str; 7] = [
    "code",
    "description",
    "method",
    "path",
    "scope",
    "scopes",
    "topic",
];

fn is_id(field: &str) -> bool {
    field == "id" || field.ends_with("_id")
}

/// Whether `Debug` may show a text field with this name.
#[must_use]
pub fn is_shown(field: &str) -> bool {
    is_id(field) || SHOWN.contains(&field)
}

impl Samples {
    /// Reads the generated types.
    ///
    /// # Panics
    /// If the sources cannot be read.
    #[must_use]
    pub fn new(texts: Texts) -> Self {
        Self {
            structs: declared_types::field_types("types"),
            enums: declared_types::first_texts("types"),
            texts,
        }
    }

    /// A sample of a type.
    ///
    /// # Panics
    /// If there is no such type, or it has a field of an unknown kind.
    #[must_use]
    pub fn of(&self, name: &str) -> Value {
        if let Some(text) = self.enums.get(name) {
            return json!(text);
        }
        let fields = self.structs.get(name);
        let fields = fields.unwrap_or_else(|| panic!("there is no type {name}"));
        let filled = fields
            .iter()
            .map(|(wire, ty)| (wire.clone(), self.value(wire, ty)));
        filled.collect::<Map<_, _>>().into()
    }

    fn value(&self, field: &str, ty: &Type) -> Value {
        let Type::Path(path) = ty else {
            panic!("{field} has a type of unknown form");
        };
        let last = path.path.segments.last().expect("a name");
        let name = last.ident.to_string();
        let mut inner = match &last.arguments {
            PathArguments::AngleBracketed(list) => list.args.iter().collect(),
            _ => Vec::new(),
        };
        let mut inner = || match inner.pop() {
            Some(GenericArgument::Type(ty)) => ty,
            _ => panic!("{field}: {name} of nothing"),
        };
        match name.as_str() {
            "Option" | "Nullable" => self.value(field, inner()),
            "Vec" | "List" => json!([self.value(field, inner())]),
            "BTreeMap" => json!({ "key": self.value(field, inner()) }),
            "Map" | "Value" => json!({ "key": self.texts.name }),
            "String" => json!(self.text(field)),
            "bool" => json!(true),
            "u64" | "i64" => json!(1),
            "f64" | "Amount" => json!(1.5),
            "Timestamp" => json!("2027-02-08T09:10:00"),
            "Date" => json!("2027-02-08"),
            "PhoneNumber" => json!(self.texts.phone),
            id if id.ends_with("Id") && !self.structs.contains_key(id) => json!(self.texts.id),
            other => self.of(other),
        }
    }

    fn text(&self, field: &str) -> &'static str {
        let has = |part: &str| field.contains(part);
        match field {
            _ if is_id(field) => self.texts.id,
            _ if is_shown(field) => self.texts.shown,
            _ if has("email") => self.texts.email,
            _ => self.texts.name,
        }
    }
}
