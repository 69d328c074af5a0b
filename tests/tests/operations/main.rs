//! Every operation, against the sandbox: what it does when it succeeds, and each refusal the API's document declares,
//! with every request and answer held against that document. The scenarios are in a module a subject.

mod analytics;
mod contacts;
mod conversations;
mod crm;
mod matrix;
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
use tests::stage::Stage;

use matrix::Matrix;

/// Runs the scenario of an operation.
async fn drive(operation: &Operation, stage: &Stage) {
    match operation.id {
        "createPartnerAccount" => partner::create_partner_account(stage).await,
        "getPartnerAccount" => partner::get_partner_account(stage).await,
        "deletePartnerAccount" => partner::delete_partner_account(stage).await,
        "setNumberDefaultSummaryTemplate" => {
            summary_templates::set_number_default_summary_template(stage).await;
        }
        "listSummaryTemplates" => summary_templates::list_summary_templates(stage).await,
        "createSummaryTemplate" => summary_templates::create_summary_template(stage).await,
        "getSummaryTemplate" => summary_templates::get_summary_template(stage).await,
        "updateSummaryTemplate" => summary_templates::update_summary_template(stage).await,
        "deleteSummaryTemplate" => summary_templates::delete_summary_template(stage).await,
        "listWebhooks" => webhooks::list_webhooks(stage).await,
        "createWebhook" => webhooks::create_webhook(stage).await,
        "getWebhook" => webhooks::get_webhook(stage).await,
        "updateWebhook" => webhooks::update_webhook(stage).await,
        "deleteWebhook" => webhooks::delete_webhook(stage).await,
        "listWebhookEventTypes" => webhooks::list_webhook_event_types(stage).await,
        "searchCalls" => telephony::search_calls(stage).await,
        "searchContacts" => contacts::search_contacts(stage).await,
        "createContact" => contacts::create_contact(stage).await,
        "updateContact" => contacts::update_contact(stage).await,
        "getContactContext" => contacts::get_contact_context(stage).await,
        "getContactConversation" => contacts::get_contact_conversation(stage).await,
        "sendSMS" => telephony::send_sms(stage).await,
        "sendSMSFrance" => telephony::send_sms_france(stage).await,
        "getNumbers" => telephony::get_numbers(stage).await,
        "listNumbers" => telephony::list_numbers(stage).await,
        "listTags" => conversations::list_tags(stage).await,
        "addTags" => conversations::add_tags(stage).await,
        "removeTag" => conversations::remove_tag(stage).await,
        "listConversations" => conversations::list_conversations(stage).await,
        "searchAllConversations" => conversations::search_all_conversations(stage).await,
        "getConversationItem" => conversations::get_conversation_item(stage).await,
        "batchGetConversationItems" => conversations::batch_get_conversation_items(stage).await,
        "updateCallSummary" => conversations::update_call_summary(stage).await,
        "executeConversationAction" => conversations::execute_conversation_action(stage).await,
        "getMe" => users::get_me(stage).await,
        "listUsers" => users::list_users(stage).await,
        "getUser" => users::get_user(stage).await,
        "getTeamMetrics" => analytics::get_team_metrics(stage).await,
        "getAnalyticsOutbound" => analytics::get_analytics_outbound(stage).await,
        "createPerson" => crm::create_person(stage).await,
        "getPerson" => crm::get_person(stage).await,
        "updatePerson" => crm::update_person(stage).await,
        "searchPeople" => crm::search_people(stage).await,
        "createCompany" => crm::create_company(stage).await,
        "getCompany" => crm::get_company(stage).await,
        "updateCompany" => crm::update_company(stage).await,
        "searchCompanies" => crm::search_companies(stage).await,
        "createDeal" => crm::create_deal(stage).await,
        "getDeal" => crm::get_deal(stage).await,
        "updateDeal" => crm::update_deal(stage).await,
        "deleteDeal" => crm::delete_deal(stage).await,
        "searchDeals" => crm::search_deals(stage).await,
        "getCurrentDialingQueue" => power_dialer::get_current_dialing_queue(stage).await,
        "resetCurrentDialingQueue" => power_dialer::reset_current_dialing_queue(stage).await,
        "upsertCurrentDialingQueue" => power_dialer::upsert_current_dialing_queue(stage).await,
        "appendDialingQueueNumbers" => power_dialer::append_dialing_queue_numbers(stage).await,
        "clearDialingQueueNumbers" => power_dialer::clear_dialing_queue_numbers(stage).await,
        new => panic!(
            "{new} has no conformance test: write its scenario in tests/tests/operations/, with \
             a success and every declared refusal, and name it in `drive`"
        ),
    }
}

/// All that an operation is put through, and every exchange of it.
async fn put_through(operation: &Operation, exchanges: &mut Vec<LoggedRequest>) {
    let stage = Stage::start().await;
    drive(operation, &stage).await;
    refusals::of_every_operation(operation, &stage).await;
    exchanges.extend(stage.take_requests());
    exchanges.extend(refusals::over_quota(operation).await);
}

#[tokio::test]
async fn every_operation_does_its_work_and_is_refused_as_declared() {
    let conformance = Conformance::of_the_document();
    let mut matrix = Matrix::default();
    let (mut problems, mut failed) = (Vec::new(), Vec::new());
    for operation in operations::ALL {
        let mut exchanges = Vec::new();
        // One that fails does not keep the others from being tried; what it panicked with was printed.
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
    assert!(failed.is_empty(), "failed: {failed:?}");
    assert!(
        problems.is_empty(),
        "not as the document says (mend allo-sandbox, or openapi/ if the document is wrong):\n{}",
        problems.join("\n")
    );
    matrix.assert_full();
}
