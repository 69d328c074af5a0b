//! Null in requests: the sandbox refuses it in every field that is not nullable in the API's document, and accepts it
//! in every other. The fields are read from the document; the requests are written by hand, because the typed client
//! cannot express most of them.

use std::collections::{BTreeMap, BTreeSet};

use allo_client::operation::{Body, Operation};
use allo_client::operations;
use serde_json::{Value, json};
use tests::conformance::{operations_of, overlaid, resolved};
use tests::harness::Harness;
use tests::schema_instances;

/// A field of a body with its name in errors, its position, and whether it is nullable.
struct Property {
    name: String,
    pointer: String,
    nullable: bool,
}

fn properties(
    schema: &Value,
    document: &Value,
    name: &str,
    pointer: &str,
    into: &mut Vec<Property>,
) {
    let schema = resolved(schema, document);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        properties(part, document, name, pointer, into);
    }
    if schema.get("items").is_some() {
        let (name, pointer) = (format!("{name}[0]"), format!("{pointer}/0"));
        properties(&schema["items"], document, &name, &pointer, into);
    }
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let dot = if name.is_empty() { "" } else { "." };
        let (name, pointer) = (format!("{name}{dot}{key}"), format!("{pointer}/{key}"));
        let is_nullable = |schema: &Value| schema["nullable"] == json!(true);
        properties(property, document, &name, &pointer, into);
        into.push(Property {
            nullable: is_nullable(property) || is_nullable(resolved(property, document)),
            name,
            pointer,
        });
    }
}

/// The fields that an error names.
fn named(answer: &Value) -> BTreeSet<String> {
    let error = answer.get("error").unwrap_or(answer);
    let lists = ["errors", "details"].into_iter();
    let listed = lists.flat_map(|list| error[list].as_array().into_iter().flatten());
    let fields = listed.map(|one| &one["field"]).chain([&error["param"]]);
    fields
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// A client that knows nothing about the API. A process has one crypto provider, the first one installed.
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy();
    builder.build().expect("a client")
}

struct Sender<'a> {
    harness: &'a Harness,
    http: reqwest::Client,
}

impl Sender<'_> {
    async fn send(&self, operation: &Operation, body: &Value) -> (u16, Value) {
        let mut path = operation.path.to_owned();
        while let Some((before, (name, after))) = path
            .split_once('{')
            .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            let value = if name.contains("number") {
                "%2B12125550100"
            } else {
                "cll-0000"
            };
            path = format!("{before}{value}{after}");
        }
        let method = operation.method.as_str().parse().expect("a method");
        let url = self.harness.base_url() + &path;
        let request = self.http.request(method, url).body(body.to_string());
        let request = request.header("content-type", "application/json");
        let request = request.header("authorization", self.harness.api_key());
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }
}

#[tokio::test]
async fn null_is_refused_where_the_document_does_not_allow_it() {
    let document = overlaid();
    let schemas: BTreeMap<&str, &Value> = operations_of(&document)
        .filter_map(|operation| {
            let body = resolved(operation.get("requestBody")?, &document);
            let schema = body.pointer("/content/application~1json/schema")?;
            Some((operation["operationId"].as_str()?, schema))
        })
        .collect();
    let harness = Harness::start().await;
    let sender = Sender {
        harness: &harness,
        http: client(),
    };
    let (mut refused, mut taken, mut wrong) = (0, 0, Vec::new());
    let answered: BTreeSet<&str> = allo_sandbox::OPERATIONS.iter().map(|one| one.id).collect();
    let with_body = operations::ALL
        .iter()
        .filter(|operation| operation.body != Body::None);
    for operation in with_body.filter(|operation| answered.contains(operation.id)) {
        let id = operation.id;
        let schema = schemas[id];
        let mut all = Vec::new();
        properties(schema, &document, "", "", &mut all);
        for Property {
            name,
            pointer,
            nullable,
        } in all
        {
            let mut body = schema_instances::full(schema, &document);
            *body.pointer_mut(&pointer).expect("a field") = Value::Null;
            let (status, answer) = sender.send(operation, &body).await;
            let is_named = named(&answer).contains(&name);
            if nullable {
                taken += 1;
                if is_named {
                    wrong.push(format!("{id} refuses null in {name}: {answer}"));
                }
                continue;
            }
            refused += 1;
            let code = answer.pointer("/error/code").unwrap_or(&answer["code"]);
            let expected = [400, 422].contains(&status) && code == "INVALID_REQUEST_BODY";
            if !expected || !is_named {
                wrong.push(format!(
                    "{id} answers null in {name} with {status}: {answer}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("null was refused in {refused} fields and taken in {taken}");
    assert!(refused > 0 && taken > 0);
}
