//! What the vendor may add to the document without breaking anything on the wire adds to the public surface and takes
//! nothing from it. Each change is one row; its lines are in the snapshot.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::inputs::lines;
use crate::published::{after, before, surface};

/// What is added, how, and whether callers see it.
struct Addition {
    what: &'static str,
    change: fn(&mut Value),
}

const ADDITIONS: [Addition; 20] = [
    Addition {
        what: "an operation of a collection, with a verb of its own",
        change: |document| {
            add_operation(
                document,
                "post",
                "/v2/api/crm/people/{id}/merge",
                "mergePerson",
                "CRM",
            );
        },
    },
    Addition {
        what: "an operation of a collection, with a verb that another has",
        change: |document| {
            add_operation(
                document,
                "get",
                "/v2/api/crm/people/{id}/history",
                "getPersonHistory",
                "CRM",
            );
        },
    },
    Addition {
        what: "an operation of a divided tag, in none of its collections",
        change: |document| {
            add_operation(document, "get", "/v2/api/crm", "getCrmOverview", "CRM");
        },
    },
    Addition {
        what: "one more collection of a divided tag",
        change: |document| {
            add_operation(document, "get", "/v2/api/crm/offers", "listOffers", "CRM");
            add_operation(
                document,
                "get",
                "/v2/api/crm/offers/{id}",
                "getOffer",
                "CRM",
            );
        },
    },
    Addition {
        what: "an operation of a new tag",
        change: |document| {
            add_operation(
                document,
                "get",
                "/v2/api/rooms",
                "listRooms",
                "Meeting Rooms",
            );
        },
    },
    Addition {
        what: "an optional property of a request",
        change: |document| {
            add_property(
                document,
                "UpdateDealRequest",
                "colour",
                json!({"type": "string"}),
            );
        },
    },
    Addition {
        what: "an optional property of an answer",
        change: |document| {
            add_property(document, "User", "nickname", json!({"type": "string"}));
        },
    },
    Addition {
        what: "a nullable property of an answer",
        change: |document| {
            add_property(
                document,
                "User",
                "left_at",
                json!({"type": "string", "format": "timestamp", "nullable": true}),
            );
        },
    },
    Addition {
        what: "a required property of an answer",
        change: |document| {
            add_property(document, "User", "seat", json!({"type": "integer"}));
            require(document, "User", "seat");
        },
    },
    Addition {
        what: "a required property of an answer that had none",
        change: |document| {
            add_property(
                document,
                "PhoneNumberApiResponse",
                "mode",
                json!({"type": "string", "enum": ["FAST", "EXACT"]}),
            );
            require(document, "PhoneNumberApiResponse", "mode");
        },
    },
    Addition {
        what: "an object in an answer",
        change: |document| {
            add_property(
                document,
                "User",
                "desk",
                json!({"type": "object", "properties": {"floor": {"type": "integer"}}}),
            );
        },
    },
    Addition {
        what: "a schema that is a component, in an answer",
        change: |document| {
            let desk = json!({"type": "object", "properties": {"floor": {"type": "integer"}}});
            document["components"]["schemas"]["Desk"] = desk;
            add_property(
                document,
                "User",
                "desk",
                json!({"$ref": "#/components/schemas/Desk"}),
            );
        },
    },
    Addition {
        what: "an enum value, at one of two places of the enum",
        change: |document| {
            let values =
                &mut document["components"]["schemas"]["User"]["properties"]["status"]["enum"];
            values.as_array_mut().unwrap().insert(0, json!("ON_LEAVE"));
        },
    },
    Addition {
        what: "an optional parameter",
        change: |document| {
            let list = &mut document["paths"]["/v2/api/users"]["get"]["parameters"];
            let parameter = json!({"name": "desk", "in": "query", "schema": {"type": "string"}});
            list.as_array_mut().unwrap().insert(0, parameter);
        },
    },
    Addition {
        what: "a member of an answer beside `data`",
        change: |document| {
            let answer = answer_of(document, "/v2/api/me", "get");
            answer["properties"]["meta"] =
                json!({"type": "object", "properties": {"version": {"type": "string"}}});
        },
    },
    Addition {
        what: "pages of a list that had none",
        change: |document| {
            let answer = answer_of(document, "/v2/api/tags", "get");
            answer["properties"]["pagination"] =
                json!({"$ref": "#/components/schemas/PaginationMeta"});
            let parameter = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1}});
            let operation = &mut document["paths"]["/v2/api/tags"]["get"];
            operation["parameters"] = json!([parameter("page"), parameter("size")]);
        },
    },
    Addition {
        what: "`deprecated`, of an operation, a parameter, and properties",
        change: |document| {
            let operation = &mut document["paths"]["/v2/api/users"]["get"];
            operation["deprecated"] = json!(true);
            operation["parameters"][0]["deprecated"] = json!(true);
            let schemas = &mut document["components"]["schemas"];
            schemas["User"]["properties"]["name"]["deprecated"] = json!(true);
            schemas["UpdateDealRequest"]["properties"]["name"]["deprecated"] = json!(true);
        },
    },
    Addition {
        what: "the status of an error",
        change: |document| {
            let responses = &mut document["paths"]["/v2/api/me"]["get"]["responses"];
            responses["423"] = json!({"description": "Locked.", "content": {"application/json": {"schema": {"type": "object", "properties": {"until": {"type": "string"}}}}}});
        },
    },
    Addition {
        what: "a second media type, of an answer and of a body",
        change: |document| {
            let text = json!({"schema": {"type": "string"}});
            document["paths"]["/v2/api/me"]["get"]["responses"]["200"]["content"]["text/csv"] =
                text.clone();
            document["paths"]["/v1/api/sms"]["post"]["requestBody"]["content"]["text/plain"] = text;
        },
    },
    Addition {
        what: "an operation that sends what was only received, lists of objects among it",
        change: |document| {
            add_operation(document, "put", "/v2/api/me/copy", "replacePerson", "CRM");
            let body = json!({"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MeResponse"}}}});
            document["paths"]["/v2/api/me/copy"]["put"]["requestBody"] = body;
        },
    },
];

#[test]
fn what_is_added_to_the_document_only_adds_to_the_surface() {
    let before_it = surface("before", before());
    let mut told = String::new();
    let mut lost = String::new();
    for (index, addition) in ADDITIONS.iter().enumerate() {
        let generated = after(addition.change)
            .unwrap_or_else(|problems| panic!("{}: {}", addition.what, lines(&problems)));
        let after_it = surface(&format!("after_{index}"), &generated);
        writeln!(told, "# {}", addition.what).unwrap();
        for line in after_it.iter().filter(|line| !before_it.contains(line)) {
            writeln!(told, "+ {line}").unwrap();
        }
        for line in before_it.iter().filter(|line| !after_it.contains(line)) {
            writeln!(lost, "{}: {line}", addition.what).unwrap();
        }
    }
    assert_eq!(lost, "");
    insta::assert_snapshot!(told);
}

/// An operation that answers with nothing, and takes what its path names.
fn add_operation(document: &mut Value, method: &str, path: &str, id: &str, tag: &str) {
    let parameters: Vec<Value> = path
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    document["paths"][path][method] = json!({
        "operationId": id,
        "tags": [tag],
        "parameters": parameters,
        "responses": {"200": {"description": "Done."}},
    });
}

fn add_property(document: &mut Value, schema: &str, name: &str, property: Value) {
    let properties = &mut document["components"]["schemas"][schema]["properties"];
    assert!(properties.is_object(), "{schema} has properties");
    let others = properties.as_object_mut().unwrap();
    // The first, so that nothing depends on its being the last.
    others.shift_insert(0, name.to_owned(), property);
}

fn require(document: &mut Value, schema: &str, name: &str) {
    let required = &mut document["components"]["schemas"][schema]["required"];
    match required.as_array_mut() {
        Some(required) => required.insert(0, json!(name)),
        None => *required = json!([name]),
    }
}

fn answer_of<'a>(document: &'a mut Value, path: &str, method: &str) -> &'a mut Value {
    &mut document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
}
