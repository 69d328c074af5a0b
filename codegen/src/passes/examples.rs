//! The example of each operation: in its documentation, where it compiles as a doctest, and as a function of the tests,
//! which run it against the sandbox. Both are written from the same lines.

use proc_macro2::TokenStream;
use quote::quote;

use super::samples::{self, Style};
use super::{Model, builders, files, parameters, setters};
use crate::meta::{Operation, Place};
use crate::surface::Field;

const HEAD: &str = "The example of each operation, with the lines that its documentation shows.";

/// The documentation's example.
pub(crate) fn write(model: &Model, operation: &Operation) -> Result<TokenStream, String> {
    let mut lines = vec![
        "```no_run".to_owned(),
        "# async fn example(client: allo_client::Client) -> Result<(), Box<dyn std::error::Error>> {".to_owned(),
    ];
    lines.extend(shown(model, operation)?);
    lines.extend(["# Ok(())", "# }", "```"].map(str::to_owned));
    let lines = lines.iter().map(|line| match line.as_str() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    Ok(quote!(#(#[doc = #lines])*))
}

/// The module of tests with a function for each example, and one that calls them by the operation's id.
pub(crate) fn module(model: &Model) -> Result<String, String> {
    let mut text = format!(
        "//! {HEAD}\n{}\n\
         type Outcome = Result<(), Box<dyn std::error::Error>>;\n\n\
         /// Runs the example of an operation; none is known of an operation that is not in the document.\n\
         pub(crate) async fn run(operation: &str, client: allo_client::Client) -> Outcome {{\n    \
             match operation {{\n",
        files::MARK
    );
    for operation in &model.operations {
        let (id, name) = (&operation.id, &operation.names.method);
        // Boxed, as the futures of all of them in one would be large.
        text += &format!("        {id:?} => Box::pin({name}(client)).await,\n");
    }
    text += "        unknown => Err(format!(\"{unknown} has no example\").into()),\n    }\n}\n";
    for operation in &model.operations {
        let name = &operation.names.method;
        text += &format!("\nasync fn {name}(client: allo_client::Client) -> Outcome {{\n");
        for line in shown(model, operation)? {
            text += &match line.as_str() {
                "" => "\n".to_owned(),
                line => format!("    {line}\n"),
            };
        }
        text += "    Ok(())\n}\n";
    }
    Ok(text)
}

/// The lines that a reader sees.
fn shown(model: &Model, operation: &Operation) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    let mut body = Vec::new();
    let mut call = call(model, operation)?;
    if operation.teammate.is_some() {
        lines.extend(["use allo_client::Teammate;".to_owned(), String::new()]);
        body.push("let marie = Teammate::email(\"marie@example.com\");".to_owned());
        call += ".for_teammate(&marie)";
    }
    if operation.pagination.is_some() {
        body.push(format!("let mut items = {call}.items();"));
        body.push("while let Some(item) = items.try_next().await? {".to_owned());
        body.push("    println!(\"{item:?}\");".to_owned());
        body.push("}".to_owned());
    } else {
        body.push(format!("let answer = {call}.send().await?;"));
        body.push("println!(\"{:?}\", answer.body());".to_owned());
    }
    lines.extend(body);
    Ok(lines)
}

/// The call, with the optional parameters that the overlay marks by `x-in-example`.
fn call(model: &Model, operation: &Operation) -> Result<String, String> {
    let mut call = bare_call(model, operation)?;
    for parameter in parameters(model, operation)? {
        let field = &parameter.field;
        if operation.in_example.contains(&parameter.wire) && !setters::is_required(field) {
            let value = samples::of_field(model, field, Style::Short);
            call += &format!(".{}({value})", field.name);
        }
    }
    Ok(call)
}

/// The call with what it needs and nothing else.
pub(crate) fn bare_call(model: &Model, operation: &Operation) -> Result<String, String> {
    let required = builders::required(model, operation)?;
    let fields: Vec<&Field> = required.arguments.iter().map(|it| &it.field).collect();
    let value = |field: &&Field| argument(model, operation, field, &fields);
    let name = &operation.names.method;
    if required.named.is_empty() {
        let values: Vec<String> = fields.iter().map(value).collect();
        return Ok(format!("client.{name}({})", values.join(", ")));
    }
    let setters = fields
        .iter()
        .map(|field| format!(".{}({})", field.name, value(field)));
    Ok(format!("client.{name}(){}", setters.collect::<String>()))
}

fn argument(model: &Model, operation: &Operation, field: &Field, all: &[&Field]) -> String {
    let in_path = |known: &crate::meta::Field| known.place == Place::Path;
    let mut places = operation.fields.iter().filter(|known| in_path(known));
    if places.any(|known| known.name == field.wire) {
        return samples::of_path(model, field);
    }
    // A name instead of a number is a sender in France.
    let by_name = all.iter().any(|field| field.wire == "sender_id");
    match field.wire.as_str() {
        "to" if by_name => format!("{:?}", "+33199000121"),
        _ => samples::of_field(model, field, Style::Short),
    }
}
