//! The one place that calls progenitor: settings in, syntax tree out. A panic inside it becomes a problem.

use std::panic::{AssertUnwindSafe, catch_unwind};

use progenitor::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::Value;

use crate::text_types;

/// Rust type that stands for a value of the given type and format.
const CONVERSIONS: [(InstanceType, &str, &str); 3] = [
    (InstanceType::String, "timestamp", "crate::Timestamp"),
    (InstanceType::String, "date", "crate::Date"),
    (InstanceType::Number, "decimal", "crate::Amount"),
];

/// Runs progenitor over a normalised document.
pub(crate) fn run(document: &Value) -> Result<syn::File, String> {
    run_with(&settings(), document)
}

/// As [`run`], with settings of the caller's.
pub(crate) fn run_with(
    settings: &GenerationSettings,
    document: &Value,
) -> Result<syn::File, String> {
    let spec: openapiv3::OpenAPI = serde_json::from_value(document.clone())
        .map_err(|error| format!("openapiv3 cannot read the document: {error}"))?;
    let tokens = catch_unwind(AssertUnwindSafe(|| {
        Generator::new(settings).generate_tokens(&spec)
    }))
    .map_err(|panic| format!("progenitor panicked: {}", panic_text(&*panic)))?
    .map_err(|error| format!("progenitor refused the document: {error}"))?;
    syn::parse2(tokens).map_err(|error| format!("progenitor wrote what is not Rust: {error}"))
}

/// Positional style gives one method an operation, whose signature says all that the builders need.
fn settings() -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_derive("PartialEq")
        .with_map_type("::std::collections::BTreeMap");
    let texts = text_types::ALL.iter().map(|text| {
        let path = format!("crate::{}", text.name);
        (InstanceType::String, text.name, path)
    });
    let own = CONVERSIONS.map(|(kind, format, path)| (kind, format, path.to_owned()));
    for (kind, format, path) in own.into_iter().chain(texts) {
        let schema = SchemaObject {
            instance_type: Some(kind.into()),
            format: Some(format.to_owned()),
            ..SchemaObject::default()
        };
        let traits = [TypeImpl::FromStr, TypeImpl::Display];
        settings.with_conversion(schema, path, traits.into_iter());
    }
    settings
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::run;

    fn with_path(item: Value) -> Value {
        json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": item}})
    }

    /// None of these gets past `check`; the net is for what `check` does not know yet.
    #[test]
    fn what_progenitor_cannot_take_is_an_error() {
        let answers = |schema: Value| {
            with_path(json!({"get": {"operationId": "get", "responses": {
                "200": {"description": "", "content": {"application/json": {"schema": schema}}}
            }}}))
        };
        for (document, begins) in [
            (with_path(json!(7)), "openapiv3 cannot read the document: "),
            (
                with_path(json!({"$ref": "#/paths"})),
                "progenitor refused the document: ",
            ),
            (
                answers(json!({"type": "object", "properties": {"b": {"allOf": []}}})),
                "progenitor panicked: ",
            ),
        ] {
            let error = run(&document).unwrap_err();
            assert!(error.starts_with(begins), "{error}");
        }
    }
}
