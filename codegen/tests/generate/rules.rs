//! Every rule of `fixtures/rules.yaml`: a document that breaks it is refused in exactly the words given there.

use serde::Deserialize;

use crate::inputs::{generate, lines};

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: Things, version: 1.0.0}\npaths:\n";
const ANSWERS_A_THING: &str = "  /things: {get: {operationId: getThing, responses: {'200': {description: A thing., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}}}\n";

#[derive(Deserialize)]
struct Case {
    rule: String,
    #[serde(flatten)]
    given: Given,
    says: String,
}

/// The part of a document that matters.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Given {
    Document(String),
    Paths(String),
    Operation(String),
    Schemas(String),
    Schema(String),
}

impl Given {
    fn whole(&self) -> String {
        match self {
            Self::Document(text) => text.clone(),
            Self::Paths(text) => format!("{HEAD}{}", indented(text, 2)),
            Self::Operation(text) => format!("{HEAD}  /things:\n    get:\n{}", indented(text, 6)),
            Self::Schemas(text) => components(&indented(text, 4)),
            Self::Schema(text) => components(&format!("    Thing:\n{}", indented(text, 6))),
        }
    }
}

#[test]
fn each_broken_rule_is_told() {
    let cases: Vec<Case> = serde_saphyr::from_str(include_str!("../fixtures/rules.yaml")).unwrap();
    assert!(cases.len() > 50, "only {} rules", cases.len());
    for case in cases {
        let document = case.given.whole();
        let problems = generate(&document).err().unwrap_or_default();
        let said = lines(&problems).replace("spec:", "");
        assert_eq!(said.trim(), case.says.trim(), "{}:\n{document}", case.rule);
    }
}

fn components(schemas: &str) -> String {
    format!("{HEAD}{ANSWERS_A_THING}components:\n  schemas:\n{schemas}")
}

fn indented(text: &str, by: usize) -> String {
    let indent = " ".repeat(by);
    text.lines()
        .map(|line| format!("{indent}{line}\n"))
        .collect()
}
