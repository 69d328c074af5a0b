//! Templates of call summaries, and the default template of a number.

use allo_client::Nullable;
use allo_client::ids::SummaryTemplateId;
use allo_client::operations;
use allo_client::types::SummaryTemplateSection;
use tests::fixtures::LINE;
use tests::harness::Harness;

use crate::support::{all, done, ok, refused_as, scripted};

const UNKNOWN: &str = "SUMMARY_TEMPLATE_NOT_FOUND";

fn line_default(harness: &Harness) -> Option<String> {
    let lines = harness.control.phone_numbers().into_iter();
    let mut lines = lines.filter(|line| line.number.as_deref() == Some(LINE));
    lines.next().expect("the line").default_summary_template_id
}

pub(crate) async fn set_number_default_summary_template(harness: &Harness) {
    let about = harness.fixtures().await;
    let set = |number: &str, template: Nullable<SummaryTemplateId>| {
        let set = harness.client.set_number_default_summary_template(number);
        set.summary_template_id(template).send()
    };
    let chosen = ok(set(LINE, about.template.clone().into()).await);
    assert_eq!(chosen.number, LINE);
    assert_eq!(
        chosen.default_summary_template_id,
        Nullable::from(&about.template)
    );
    assert_eq!(line_default(harness), Some(about.template.clone()));
    let cleared = ok(set(LINE, Nullable::Null).await);
    assert!(cleared.default_summary_template_id.is_null());
    assert_eq!(line_default(harness), None);

    refused_as(set("12", Nullable::Null).await, 400, "INVALID_PHONE_FORMAT");
    let elsewhere = set("+12125550177", Nullable::Null).await;
    refused_as(elsewhere, 404, "PHONE_NUMBER_NOT_FOUND");
    let unknown = set(LINE, "smt-0000".to_owned().into()).await;
    refused_as(unknown, 404, UNKNOWN);
}

pub(crate) async fn list_summary_templates(harness: &Harness) {
    let names = || async {
        let list = ok(harness.client.list_summary_templates().send().await);
        let names = all(list).into_iter().map(|template| template.name);
        names.collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["First call", "Complaint"]);
    done(
        harness.client.create_summary_template("Visit").send().await,
        201,
    );
    assert_eq!(names().await, ["First call", "Complaint", "Visit"]);
}

pub(crate) async fn create_summary_template(harness: &Harness) {
    let section = SummaryTemplateSection::new(0, "Wishes").instructions("In their own words");
    let create = harness.client.create_summary_template("Visit");
    let create = create
        .sections([section])
        .call_context("At the door".to_owned());
    let made = done(create.send().await, 201);
    assert_eq!(made.name, "Visit");
    assert!(made.icon.is_null() && made.created_at == made.updated_at);
    let sections = all(made.sections.expect("sections"));
    assert_eq!(
        sections[0].instructions.as_deref(),
        Some("In their own words")
    );
    let found = ok(harness.client.get_summary_template(&made.id).send().await);
    assert_eq!(found.call_context.as_deref(), Some("At the door"));

    let nameless = harness.client.create_summary_template("").send().await;
    let error = refused_as(nameless, 400, "INVALID_REQUEST_BODY");
    assert_eq!(error.param(), Some("name"));
}

pub(crate) async fn get_summary_template(harness: &Harness) {
    let about = harness.fixtures().await;
    let found = ok(harness
        .client
        .get_summary_template(&about.template)
        .send()
        .await);
    assert_eq!(found.id, about.template);
    assert_eq!(found.name, "Follow-up");
    let unknown = harness.client.get_summary_template("smt-0000").send().await;
    refused_as(unknown, 404, UNKNOWN);
}

pub(crate) async fn update_summary_template(harness: &Harness) {
    let first = ok(harness.client.list_summary_templates().send().await);
    let first = all(first).remove(0);
    let update = harness
        .client
        .update_summary_template(&first.id, "Second call");
    let changed = ok(update.send().await);
    assert_eq!(
        (&changed.id, changed.name.as_str()),
        (&first.id, "Second call")
    );
    assert!(changed.call_context.is_null(), "it is replaced whole");
    assert!(changed.sections.expect("sections").is_empty());
    assert_eq!(changed.created_at, first.created_at);

    let unknown = harness.client.update_summary_template("smt-0000", "None");
    refused_as(unknown.send().await, 404, UNKNOWN);
    let operation = &operations::UPDATE_SUMMARY_TEMPLATE;
    scripted(harness, operation, 400, "INVALID_REQUEST_BODY").await;
}

pub(crate) async fn delete_summary_template(harness: &Harness) {
    let about = harness.fixtures().await;
    let set = harness.client.set_number_default_summary_template(LINE);
    ok(set.summary_template_id(about.template.clone()).send().await);
    let delete = || {
        harness
            .client
            .delete_summary_template(&about.template)
            .send()
    };
    done(delete().await, 204);
    assert_eq!(line_default(harness), None, "a line forgets it");
    refused_as(delete().await, 404, UNKNOWN);
}
