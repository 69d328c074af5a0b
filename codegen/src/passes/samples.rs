//! Values for arguments as Rust expressions: what the examples in the documentation call an operation with, and the
//! tests its setters. The things that they name are those of `SandboxBuilder::example_data`.

use super::{Model, setters};
use crate::surface::{Field, Presence, Struct};
use crate::text_types::TextType;
use crate::ty::Ty;

/// The id of the sandbox's example thing of each kind.
const IDS: [(&str, &str); 11] = [
    ("AccountId", "usr-example-account"),
    ("CallId", "cll-example"),
    ("CompanyId", "com-example"),
    ("ContactId", "cnt-example"),
    ("ConversationItemId", "cll-example"),
    ("DealId", "dea-example"),
    ("PersonId", "per-example"),
    ("QueueId", "pdl_example"),
    ("SummaryTemplateId", "tst-example"),
    ("UserId", "usr-example"),
    ("WebhookId", "ep_example"),
];

/// Texts by the field's name.
const TEXTS: [(&str, &str); 11] = [
    ("allo_number", "+12125550100"),
    ("contact_number", "+12125550140"),
    ("country", "US"),
    ("currency", "USD"),
    ("email", "lou@example.com"),
    ("from", "+12125550100"),
    ("name", "Fern Street Books"),
    ("personal_mobile", "+12125550199"),
    ("sender_id", "LARCHST"),
    ("tags", "call_back"),
    ("to", "+12125550140"),
];

/// How an expression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// For people: as short as the method takes it, errors by `?`.
    Short,
    /// For machines: of exactly the field's type, whatever takes it.
    Exact,
}

/// The value of a field, inside a type or a body.
pub(crate) fn of_field(model: &Model, field: &Field, style: Style) -> String {
    if style == Style::Exact && field.presence != Presence::TriState {
        return of(model, &field.ty, &field.name, Style::Short).replace("()?", "().unwrap()");
    }
    of(model, &field.ty, &field.name, style)
}

/// The value of a parameter of a path, which must be that of a thing that the sandbox has.
pub(crate) fn of_path(model: &Model, field: &Field) -> String {
    match field.wire.as_str() {
        "number" => format!("{:?}", "+12125550100"),
        "tag" => format!("{:?}", "interested"),
        _ => of_field(model, field, Style::Short),
    }
}

fn of(model: &Model, ty: &Ty, name: &str, style: Style) -> String {
    let exact = style == Style::Exact;
    let end = if exact { ".unwrap()" } else { "?" };
    match ty {
        Ty::String if exact => format!("{:?}.to_owned()", text(name)),
        Ty::String => format!("{:?}", text(name)),
        Ty::Text(kind) if exact => format!(
            "allo_client::{}::from({:?})",
            public_path(kind),
            text_of(kind, name)
        ),
        Ty::Text(kind) => format!("{:?}", text_of(kind, name)),
        Ty::Bool => "true".to_owned(),
        Ty::U64 if exact => "1_u64".to_owned(),
        Ty::I64 if exact => "1_i64".to_owned(),
        Ty::U64 | Ty::I64 => "1".to_owned(),
        Ty::F64 => "1.0".to_owned(),
        Ty::Amount => "allo_client::Amount::from(1)".to_owned(),
        Ty::Timestamp => {
            format!("\"2026-05-20T10:00:00Z\".parse::<allo_client::Timestamp>(){end}")
        }
        Ty::Date => format!("\"2026-05-20\".parse::<allo_client::Date>(){end}"),
        Ty::Vec(item) if exact => format!("vec![{}]", of(model, item, name, style)),
        Ty::Vec(item) => format!("[{}]", of(model, item, name, style)),
        Ty::Map(item) if exact => format!(
            "std::collections::BTreeMap::from([(\"key\".to_owned(), {})])",
            of(model, item, name, style)
        ),
        Ty::Json(kind) if exact => {
            format!("serde_json::from_str::<{kind}>(r#\"{{\"key\":1}}\"#).unwrap()")
        }
        Ty::Map(_) | Ty::Json(_) => "Default::default()".to_owned(),
        Ty::Named(named) => of_named(model, named, style),
    }
}

fn of_named(model: &Model, named: &str, style: Style) -> String {
    if let Some(item) = model.surface.enums.get(named) {
        let text = item.variants.first().map_or("", |(_, text)| text.as_str());
        return match style {
            Style::Short => format!("{text:?}"),
            Style::Exact => format!("allo_client::types::{named}::from({text:?})"),
        };
    }
    let item = model.surface.structs.get(named);
    item.map_or_else(
        || "Default::default()".to_owned(),
        |item| of_struct(model, item, style),
    )
}

/// A struct with what it needs.
pub(crate) fn of_struct(model: &Model, item: &Struct, style: Style) -> String {
    let required = setters::required(item).into_iter();
    let arguments: Vec<String> = required
        .map(|field| of_field(model, field, style))
        .collect();
    format!(
        "allo_client::types::{}::new({})",
        item.name,
        arguments.join(", ")
    )
}

/// Numbers and addresses are from the ranges that are reserved for examples.
fn text(name: &str) -> &'static str {
    if let Some((_, text)) = TEXTS.iter().find(|(known, _)| *known == name) {
        return text;
    }
    match name {
        name if name.contains("number") || name.contains("mobile") => "+12125550199",
        name if name.contains("email") => "lou@example.com",
        name if name.contains("url") => "https://example.com/hook",
        name if name == "id" || name.ends_with("_id") => "the-id",
        _ => "text",
    }
}

fn text_of(kind: &TextType, name: &str) -> &'static str {
    let found = IDS.iter().find(|(known, _)| *known == kind.name);
    found.map_or_else(|| text(name), |(_, id)| id)
}

/// As callers write it: ids have a module of their own.
fn public_path(kind: &TextType) -> String {
    match kind.module {
        "ids" => format!("ids::{}", kind.name),
        _ => kind.name.to_owned(),
    }
}
