//! The plainest possible call of every operation, for tests that hold for all of them. What such a call is about is
//! prepared in `subjects`.

use allo_client::operation::Operation;
use allo_client::types::{AnalyticsDateRange, ConversationAction, NumberPreference, WebhookTopic};
use allo_client::{CallOptions, Client, Date, Error, Response, TargetTeammate, Teammate};
use serde::Serialize;
use serde_json::{Value, json};

use crate::subjects::{CONTACT_NUMBER, LINE, SENDER_ID, Subjects};

/// What a call brought.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The body as its type writes it, without the envelope that the client takes off.
    pub json: Value,
    /// Whether a list held something that could not be read, which its type keeps and writes back.
    pub malformed: bool,
}

/// Calls an operation with as little as it needs.
///
/// # Errors
/// What the call fails with.
///
/// # Panics
/// When the operation is not known here.
#[allow(clippy::too_many_lines, reason = "a table: a row an operation")]
pub async fn plain(
    client: &Client,
    operation: &Operation,
    about: &Subjects,
    change: impl FnOnce(CallOptions) -> CallOptions,
) -> Result<Response<Answer>, Error> {
    macro_rules! send {
        ($builder:expr) => {
            read($builder.options(change).send().await)
        };
    }
    let user = Teammate::id(&about.user);
    let c = client;
    match operation.id {
        "createPartnerAccount" => {
            let number = NumberPreference::new("US");
            send!(c.create_partner_account("lou@example.com", "Lou Abara", number, "+12125550199"))
        }
        "getPartnerAccount" => send!(c.get_partner_account(&about.account)),
        "deletePartnerAccount" => send!(c.delete_partner_account(&about.account)),
        "setNumberDefaultSummaryTemplate" => {
            let set = c.set_number_default_summary_template(LINE);
            send!(set.summary_template_id(about.template.clone()))
        }
        "listSummaryTemplates" => send!(c.list_summary_templates()),
        "createSummaryTemplate" => send!(c.create_summary_template("Visit")),
        "getSummaryTemplate" => send!(c.get_summary_template(&about.template)),
        "updateSummaryTemplate" => send!(c.update_summary_template(&about.template, "Visit")),
        "deleteSummaryTemplate" => send!(c.delete_summary_template(&about.template)),
        "listWebhooks" => send!(c.list_webhooks()),
        "createWebhook" => {
            send!(c.create_webhook([WebhookTopic::SmsSent], "https://hooks.example.com/a"))
        }
        "getWebhook" => send!(c.get_webhook(&about.webhook)),
        "updateWebhook" => send!(c.update_webhook(&about.webhook).enabled(false)),
        "deleteWebhook" => send!(c.delete_webhook(&about.webhook)),
        "listWebhookEventTypes" => send!(c.list_webhook_event_types()),
        "searchCalls" => send!(c.search_calls(LINE)),
        "searchContacts" => send!(c.search_contacts()),
        "createContact" => send!(c.create_contact(["+12125550198"])),
        "updateContact" => send!(c.update_contact(&about.contact).name("Inès")),
        "getContactContext" => send!(c.get_contact_context(&about.contact)),
        "getContactConversation" => send!(c.get_contact_conversation(&about.contact)),
        "sendSMS" => send!(c.send_sms(LINE, "See you at four.", CONTACT_NUMBER)),
        "sendSMSFrance" => send!(c.send_sms_france("À demain.", SENDER_ID, "+33199000121")),
        "getNumbers" => send!(c.get_numbers()),
        "listNumbers" => send!(c.list_numbers()),
        "listTags" => send!(c.list_tags()),
        "addTags" => send!(c.add_tags(&about.call, ["call_back"])),
        "removeTag" => send!(c.remove_tag(&about.call, "interested")),
        "listConversations" => send!(c.list_conversations(LINE)),
        "searchAllConversations" => send!(c.search_all_conversations()),
        "getConversationItem" => send!(c.get_conversation_item(&about.call)),
        "batchGetConversationItems" => send!(c.batch_get_conversation_items([&about.call])),
        "updateCallSummary" => send!(c.update_call_summary(&about.call, "Wants the long lease.")),
        "executeConversationAction" => {
            let action = ConversationAction::Archive;
            send!(c.execute_conversation_action(CONTACT_NUMBER, action))
        }
        "getMe" => send!(c.get_me()),
        "listUsers" => send!(c.list_users()),
        "getUser" => send!(c.get_user(&about.user)),
        "getTeamMetrics" => send!(c.get_team_metrics(week())),
        "getAnalyticsOutbound" => send!(c.get_analytics_outbound(week())),
        "createPerson" => send!(c.create_person(["+12125550197"])),
        "getPerson" => send!(c.get_person(&about.person)),
        "updatePerson" => send!(c.update_person(&about.person).job_title("Baker")),
        "searchPeople" => send!(c.search_people()),
        "createCompany" => send!(c.create_company("Alder Street Books")),
        "getCompany" => send!(c.get_company(&about.company)),
        "updateCompany" => send!(c.update_company(&about.company).industry("Books")),
        "searchCompanies" => send!(c.search_companies()),
        "createDeal" => send!(c.create_deal("Shelves")),
        "getDeal" => send!(c.get_deal(&about.deal)),
        "updateDeal" => send!(c.update_deal(&about.deal).status("won")),
        "deleteDeal" => send!(c.delete_deal(&about.deal)),
        "searchDeals" => send!(c.search_deals()),
        "getCurrentDialingQueue" => send!(c.get_current_dialing_queue().for_teammate(user)),
        "resetCurrentDialingQueue" => send!(c.reset_current_dialing_queue().for_teammate(user)),
        "upsertCurrentDialingQueue" => send!(c.upsert_current_dialing_queue().for_teammate(user)),
        "appendDialingQueueNumbers" => {
            let append = c.append_dialing_queue_numbers(["+12125550100"]);
            send!(append.for_teammate(user))
        }
        "clearDialingQueueNumbers" => {
            let clear = c.clear_dialing_queue_numbers().unassigned(true);
            send!(clear.for_teammate(user))
        }
        new => panic!("{new} is not called yet: add its plainest call to tests/src/calls.rs"),
    }
}

/// As [`plain`] without any option.
///
/// # Errors
/// What the call fails with.
pub async fn bare(
    client: &Client,
    operation: &Operation,
    about: &Subjects,
) -> Result<Response<Answer>, Error> {
    plain(client, operation, about, |o| o).await
}

/// Puts an answer back into the envelope that the client takes off.
#[must_use]
pub fn enveloped(operation: &Operation, json: Value) -> Value {
    let is_whole = operation.pagination.is_some_and(|pages| {
        let place = pages.items.split('.').next();
        place == Some("data")
    });
    if is_whole || json.is_null() {
        json
    } else {
        json!({ "data": json })
    }
}

/// The days that the demo team's youngest calls are of.
#[must_use]
pub fn week() -> AnalyticsDateRange {
    days("2026-02-23", "2026-03-02")
}

/// These days, the first and the last included.
///
/// # Panics
/// When they are no days.
#[must_use]
pub fn days(from: &str, to: &str) -> AnalyticsDateRange {
    let day = |text: &str| text.parse::<Date>().expect("a day");
    AnalyticsDateRange::new(day(from), day(to))
}

fn read<T: Serialize + std::fmt::Debug>(
    answer: Result<Response<T>, Error>,
) -> Result<Response<Answer>, Error> {
    answer.map(|answer| {
        answer.map(|body| Answer {
            json: serde_json::to_value(&body).expect("JSON"),
            malformed: format!("{body:?}").contains("Malformed {"),
        })
    })
}
