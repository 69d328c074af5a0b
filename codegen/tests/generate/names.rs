//! Names that are pinned stay, whatever else the document adds; what it takes away, and what would be called as
//! something else is, is told with its place and a way out.

use serde_json::{Value, json};

use crate::inputs::{
    EVERY_CONSTRUCT, EVERY_NAME, EVERY_OVERLAY, every_construct, generate_named, lines,
};
use crate::published::{after, after_with, before, surface};

const NOTHING: &str = "openapi: 3.0.3\ninfo: {title: Things, version: 1.0.0}\n";

fn method_lines(label: &str, generated: &allo_codegen::Generated, owner: &str) -> Vec<String> {
    let begin = format!("fn {owner}::");
    let lines = surface(label, generated).into_iter();
    lines.filter(|line| line.starts_with(&begin)).collect()
}

/// What the documents of these tests say to a change.
fn problems(change: impl FnOnce(&mut Value)) -> String {
    lines(&after(change).err().unwrap_or_default())
}

fn operation(id: &str, tag: &str) -> Value {
    json!({"operationId": id, "tags": [tag], "responses": {"200": {"description": "Done."}}})
}

#[test]
fn one_more_operation_of_a_tag_leaves_its_collections() {
    let after = after(|document| {
        document["paths"]["/v2/api/crm"]["get"] = operation("getCrmOverview", "CRM");
    });
    let crm = method_lines("one_more", &after.unwrap(), "resources::Crm");
    let accessors = ["people", "deals"].map(|name| format!("fn resources::Crm::{name}(&self) -> "));
    for accessor in accessors {
        assert!(
            crm.iter().any(|line| line.starts_with(&accessor)),
            "{crm:#?}"
        );
    }
}

#[test]
fn a_second_verb_in_a_collection_leaves_the_first() {
    let after = after(|document| {
        let mut history = operation("getPersonHistory", "CRM");
        history["parameters"] =
            json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
        document["paths"]["/v2/api/crm/people/{id}/history"]["get"] = history;
    });
    let people = method_lines("second_verb", &after.unwrap(), "resources::CrmPeople");
    let gets: Vec<&str> = people
        .iter()
        .filter_map(|line| line.rsplit_once(" -> "))
        .filter(|(line, _)| line.contains("::get"))
        .map(|(_, builder)| builder)
        .collect();
    assert_eq!(
        gets,
        ["builder::crm::GetPerson", "builder::crm::GetPersonHistory"]
    );
    assert!(
        people[1].starts_with("fn resources::CrmPeople::get(&self"),
        "{people:#?}"
    );
}

#[test]
fn a_member_beside_data_leaves_what_send_gives() {
    let after = after(|document| {
        let answer = &mut document["paths"]["/v2/api/me"]["get"]["responses"]["200"];
        let schema = &mut answer["content"]["application/json"]["schema"];
        schema["properties"]["meta"] =
            json!({"type": "object", "properties": {"version": {"type": "string"}}});
    });
    let get_me = method_lines("beside", &after.unwrap(), "builder::users::GetMe");
    let send = "fn builder::users::GetMe::send(self) -> PendingCall<types::MeResponse>";
    assert!(get_me.iter().any(|line| line == send), "{get_me:#?}");
}

/// Two arguments of one type that change places compile.
#[test]
fn a_renamed_field_is_told_and_keeps_its_place() {
    let rename = |document: &mut Value| {
        let request = &mut document["components"]["schemas"]["SendSMSRequest"];
        request["required"] = json!(["from", "to", "content"]);
        let properties = request["properties"].as_object_mut().unwrap();
        let text = properties.remove("message").unwrap();
        properties.shift_insert(0, "content".to_owned(), text);
    };
    let told = problems(rename);
    for (place, says) in [
        (
            "#/operations/POST ~1v1~1api~1sms/arguments",
            "`message` is no required parameter or field any more; if it has another name now, write that in its place",
        ),
        (
            "#/operations/POST ~1v1~1api~1sms/arguments",
            "`content` is required now, which is one argument more for every caller; write it where it is to stand",
        ),
        (
            "#/types/SendSmsRequest/required",
            "`message` of `SendSmsRequest` may be absent now, or has gone",
        ),
        (
            "#/types/SendSmsRequest/required",
            "`content` of `SendSmsRequest` is required now",
        ),
    ] {
        let line = format!("{place}: {says}");
        assert!(told.contains(&line), "{line}\n{told}");
    }
    assert_eq!(told.lines().count(), 4, "{told}");

    let names = before()
        .names
        .replace("[from, to, message]", "[from, to, content]");
    let after = after_with(&names, rename).unwrap();
    let setters = |label, generated| {
        let lines = surface(label, generated).into_iter();
        let lines = lines.filter(|line| line.contains("SendSms<"));
        lines.collect::<Vec<_>>()
    };
    let (was, is) = (
        setters("renamed_was", before()),
        setters("renamed_is", &after),
    );
    assert_eq!(was, is);
    assert!(!is.is_empty());
}

/// Arguments of one type are set by name, and stay so.
#[test]
fn arguments_that_could_be_swapped_are_set_by_name() {
    let client = |label, generated| {
        let lines = method_lines(label, generated, "Client").into_iter();
        lines
            .map(|line| line.trim_start_matches("fn Client::").to_owned())
            .collect::<Vec<_>>()
    };
    let has = |lines: &[String], wanted: &str| {
        assert!(
            lines.iter().any(|line| line == wanted),
            "{wanted}: {lines:#?}"
        );
    };
    let missing = "arguments::Missing, arguments::Missing";
    let was = client("by_name_before", before());
    has(
        &was,
        &format!("send_sms(&self) -> builder::sms::SendSms<{missing}, arguments::Missing>"),
    );
    has(
        &was,
        "get_deal(&self, id: impl Into<DealId>) -> builder::crm::GetDeal",
    );

    let parameter = |name: &str, kind: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}});
    let with = |kinds: [&'static str; 2]| {
        move |document: &mut Value| {
            let mut merge = operation("mergeDeals", "CRM");
            merge["parameters"] = json!([parameter("id", kinds[0]), parameter("other", kinds[1])]);
            document["paths"]["/v2/api/crm/deals/{id}/merge/{other}"]["post"] = merge;
        }
    };
    let two = after(with(["string", "string"])).unwrap();
    has(
        &client("two_ids", &two),
        &format!("merge_deals(&self) -> builder::crm::MergeDeals<{missing}>"),
    );
    let distinct = after(with(["string", "integer"])).unwrap();
    let by_place =
        "merge_deals(&self, id: impl Into<String>, other: i64) -> builder::crm::MergeDeals";
    has(&client("distinct", &distinct), by_place);

    // A newer document with other types for the arguments that are there changes neither.
    let pinned = after_with(&two.names, with(["string", "integer"])).unwrap();
    has(
        &client("two_ids_pinned", &pinned),
        &format!("merge_deals(&self) -> builder::crm::MergeDeals<{missing}>"),
    );
    let pinned = after_with(&distinct.names, with(["integer", "integer"])).unwrap();
    let by_place = "merge_deals(&self, id: i64, other: i64) -> builder::crm::MergeDeals";
    has(&client("distinct_pinned", &pinned), by_place);
}

/// The published document, with its names: what is pinned is what the rule says.
#[test]
fn the_pinned_names_follow_the_rule() {
    let names = include_str!("../../../openapi/names.yaml");
    let rule: String = names
        .lines()
        .filter(|line| !line.starts_with("    answer: ") && !line.starts_with("    by_name: "))
        .map(|line| format!("{line}\n"))
        .collect();
    let document = include_str!("../../../openapi/allo.yaml");
    let overlay = include_str!("../../../openapi/overlay.yaml");
    let generated = generate_named(document, overlay, &rule);
    let generated = generated.unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert!(names.contains("by_name: true"));
    let difference: Vec<_> = generated
        .names
        .lines()
        .zip(names.lines())
        .filter(|(rule, is)| rule != is)
        .collect();
    assert!(
        difference.is_empty(),
        "the rule, and what is pinned: {:?}",
        difference.first()
    );
}

#[test]
fn what_has_vanished_is_told_with_what_to_do() {
    let told = problems(|document| {
        let paths = document["paths"].as_object_mut().unwrap();
        paths.remove("/v2/api/me");
        paths.remove("/v2/api/tags");
    });
    let what_to_do = "to remove the entry is a breaking change of the crate: remove it and say so in CHANGELOG.md, or give the names to what replaces it by changing the key";
    for gone in [
        "#/operations/GET ~1v2~1api~1me: the document has no operation `GET /v2/api/me`; ",
        "#/resources/tags: no operation is in the resource `tags`; ",
        "#/types/MeResponse/from/0: no operation reaches a schema `MeResponse` that could be `MeResponse`; ",
    ] {
        let line = format!("{gone}{what_to_do}");
        assert!(told.contains(&line), "{line}\n{told}");
    }
    let line = before()
        .names
        .lines()
        .position(|line| line == "  GET /v2/api/me:");
    let place = format!(
        "names:{}:3: #/operations/GET ~1v2~1api~1me: ",
        line.unwrap() + 1
    );
    assert!(told.contains(&place), "{place}\n{told}");
}

/// The vendor's id of an operation is no name of ours.
#[test]
fn another_operation_id_or_tag_moves_no_name() {
    let after = after(|document| {
        let operation = &mut document["paths"]["/v2/api/users"]["get"];
        operation["operationId"] = json!("fetchTeamMembers");
        operation["tags"] = json!(["Team"]);
    });
    assert_eq!(
        surface("other_id", &after.unwrap()),
        surface("other_id_before", before())
    );
}

#[test]
fn a_required_argument_more_is_told() {
    let told = problems(|document| {
        let list = &mut document["paths"]["/v2/api/users"]["get"]["parameters"];
        let team =
            json!({"name": "team", "in": "query", "required": true, "schema": {"type": "string"}});
        list.as_array_mut().unwrap().push(team);
    });
    let says = "`team` is required now, which is one argument more for every caller; write it where it is to stand, or make it optional by an overlay action; a breaking change of the crate, to be told in CHANGELOG.md";
    assert!(
        told.ends_with(&format!(
            "#/operations/GET ~1v2~1api~1users/arguments: {says}"
        )),
        "{told}"
    );
}

#[test]
fn another_answer_is_told() {
    let told = problems(|document| {
        let answer = &mut document["paths"]["/v2/api/me"]["get"]["responses"]["200"];
        let schema = &mut answer["content"]["application/json"]["schema"];
        schema["properties"]["data"] = json!({"$ref": "#/components/schemas/User"});
    });
    assert!(
        told.contains("/answer: `send()` would give `User` now; name the schema under `types`"),
        "{told}"
    );
    let told = problems(|document| {
        let answer = &mut document["paths"]["/v2/api/me"]["get"]["responses"]["200"];
        let schema = &mut answer["content"]["application/json"]["schema"];
        *schema = json!({"$ref": "#/components/schemas/MeResponse"});
    });
    assert!(
        told.contains("/envelope: the document has an answer now, and had an answer with `data`; "),
        "{told}"
    );
}

/// What a document writes out instead of naming it can keep its type.
#[test]
fn a_schema_that_moves_takes_its_name_along() {
    let write_out = |document: &mut Value| {
        let me = document["components"]["schemas"]["MeResponse"].take();
        document["components"]["schemas"]
            .as_object_mut()
            .unwrap()
            .remove("MeResponse");
        let answer = &mut document["paths"]["/v2/api/me"]["get"]["responses"]["200"];
        answer["content"]["application/json"]["schema"]["properties"]["data"] = me;
    };
    let told = problems(write_out);
    assert!(
        told.contains("`send()` would give `GetMeResponse` now"),
        "{told}"
    );
    let names = before()
        .names
        .replace("- MeResponse", "- GET /v2/api/me answer");
    let after = after_with(&names, write_out).unwrap();
    assert_eq!(surface("moved", &after), surface("moved_before", before()));
}

/// A float has neither `Eq` nor `Hash`, and callers may need both of a type that has them.
#[test]
fn the_first_float_of_a_type_is_told_with_the_ways_out() {
    let add = |workload: Value| {
        move |document: &mut Value| {
            let user = &mut document["components"]["schemas"]["User"];
            user["properties"]["workload"] = workload;
        }
    };
    let float = || json!({"type": "array", "items": {"type": "number"}});
    let told = problems(add(float()));
    let says = "#/types/User: `User` would hold a float now, itself or in a type of a field, and lose `Eq` and `Hash`; give the number `format: decimal` by an overlay action, which makes an `Amount` of it, or write `floats: true` here, which is a breaking change of the crate, to be told in CHANGELOG.md";
    assert!(told.contains(says), "{told}");

    let derive = |generated: &allo_codegen::Generated| {
        let text = &generated.files["types/users.rs"];
        let (before, _) = text.split_once("pub struct User {").unwrap();
        before.rsplit("#[derive").next().unwrap().to_owned()
    };
    assert!(derive(before()).contains("Eq, Hash"));
    let decimal = json!({"type": "number", "format": "decimal"});
    let exact = after(add(decimal)).unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert!(derive(&exact).contains("Eq, Hash"));
    assert!(
        exact.files["types/users.rs"]
            .contains("pub workload: Option<crate::model::amount::Amount>")
    );

    let named = before().names.lines().map(|line| match line {
        "  User:" => "  User:\n    floats: true\n".to_owned(),
        line => format!("{line}\n"),
    });
    let named: String = named.collect();
    let floats = after_with(&named, add(float()));
    let floats = floats.unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert!(!derive(&floats).contains("Hash"), "{}", derive(&floats));
    // And so it stays when the float is gone, as all that is pinned.
    let document = crate::published::document().to_string();
    let gone = generate_named(&document, crate::inputs::NO_OVERLAY, &floats.names).unwrap();
    assert!(!derive(&gone).contains("Hash"), "{}", derive(&gone));
}

#[test]
fn a_new_schema_cannot_take_the_name_of_another() {
    let add = |document: &mut Value| {
        let schemas = &mut document["components"]["schemas"];
        schemas["UserStatus"] =
            json!({"type": "object", "properties": {"since": {"type": "string"}}});
        schemas["User"]["properties"]["state"] = json!({"$ref": "#/components/schemas/UserStatus"});
    };
    let told = problems(add);
    let says = "#/components/schemas/UserStatus: this schema would become the type `UserStatus`, which is another one already; give it another name in the file of names by an entry under `types`: `UserStatus2: {from: ['UserStatus']}`";
    assert!(told.contains(says), "{told}");

    let names = before().names.replace(
        "\ntypes:\n",
        "\ntypes:\n  UserState: {from: [UserStatus]}\n",
    );
    let after = after_with(&names, add).unwrap();
    let surface = surface("new_schema", &after);
    for line in [
        "field types::User.status: Option<types::UserStatus>",
        "field types::User.state: Option<types::UserState>",
    ] {
        assert!(surface.iter().any(|known| known == line), "{line}");
    }
    assert!(
        after
            .names
            .contains("\n  UserState:\n    from:\n      - UserStatus\n    made_for: answer\n"),
        "{}",
        after.names
    );
}

#[test]
fn a_new_operation_cannot_take_the_name_of_another() {
    let names = before()
        .names
        .replace("method: get_numbers", "method: list_phones");
    let add = |document: &mut Value| {
        document["paths"]["/v2/api/phones"]["get"] = operation("listPhones", "Phone Numbers");
    };
    let told = lines(&after_with(&names, add).unwrap_err());
    let says = "#/paths/~1v2~1api~1phones/get/operationId: the operation `GET /v2/api/phones` would be called `list_phones` in the client, as the operation `GET /v1/api/numbers` is; give it another name by an entry `GET /v2/api/phones` in the file of names, which needs no more than the names that the rules get wrong";
    assert!(told.ends_with(says), "{told}");

    let entry = "operations:\n  GET /v2/api/phones: {method: list_all_phones, resources: {phone_numbers: list_all}}\n";
    let names = names.replace("operations:\n", entry);
    let after = after_with(&names, add).unwrap();
    let client = method_lines("new_operation", &after, "Client");
    let wanted = "fn Client::list_all_phones(&self) -> builder::phone_numbers::ListPhones";
    assert!(client.iter().any(|line| line == wanted), "{client:#?}");
    assert!(after.names.contains("    method: list_all_phones\n    resources: {phone_numbers: list_all}\n    builder: phone_numbers::ListPhones\n    constant: LIST_PHONES\n    answer: ()\n"));
}

#[test]
fn schemas_that_contradict_each_other_cannot_have_one_name() {
    let names =
        "operations: {}\nresources: {}\ntypes:\n  Both: {from: [User.status, MeResponse.team]}\n";
    let document = crate::published::document().to_string();
    let told = lines(&generate_named(&document, crate::inputs::NO_OVERLAY, names).unwrap_err());
    let says = "two schemas of different shape are both called `Both`; give this one another name in the file of names by an entry under `types`: `Both2: {from: ['User.status']}`";
    assert!(
        told.ends_with(&format!(
            "#/components/schemas/User/properties/status: {says}"
        )),
        "{told}"
    );
}

#[test]
fn names_that_meet_in_the_file_are_told_there() {
    let names = before()
        .names
        .replace("method: get_user\n", "method: get_me\n");
    let told = lines(
        &generate_named(
            &crate::published::document().to_string(),
            crate::inputs::NO_OVERLAY,
            &names,
        )
        .unwrap_err(),
    );
    assert!(told.ends_with("#/operations/GET ~1v2~1api~1users~1{id}: the operation `GET /v2/api/users/{id}` would be called `get_me` in the client, as the operation `GET /v2/api/me` is; give it another name here"), "{told}");
}

#[test]
fn another_list_with_totals_leaves_what_items_gives() {
    const ITEMS: &str = "                      items:\n                        type: object\n                        nullable: true\n";
    let others = "                      readers:\n                        type: object\n                        properties:\n                          data: {type: array, items: {$ref: '#/components/schemas/Reader'}}\n                          pagination: {$ref: '#/components/schemas/Pagination'}\n";
    assert!(EVERY_CONSTRUCT.contains(ITEMS));
    let document = EVERY_CONSTRUCT.replacen(ITEMS, &format!("{others}{ITEMS}"), 1);
    let report = |names: &str, document: &str| {
        let generated = generate_named(document, EVERY_OVERLAY, names);
        let generated = generated.unwrap_or_else(|problems| panic!("{}", lines(&problems)));
        let text = &generated.files["builder/reading_room.rs"];
        let (_, text) = text.split_once("Paginated for ReportLoans").unwrap();
        text.lines().nth(2).unwrap().trim().to_owned()
    };
    let names = &every_construct().names;
    assert_eq!(report(names, &document), "type Item = types::Loan;");
    // The rules alone would have it otherwise.
    assert_eq!(report(EVERY_NAME, &document), "type Item = types::Reader;");

    let without = EVERY_CONSTRUCT.replacen(
        "pagination: {$ref: '#/components/schemas/Pagination'}\n  # All of",
        "totals: {$ref: '#/components/schemas/Pagination'}\n  # All of",
        1,
    );
    let without = without.replacen(ITEMS, &format!("{others}{ITEMS}"), 1);
    let told = lines(&generate_named(&without, EVERY_OVERLAY, names).unwrap_err());
    assert!(told.contains("#/operations/POST ~1v2~1api~1loans~1report/pages: the document has no such list with totals any more"), "{told}");
}

/// What is left out of a part of the document has not vanished.
#[test]
fn a_part_of_the_document_keeps_its_names() {
    let document = crate::published::document().to_string();
    let source = |name, text| allo_codegen::Source { name, text };
    let inputs = allo_codegen::Inputs {
        spec: source("spec", &document),
        overlay: source("overlay", crate::inputs::NO_OVERLAY),
        names: source("names", &before().names),
    };
    let part = allo_codegen::generate_tags(inputs, &["Users"]);
    let part = part.unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    assert_eq!(part.operations, 3);
    let whole = surface("whole", before());
    for line in surface("part", &part) {
        assert!(whole.contains(&line), "{line}");
    }
}

#[test]
fn a_file_of_names_that_is_none_is_told() {
    let told =
        lines(&generate_named(NOTHING, crate::inputs::NO_OVERLAY, "operations: 1\n").unwrap_err());
    assert_eq!(
        told,
        "names:1:1: #: `operations` must be a mapping\nnames:1:1: #: `resources` must be a mapping\nnames:1:1: #: `types` must be a mapping"
    );
}
