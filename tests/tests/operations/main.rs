//! Every operation against the sandbox: its success, and each error response that the API's document declares; every
//! request and response is validated against that document. The scenarios are in one module per resource.

#[macro_use]
mod optional;

mod analytics;
mod contacts;
mod conversations;
mod crm;
mod examples;
#[rustfmt::skip]
mod generated;
mod matrix;
mod nulls;
mod numbers;
mod partner;
mod power_dialer;
mod refusals;
mod resources;
mod summary_templates;
mod support;
mod telephony;
mod users;
mod webhooks;

use std::panic::AssertUnwindSafe;

use allo_client::operation::Operation;
use allo_client::operations;
use allo_sandbox::LoggedRequest;
use futures_util::FutureExt;
use tests::conformance::Conformance;
use tests::harness::Harness;
use tests::{calls, coverage, trial};

use matrix::Matrix;

/// Generates [`SCENARIOS`] and [`drive`] from a table with one row per operation: its id and its scenario.
macro_rules! scenarios {
    ($($id:literal => $module:ident::$scenario:ident;)*) => {
        /// The operations with a scenario here.
        const SCENARIOS: &[&str] = &[$($id),*];

        /// Runs the scenario of an operation.
        async fn drive(operation: &Operation, harness: &Harness) {
            match operation.id {
                $($id => $module::$scenario(harness).await,)*
                // A missing scenario is reported once for all operations.
                _ => {}
            }
        }
    };
}

scenarios! {
    "createPartnerAccount" => partner::create_partner_account;
    "getPartnerAccount" => partner::get_partner_account;
    "deletePartnerAccount" => partner::delete_partner_account;
    "setNumberDefaultSummaryTemplate" => summary_templates::set_number_default_summary_template;
    "listSummaryTemplates" => summary_templates::list_summary_templates;
    "createSummaryTemplate" => summary_templates::create_summary_template;
    "getSummaryTemplate" => summary_templates::get_summary_template;
    "updateSummaryTemplate" => summary_templates::update_summary_template;
    "deleteSummaryTemplate" => summary_templates::delete_summary_template;
    "listWebhooks" => webhooks::list_webhooks;
    "createWebhook" => webhooks::create_webhook;
    "getWebhook" => webhooks::get_webhook;
    "updateWebhook" => webhooks::update_webhook;
    "deleteWebhook" => webhooks::delete_webhook;
    "listWebhookEventTypes" => webhooks::list_webhook_event_types;
    "searchCalls" => telephony::search_calls;
    "searchContacts" => contacts::search_contacts;
    "createContact" => contacts::create_contact;
    "updateContact" => contacts::update_contact;
    "getContactContext" => contacts::get_contact_context;
    "getContactConversation" => contacts::get_contact_conversation;
    "sendSMS" => telephony::send_sms;
    "sendSMSFrance" => telephony::send_sms_france;
    "getNumbers" => telephony::list_numbers_v1;
    "listNumbers" => telephony::list_numbers;
    "listTags" => conversations::list_tags;
    "addTags" => conversations::add_tags;
    "removeTag" => conversations::remove_tag;
    "listConversations" => conversations::list_conversations;
    "searchAllConversations" => conversations::search_all_conversations;
    "getConversationItem" => conversations::get_conversation_item;
    "batchGetConversationItems" => conversations::batch_get_conversation_items;
    "updateCallSummary" => conversations::update_call_summary;
    "executeConversationAction" => conversations::execute_conversation_action;
    "getMe" => users::get_me;
    "listUsers" => users::list_users;
    "getUser" => users::get_user;
    "getTeamMetrics" => analytics::get_team_metrics;
    "getAnalyticsOutbound" => analytics::get_analytics_outbound;
    "createPerson" => crm::create_person;
    "getPerson" => crm::get_person;
    "updatePerson" => crm::update_person;
    "searchPeople" => crm::search_people;
    "createCompany" => crm::create_company;
    "getCompany" => crm::get_company;
    "updateCompany" => crm::update_company;
    "searchCompanies" => crm::search_companies;
    "createDeal" => crm::create_deal;
    "getDeal" => crm::get_deal;
    "updateDeal" => crm::update_deal;
    "deleteDeal" => crm::delete_deal;
    "searchDeals" => crm::search_deals;
    "getCurrentDialingQueue" => power_dialer::get_current_dialing_queue;
    "resetCurrentDialingQueue" => power_dialer::reset_current_dialing_queue;
    "upsertCurrentDialingQueue" => power_dialer::upsert_current_dialing_queue;
    "appendDialingQueueNumbers" => power_dialer::append_dialing_queue_numbers;
    "clearDialingQueueNumbers" => power_dialer::clear_dialing_queue_numbers;
}

/// All requests of an operation, with their responses.
async fn put_through(operation: &Operation, exchanges: &mut Vec<LoggedRequest>) {
    let harness = Harness::start().await;
    drive(operation, &harness).await;
    refusals::of_every_operation(operation, &harness).await;
    exchanges.extend(harness.take_requests());
    exchanges.extend(refusals::over_quota(operation).await);
}

#[tokio::test]
async fn every_operation_does_its_work_and_is_refused_as_declared() {
    let missing = coverage::scenarios(operations::ALL, SCENARIOS);
    let conformance = Conformance::of_the_document();
    let mut matrix = Matrix::default();
    let (mut problems, mut failed) = (Vec::new(), Vec::new());
    for operation in calls::covered() {
        let mut exchanges = Vec::new();
        // A failing operation does not prevent the others from running; its panic message was printed.
        let run = AssertUnwindSafe(put_through(operation, &mut exchanges));
        if run.catch_unwind().await.is_err() {
            failed.push(operation.id);
        }
        for exchange in &exchanges {
            problems.extend(conformance.problems(exchange));
            matrix.note(exchange);
        }
    }
    print!("{matrix}");
    let mut missing = missing;
    missing.extend(examples::failing().await);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(failed.is_empty(), "failed: {failed:?}");
    assert!(
        problems.is_empty(),
        "not as the document says (mend allo-sandbox, or openapi/ if the document is wrong):\n{}",
        problems.join("\n")
    );
    matrix.assert_full();
}

#[test]
fn a_new_operation_is_missed() {
    let missing = coverage::scenarios(&trial::table(), SCENARIOS);
    let both = "its plainest call to tests/src/calls.rs; its scenario, a success and every declared refusal, to \
                tests/tests/operations/ and its name to `scenarios!` there";
    for told in [
        format!(
            "listTrialQueues is not held against the document: add {both}; its row to PAGED in \
                 tests/src/coverage.rs and to tests/tests/paginated.rs"
        ),
        format!("createTrialQueue is not held against the document: add {both}"),
    ] {
        assert!(missing.contains(&told), "{missing:#?}");
    }
}
