//! A module of tests that can set every optional field of every operation and of every type of requests, by each of its
//! setters. What is set, and what must come of it, is decided by the test that calls it, which has `optional!`.

use super::samples::{self, Style};
use super::{Model, examples, files, parameters, setters};
use crate::meta::{Operation, Place};
use crate::surface::{Field, Presence};

const HEAD: &str = "Every optional field of every request, to be set in each way there is.";

pub(crate) fn module(model: &Model) -> Result<String, String> {
    let mut operations = Vec::new();
    let mut functions = String::new();
    for operation in &model.operations {
        let lines = of_operation(model, operation)?;
        if lines.is_empty() {
            continue;
        }
        let name = &operation.names.method;
        let call = examples::bare_call(model, operation)?.replace("()?", "().unwrap()");
        operations.push(format!("    ({:?}, {name}),\n", operation.id));
        functions += &format!(
            "\nfn {name}(client: &allo_client::Client, pick: &mut Pick) -> Sent {{\n    let call = {call};\n\
             {}    sent(call)\n}}\n",
            lines.concat()
        );
    }
    let mut records = Vec::new();
    for item in model.surface.structs.values() {
        let fields = item
            .fields
            .iter()
            .filter(|field| !setters::is_required(field));
        let lines: Vec<String> = fields.map(|field| line(model, field, "Body")).collect();
        if lines.is_empty() {
            continue;
        }
        let name = format!(
            "record_{}",
            heck::ToSnakeCase::to_snake_case(item.name.as_str())
        );
        let new = samples::of_struct(model, item, Style::Short).replace("()?", "().unwrap()");
        records.push(format!("    ({:?}, {name}),\n", item.name));
        functions += &format!(
            "\nfn {name}(pick: &mut Pick) -> serde_json::Value {{\n    let call = {new};\n\
             {}    serde_json::to_value(call).unwrap()\n}}\n",
            lines.concat()
        );
    }
    Ok(format!(
        "//! {HEAD}\n{}\n\
         use crate::optional::{{OfOperation, OfRecord, Pick, Sent, sent}};\n\n\
         pub(crate) const OPERATIONS: &[(&str, OfOperation)] = &[\n{}];\n\n\
         pub(crate) const RECORDS: &[(&str, OfRecord)] = &[\n{}];\n{functions}",
        files::MARK,
        operations.concat(),
        records.concat()
    ))
}

/// A line for each optional field that the builder has setters for.
fn of_operation(model: &Model, operation: &Operation) -> Result<Vec<String>, String> {
    let own = parameters(model, operation)?.into_iter();
    let own = own.map(|parameter| (parameter.field, "Query"));
    let of_body = model.surface.body_of(operation).into_iter();
    let of_body = of_body
        .flat_map(|body| body.fields.clone())
        .filter(|field| !operation.is_teammate_field(Place::Body, &field.wire))
        .map(|field| (field, "Body"));
    let optional = own
        .chain(of_body)
        .filter(|(field, _)| !setters::is_required(field));
    Ok(optional
        .map(|(field, place)| line(model, &field, place))
        .collect())
}

fn line(model: &Model, field: &Field, place: &str) -> String {
    let name = &field.name;
    let value = samples::of_field(model, field, Style::Exact);
    let null = match field.presence {
        Presence::TriState => ", null",
        _ => "",
    };
    format!(
        "    let call = optional!(call, pick, {place}, {:?}, {name}, maybe_{name}, {value}{null});\n",
        field.wire
    )
}
