//! The minimal call of every operation, for tests that apply to all operations. `fixtures` prepares the objects that
//! these calls refer to.

use allo_client::operation::Operation;
use allo_client::types::{ConversationAction, DateRange, NumberPreference, WebhookTopic};
use allo_client::{CallOptions, Client, Date, Error, Response, Teammate, operations};
use serde::Serialize;
use serde_json::{Value, json};

use crate::fixtures::{CONTACT_NUMBER, Fixtures, LINE, SENDER_ID};

/// The result of a call.
#[derive(Clone, Debug)]
pub struct CallOutput {
    /// The body as its type serialises it, without the envelope that the client removes.
    pub json: Value,
    /// Whether a list contained malformed items, which its type preserves.
    pub malformed: bool,
}

/// The way in which an operation is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// As a method of the client.
    OfClient,
    /// As a method of its resource.
    OfResource,
}

/// Generates [`COVERED`] and [`named`] from a table with one row per operation: id, resource, and the minimal call.
macro_rules! calls {
    ($about:ident, $user:ident: $($id:literal, $resource:ident, $method:ident($($argument:expr),*)
        $(.$setter:ident($value:expr))*;)*) => {
        /// The operations that have a minimal call here.
        pub const COVERED: &[&str] = &[$($id),*];

        /// The same as [`plain`], called in one of the two ways.
        ///
        /// # Errors
        /// The error of the call.
        ///
        /// # Panics
        /// If the operation is not covered here.
        pub async fn named(
            name: Name,
            client: &Client,
            operation: &Operation,
            $about: &Fixtures,
            change: impl FnOnce(CallOptions) -> CallOptions,
        ) -> Result<Response<CallOutput>, Error> {
            let $user = Teammate::id(&$about.user);
            match operation.id {
                $($id => {
                    let builder = match name {
                        Name::OfClient => client.$method($($argument),*),
                        Name::OfResource => client.$resource().$method($($argument),*),
                    };
                    let builder = builder$(.$setter($value))*;
                    read(builder.options(change).send().await)
                })*
                new => panic!("{new} is not called yet: add its plainest call to tests/src/calls.rs"),
            }
        }
    };
}

calls! {
    about, user:
    "createPartnerAccount", partner, create_partner_account()
        .email("lou@example.com").name("Lou Abara").number_preference(NumberPreference::new("US"))
        .personal_mobile("+12125550199");
    "getPartnerAccount", partner, get_partner_account(&about.account);
    "deletePartnerAccount", partner, delete_partner_account(&about.account);
    "setNumberDefaultSummaryTemplate", summary_templates, set_number_default_summary_template(LINE)
        .summary_template_id(about.template.clone());
    "listSummaryTemplates", summary_templates, list_summary_templates();
    "createSummaryTemplate", summary_templates, create_summary_template("Visit");
    "getSummaryTemplate", summary_templates, get_summary_template(&about.template);
    "updateSummaryTemplate", summary_templates, update_summary_template(&about.template, "Visit");
    "deleteSummaryTemplate", summary_templates, delete_summary_template(&about.template);
    "listWebhooks", webhooks, list_webhooks();
    "createWebhook", webhooks,
        create_webhook([WebhookTopic::SmsSent], "https://hooks.example.com/a");
    "getWebhook", webhooks, get_webhook(&about.webhook);
    "updateWebhook", webhooks, update_webhook(&about.webhook).enabled(false);
    "deleteWebhook", webhooks, delete_webhook(&about.webhook);
    "listWebhookEventTypes", webhooks, list_webhook_event_types();
    "searchCalls", calls, search_calls(LINE);
    "searchContacts", contacts, search_contacts();
    "createContact", contacts, create_contact(["+12125550198"]);
    "updateContact", contacts, update_contact(&about.contact).name("Inès");
    "getContactContext", contacts, get_contact_context(&about.contact);
    "getContactConversation", conversations, get_contact_conversation(&about.contact);
    "sendSMS", sms, send_sms()
        .from(LINE).to(CONTACT_NUMBER).text("See you at four.");
    "sendSMSFrance", sms, send_sms_france()
        .sender_id(SENDER_ID).to("+33199000121").text("À demain.");
    "getNumbers", phone_numbers, list_numbers_v1();
    "listNumbers", phone_numbers, list_numbers();
    "listTags", tags, list_tags();
    "addTags", tags, add_tags(&about.call, ["call_back"]);
    "removeTag", tags, remove_tag(&about.call, "interested");
    "listConversations", conversations, list_conversations(LINE);
    "searchAllConversations", conversations, search_all_conversations();
    "getConversationItem", conversations, get_conversation_item(&about.call);
    "batchGetConversationItems", conversations, batch_get_conversation_items([&about.call]);
    "updateCallSummary", conversations, update_call_summary(&about.call, "Wants the long lease.");
    "executeConversationAction", conversations,
        execute_conversation_action(CONTACT_NUMBER, ConversationAction::Archive);
    "getMe", users, get_me();
    "listUsers", users, list_users();
    "getUser", users, get_user(&about.user);
    "getTeamMetrics", analytics, get_team_metrics(week());
    "getAnalyticsOutbound", analytics, get_analytics_outbound(week());
    "createPerson", crm, create_person(["+12125550197"]);
    "getPerson", crm, get_person(&about.person);
    "updatePerson", crm, update_person(&about.person).job_title("Baker");
    "searchPeople", crm, search_people();
    "createCompany", crm, create_company("Alder Street Books");
    "getCompany", crm, get_company(&about.company);
    "updateCompany", crm, update_company(&about.company).industry("Books");
    "searchCompanies", crm, search_companies();
    "createDeal", crm, create_deal("Shelves");
    "getDeal", crm, get_deal(&about.deal);
    "updateDeal", crm, update_deal(&about.deal).status("won");
    "deleteDeal", crm, delete_deal(&about.deal);
    "searchDeals", crm, search_deals();
    "getCurrentDialingQueue", power_dialer, get_current_dialing_queue().for_teammate(user);
    "resetCurrentDialingQueue", power_dialer, reset_current_dialing_queue().for_teammate(user);
    "upsertCurrentDialingQueue", power_dialer, upsert_current_dialing_queue().for_teammate(user);
    "appendDialingQueueNumbers", power_dialer, append_dialing_queue_numbers(["+12125550100"])
        .for_teammate(user);
    "clearDialingQueueNumbers", power_dialer,
        clear_dialing_queue_numbers().unassigned(true).for_teammate(user);
}

/// The operations that have a minimal call here, in the order of the table. Only the test of conformance reports a
/// missing one.
#[must_use]
pub fn covered() -> Vec<&'static Operation> {
    let all = operations::ALL.iter().copied();
    all.filter(|operation| COVERED.contains(&operation.id))
        .collect()
}

/// Calls an operation with its required fields only.
///
/// # Errors
/// The error of the call.
///
/// # Panics
/// If the operation is not covered here.
pub async fn plain(
    client: &Client,
    operation: &Operation,
    about: &Fixtures,
    change: impl FnOnce(CallOptions) -> CallOptions,
) -> Result<Response<CallOutput>, Error> {
    named(Name::OfClient, client, operation, about, change).await
}

/// The same as [`plain`] without options.
///
/// # Errors
/// The error of the call.
pub async fn bare(
    client: &Client,
    operation: &Operation,
    about: &Fixtures,
) -> Result<Response<CallOutput>, Error> {
    plain(client, operation, about, |o| o).await
}

/// Restores the envelope that the client removes from a response.
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

/// The days of the demo team's latest calls.
#[must_use]
pub fn week() -> DateRange {
    days("2026-02-23", "2026-03-02")
}

/// The range of these days, both included.
///
/// # Panics
/// If they are not days.
#[must_use]
pub fn days(from: &str, to: &str) -> DateRange {
    let day = |text: &str| text.parse::<Date>().expect("a day");
    DateRange::new(day(from), day(to))
}

fn read<T: Serialize + std::fmt::Debug>(
    answer: Result<Response<T>, Error>,
) -> Result<Response<CallOutput>, Error> {
    answer.map(|answer| {
        answer.map(|body| CallOutput {
            json: serde_json::to_value(&body).expect("JSON"),
            malformed: format!("{body:?}").contains("Malformed {"),
        })
    })
}
