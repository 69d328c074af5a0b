//! The example in the documentation of each operation. It compiles as a doctest; it is never run.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Model, builders};
use crate::meta::Operation;
use crate::surface::{Field, Struct};
use crate::ty::Ty;

pub(crate) fn write(model: &Model, operation: &Operation) -> TokenStream {
    let lines = lines(model, operation);
    let lines = lines.iter().map(|line| format!(" {line}"));
    quote!(#(#[doc = #lines])*)
}

fn lines(model: &Model, operation: &Operation) -> Vec<String> {
    let required = builders::required(model, operation)
        .map(|r| r.fields)
        .unwrap_or_default();
    let arguments: Vec<String> = required.iter().map(|field| sample(model, field)).collect();
    let call = format!(
        "client.{}({})",
        operation.method_name(),
        arguments.join(", ")
    );
    let mut body = Vec::new();
    let mut uses = Vec::new();
    let target = if operation.teammate.is_some() {
        uses.extend(["TargetTeammate", "Teammate"]);
        body.push("let marie = Teammate::email(\"marie@example.com\");".to_owned());
        ".for_teammate(&marie)"
    } else {
        ""
    };
    if operation.pagination.is_some() {
        uses.push("Paginated");
        body.push(format!("let mut items = {call}{target}.items();"));
        body.push("while let Some(item) = items.try_next().await? {".to_owned());
        body.push("    println!(\"{item:?}\");".to_owned());
        body.push("}".to_owned());
    } else {
        body.push(format!("let answer = {call}{target}.send().await?;"));
        body.push("println!(\"{:?}\", answer.body());".to_owned());
    }
    wrap(&uses, body)
}

fn wrap(uses: &[&str], body: Vec<String>) -> Vec<String> {
    let mut lines = vec!["```no_run".to_owned()];
    lines.push("# async fn example(client: allo_client::Client) -> Result<(), Box<dyn std::error::Error>> {".to_owned());
    if !uses.is_empty() {
        let mut uses = uses.to_vec();
        uses.sort_unstable();
        lines.push(format!("use allo_client::{{{}}};", uses.join(", ")));
        lines.push(String::new());
    }
    lines.extend(body);
    lines.push("# Ok(())".to_owned());
    lines.push("# }".to_owned());
    lines.push("```".to_owned());
    lines
}

fn sample(model: &Model, field: &Field) -> String {
    sample_of(model, &field.ty, &field.name)
}

fn sample_of(model: &Model, ty: &Ty, name: &str) -> String {
    match ty {
        Ty::String => format!("{:?}", sample_text(name)),
        Ty::Bool => "true".to_owned(),
        Ty::U64 | Ty::I64 => "1".to_owned(),
        Ty::F64 => "1.0".to_owned(),
        Ty::Amount => "allo_client::Amount::from(1)".to_owned(),
        Ty::Timestamp => "\"2026-05-20T10:00:00Z\".parse::<allo_client::Timestamp>()?".to_owned(),
        Ty::Date => "\"2026-05-20\".parse::<allo_client::Date>()?".to_owned(),
        Ty::Vec(item) => format!("[{}]", sample_of(model, item, name)),
        Ty::Map(_) => "Default::default()".to_owned(),
        Ty::Json(_) => "Default::default()".to_owned(),
        Ty::Named(named) => sample_named(model, named, name),
    }
}

fn sample_named(model: &Model, named: &str, name: &str) -> String {
    if let Some(item) = model.surface.enums.get(named) {
        let text = item.variants.first().map_or("", |(_, text)| text.as_str());
        return format!("{text:?}");
    }
    model.surface.structs.get(named).map_or_else(
        || "Default::default()".to_owned(),
        |item| sample_struct(model, item, name),
    )
}

fn sample_struct(model: &Model, item: &Struct, _name: &str) -> String {
    let arguments: Vec<String> = item
        .fields
        .iter()
        .filter(|field| super::setters::is_required(field))
        .map(|field| sample(model, field))
        .collect();
    format!(
        "allo_client::types::{}::new({})",
        item.name,
        arguments.join(", ")
    )
}

/// Numbers and addresses from the ranges that are reserved for examples.
fn sample_text(name: &str) -> &'static str {
    match name {
        name if name.contains("number")
            || name.contains("mobile")
            || name == "to"
            || name == "from" =>
        {
            "+12125550100"
        }
        name if name.contains("email") => "marie@example.com",
        name if name.contains("url") => "https://example.com/hook",
        name if name == "id" || name.ends_with("_id") => "the-id",
        "country" => "US",
        "name" => "Marie",
        _ => "text",
    }
}
