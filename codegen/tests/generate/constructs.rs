//! What becomes of each construct of a document.

use crate::inputs::{every_construct, generate, lines};

#[test]
fn every_construct_has_its_place() {
    let generated = every_construct();
    assert_eq!(generated.operations, 15);
    let names: Vec<&str> = generated.files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "argument_names.rs",
            "builder/books.rs",
            "builder/mod.rs",
            "builder/notes.rs",
            "builder/other.rs",
            "builder/readers.rs",
            "builder/reading_room.rs",
            "client.rs",
            "mod.rs",
            "operations.rs",
            "resources.rs",
            "types/books.rs",
            "types/common.rs",
            "types/mod.rs",
            "types/notes.rs",
            "types/reading_room.rs",
        ]
    );
}

/// Construct, file, and what must stand there.
const BECOMES: [(&str, &str, &str); 49] = [
    (
        "pages of the first version count from 0, their totals one level deeper",
        "operations.rs",
        r#"Some(Pagination { place: Place::Query, page: "page", size: "size", first: 0u64, items: "data.results", info: "data.metadata.pagination", })"#,
    ),
    (
        "a page in an envelope, asked for in the body",
        "operations.rs",
        r#"Some(Pagination { place: Place::Body, page: "page", size: "size", first: 1u64, items: "items.data", info: "items.pagination", })"#,
    ),
    (
        "`allOf` of a list and totals, page and size as component parameters",
        "operations.rs",
        r#"Some(Pagination { place: Place::Query, page: "page", size: "size", first: 1u64, items: "data", info: "pagination", })"#,
    ),
    (
        "`allOf` of a list and totals is one struct",
        "types/reading_room.rs",
        "pub struct ListLoansResponse { /// Loans. pub data: crate::codec::list::List<types::Loan>,",
    ),
    (
        "a teammate in the query",
        "operations.rs",
        r#"Some(TeammateTarget { place: Place::Query, id: &["user_id"], email: "email", })"#,
    ),
    (
        "a teammate in the body, his id under two names",
        "operations.rs",
        r#"Some(TeammateTarget { place: Place::Body, id: &["user_id", "user_pid"], email: "email", })"#,
    ),
    (
        "what looks like a teammate and is none has setters",
        "builder/reading_room.rs",
        "pub fn user_id(mut self, user_id: impl Into<String>) -> Self",
    ),
    (
        "a body that can be left out",
        "operations.rs",
        r#"path: "/v2/api/loans/reset", tag: "Reading Room", summary: "Forget all loans", body: Body::Optional,"#,
    ),
    (
        "what follows `#` in a path is not sent",
        "operations.rs",
        r#"id: "sendLetter", method: Method::Post, path: "/v1/api/notes", tag: "Notes","#,
    ),
    (
        "no tag",
        "operations.rs",
        r#"path: "/v2/api/topics", tag: "Other","#,
    ),
    (
        "scopes of an overlay",
        "operations.rs",
        r#"scopes: &["LOANS"]"#,
    ),
    (
        "limits of a list inside a body",
        "operations.rs",
        r#"FieldSpec { name: "authors", place: Place::Body, json_type: JsonType::Array, required: true, rules: &[ Rule::Items { min: Some(1u64), max: Some(9u64), }, ], }, FieldSpec { name: "authors[].name", place: Place::Body, json_type: JsonType::String, required: true, rules: &[], }"#,
    ),
    (
        "length of a text",
        "operations.rs",
        "rules: &[Rule::Length { min: Some(1u64), max: Some(200u64) }]",
    ),
    (
        "an address",
        "operations.rs",
        r#"FieldSpec { name: "contact", place: Place::Body, json_type: JsonType::String, required: false, rules: &[Rule::Email], }"#,
    ),
    (
        "path parameters of several words, and an answer without content",
        "builder/books.rs",
        r#".path("shelf_code", &self.shelf_code) .path("book_id", &self.book_id) .json(&self.body) .send_unit()"#,
    ),
    (
        "a path parameter shared by all methods of a path",
        "client.rs",
        "pub fn delete_loan(&self, loan_id: impl Into<String>)",
    ),
    (
        "arguments that are set by name",
        "client.rs",
        "pub fn place_book(&self) -> builder::books::PlaceBook< arguments::Missing, arguments::Missing, arguments::Missing, >",
    ),
    (
        "an argument in the path that is set by name",
        "builder/books.rs",
        "pub fn shelf_code( mut self, shelf_code: impl Into<String>, ) -> PlaceBook<arguments::Set, HasBookId, HasSide>",
    ),
    (
        "an argument in the body that is set by name",
        "builder/books.rs",
        "self.body.side = side.into();",
    ),
    (
        "an answer of status 204",
        "builder/reading_room.rs",
        r#".path("loan_id", &self.loan_id).send_unit()"#,
    ),
    (
        "an answer and a body that are components",
        "client.rs",
        "pub fn update_loan( &self, loan_id: impl Into<String>, due_at: impl Into<Option<crate::model::timestamp::Timestamp>>, )",
    ),
    (
        "a list in the query",
        "builder/books.rs",
        "pub fn genres(mut self, genres: impl IntoIterator<Item = impl Into<String>>) -> Self",
    ),
    (
        "a list of enums in the query",
        "builder/books.rs",
        "pub fn media( mut self, media: impl IntoIterator<Item = impl Into<types::Medium>>, ) -> Self",
    ),
    (
        "a time in the query",
        "builder/reading_room.rs",
        "pub fn returned_since(mut self, returned_since: crate::model::timestamp::Timestamp) -> Self",
    ),
    (
        "a day in the query",
        "builder/books.rs",
        "pub fn published_on(mut self, published_on: crate::model::timestamp::Date) -> Self",
    ),
    (
        "an answer that may be null",
        "builder/notes.rs",
        "crate::call::pending_call::PendingCall<Option<types::SendNoteResponse>>",
    ),
    (
        "a bare list",
        "builder/readers.rs",
        "crate::call::pending_call::PendingCall<crate::codec::list::List<types::Reader>>",
    ),
    (
        "a reference with `nullable` beside it",
        "types/books.rs",
        "pub book: crate::model::nullable::Nullable<types::Book>,",
    ),
    (
        "a reference to a nullable component, required",
        "types/books.rs",
        "pub publisher: Option<types::Publisher>,",
    ),
    (
        "a map of free objects",
        "types/books.rs",
        "pub systems: Option< ::std::collections::BTreeMap< String, ::serde_json::Map<::std::string::String, ::serde_json::Value>, >, >,",
    ),
    (
        "a list that can be cleared",
        "types/reading_room.rs",
        "pub tags: crate::model::nullable::Nullable<Vec<String>>,",
    ),
    (
        "a keyword, renamed",
        "types/books.rs",
        r#"("kind", &self.kind),"#,
    ),
    (
        "an enum value with a dot",
        "types/common.rs",
        r#"Self::LoanOpened => "loan.opened","#,
    ),
    (
        "a component that is a list",
        "types/common.rs",
        "pub marks: crate::model::nullable::Nullable<Vec<String>>,",
    ),
    (
        "a component that is another",
        "types/common.rs",
        "pub reader: Option<types::Reader>,",
    ),
    (
        "an operation that is deprecated",
        "client.rs",
        r#"#[deprecated(note = "the API has deprecated this operation")] #[inline] pub fn list_topics(&self)"#,
    ),
    (
        "the same in its resource",
        "resources.rs",
        r#"#[deprecated(note = "the API has deprecated this operation")] #[inline] pub fn list_topics(&self)"#,
    ),
    (
        "a parameter that is deprecated",
        "builder/books.rs",
        r#"#[deprecated(note = "the API has deprecated this parameter")] #[inline] pub fn max_price(mut self, max_price: f64)"#,
    ),
    (
        "the same by an `Option`",
        "builder/books.rs",
        r#"#[deprecated(note = "the API has deprecated this parameter")] #[inline] pub fn maybe_max_price("#,
    ),
    (
        "a field of a body that is deprecated, in the builder",
        "builder/books.rs",
        r#"#[deprecated(note = "the API has deprecated this field")] #[inline] pub fn cover_url(mut self"#,
    ),
    (
        "the same in the struct, as a setter",
        "types/books.rs",
        r#"#[deprecated(note = "the API has deprecated this field")] #[must_use] #[inline] pub fn cover_url(mut self"#,
    ),
    (
        "a field of an answer that is deprecated",
        "types/books.rs",
        r#"#[deprecated(note = "the API has deprecated this field")] pub subtitle: crate::model::nullable::Nullable<String>,"#,
    ),
    (
        "the same where the schema has become a type",
        "types/books.rs",
        r#"#[deprecated(note = "the API has deprecated this field")] pub kind: Option<types::BookKind>,"#,
    ),
    (
        "an id in a path whose type the overlay names",
        "builder/books.rs",
        "book_id: impl Into<crate::model::ids::DealId>",
    ),
    (
        "a list of ids in a body",
        "builder/reading_room.rs",
        "pub fn tags( mut self, tags: impl IntoIterator<Item = impl Into<crate::model::ids::TagId>>, ) -> Self",
    ),
    (
        "a telephone number, as an argument of the method",
        "client.rs",
        "to: impl Into<crate::model::phone_number::PhoneNumber>",
    ),
    (
        "the same in a struct",
        "types/notes.rs",
        "pub to: crate::model::phone_number::PhoneNumber,",
    ),
    (
        "the same in `Debug`, which shows none",
        "types/notes.rs",
        r#"("to", &Hidden(&self.to))"#,
    ),
    (
        "a type of two tags",
        "types/common.rs",
        "pub struct Reader {",
    ),
];

#[test]
fn constructs_become_what_the_runtime_takes() {
    for (construct, file, code) in BECOMES {
        let text = &every_construct().files[file];
        assert!(
            squeeze(text).contains(&squeeze(code)),
            "{construct}: {file} lacks\n{code}"
        );
    }
}

#[test]
fn nothing_that_is_not_reached_is_written() {
    for (name, text) in &every_construct().files {
        for gone in [
            "Unused",
            "MissingError",
            "Unauthorized",
            "overdue",
            "ApiKey",
        ] {
            assert!(!text.contains(gone), "{name} holds {gone}");
        }
    }
}

/// One file whole, small enough to be read: each kind of field, in an answer and in a request.
#[test]
fn one_of_each_kind_of_field() {
    let generated = generate(include_str!("../fixtures/one_of_each.yaml"));
    let generated = generated.unwrap_or_else(|problems| panic!("{}", lines(&problems)));
    insta::assert_snapshot!(generated.files["types/things.rs"]);
}

/// Code without its layout, which is prettyplease's business, and without the commas that depend on it.
fn squeeze(code: &str) -> String {
    let mut code: String = code.split_whitespace().collect();
    for closing in ["}", "]", ")", ">"] {
        code = code.replace(&format!(",{closing}"), closing);
    }
    code.trim_end_matches(',').to_owned()
}
