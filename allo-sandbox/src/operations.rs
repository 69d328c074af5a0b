//! The table of operations: id, method, path and required scope of each. The router, `getMe`, the log, fault plans
//! and `Control` use this table. `routes` has the handlers.

use std::fmt;

use axum::http::Method;
use serde_json::Value;

const CALLS: Scope = Some("CONVERSATIONS_READ");
const CALLS_WRITE: Scope = Some("CONVERSATIONS_WRITE");
const CONTACTS: Scope = Some("CONTACTS_READ");
const CONTACTS_WRITE: Scope = Some("CONTACTS_READ_WRITE");
const CRM_DELETE: Scope = Some("CRM_DELETE");
const CRM_READ: Scope = Some("CRM_READ");
const CRM_WRITE: Scope = Some("CRM_WRITE");
const DIALER: Scope = Some("DIALING_QUEUE_READ_WRITE");
const NUMBERS: Scope = Some("PHONE_NUMBERS_READ");
const PARTNER: Scope = Some("PARTNER");
const SMS: Scope = Some("SMS_SEND");
const TAGS: Scope = Some("TAGS_READ");
const TAGS_WRITE: Scope = Some("TAGS_WRITE");
const TEMPLATES_READ: Scope = Some("SUMMARY_TEMPLATES_READ");
const TEMPLATES_WRITE: Scope = Some("SUMMARY_TEMPLATES_WRITE");
const USERS: Scope = Some("USERS_READ");
const WEBHOOKS: Scope = Some("WEBHOOKS_READ_WRITE");

const CURRENT: &str = "/v2/api/dialing-queues/current";
const CURRENT_NUMBERS: &str = "/v2/api/dialing-queues/current/numbers";
const ACCOUNTS: &str = "/v2/api/partner/accounts";
const ACCOUNT: &str = "/v2/api/partner/accounts/{id}";
const TEMPLATES: &str = "/v2/api/summary_templates";
const TEMPLATE: &str = "/v2/api/summary_templates/{id}";
const HOOKS: &str = "/v2/api/webhooks";
const HOOK: &str = "/v2/api/webhooks/{webhook_id}";
const CONVERSATIONS: &str = "/v2/api/conversations";
const ITEM: &str = "/v2/api/conversations/items/{id}";
const PERSON: &str = "/v2/api/crm/people/{id}";
const COMPANY: &str = "/v2/api/crm/companies/{id}";
const DEAL: &str = "/v2/api/crm/deals/{id}";

const DELETE: Method = Method::DELETE;
const GET: Method = Method::GET;
const PATCH: Method = Method::PATCH;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;

/// An operation of the API.
#[non_exhaustive]
pub struct Operation {
    /// The `operationId` in the document.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template, with `{name}` for a parameter.
    pub path: &'static str,
    /// A short summary.
    pub summary: &'static str,
    /// The scope that an API key needs; `None` if any valid key is accepted.
    pub scope: Option<&'static str>,
    /// The form of a successful response.
    pub success: Success,
}

/// The form of a successful response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Success {
    /// 200 with `{"data": …}`.
    Data,
    /// 201 with `{"data": …}`.
    Created,
    /// 200 with `data`, `pagination` and perhaps more at the top level.
    Page,
    /// 200 without a body.
    Empty,
    /// 204 without a body.
    NoContent,
}

impl Success {
    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Data | Self::Page | Self::Empty => 200,
            Self::Created => 201,
            Self::NoContent => 204,
        }
    }
}

impl AsRef<str> for Operation {
    /// The id.
    fn as_ref(&self) -> &str {
        self.id
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}

type Scope = Option<&'static str>;
type Text = &'static str;

/// A row of the table: id, method, path, scope, summary.
const fn op(id: Text, method: Method, path: Text, scope: Scope, summary: Text) -> Operation {
    Operation {
        id,
        method,
        path,
        summary,
        scope,
        success: Success::Data,
    }
}

impl Operation {
    const fn created(mut self) -> Self {
        self.success = Success::Created;
        self
    }

    const fn page(mut self) -> Self {
        self.success = Success::Page;
        self
    }

    const fn empty(mut self) -> Self {
        self.success = Success::Empty;
        self
    }

    const fn no_content(mut self) -> Self {
        self.success = Success::NoContent;
        self
    }
}

/// Every operation of the sandbox, by resource; one row has one or two lines.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    // Partner accounts
    op("createPartnerAccount", POST, ACCOUNTS, PARTNER, "Create a partner account").created(),
    op("getPartnerAccount", GET, ACCOUNT, PARTNER, "Get a partner account of this API key"),
    op("deletePartnerAccount", DELETE, ACCOUNT, PARTNER,
        "Cancel a partner account at the end of its billing period").no_content(),

    // Summary templates
    op("setNumberDefaultSummaryTemplate", PUT, "/v2/api/numbers/{number}/default_summary_template",
        TEMPLATES_WRITE, "Set the default summary template of a number"),
    op("listSummaryTemplates", GET, TEMPLATES, TEMPLATES_READ,
        "List summary templates"),
    op("createSummaryTemplate", POST, TEMPLATES, TEMPLATES_WRITE,
        "Create a summary template").created(),
    op("getSummaryTemplate", GET, TEMPLATE, TEMPLATES_READ,
        "Get a summary template"),
    op("updateSummaryTemplate", PUT, TEMPLATE, TEMPLATES_WRITE,
        "Replace a summary template"),
    op("deleteSummaryTemplate", DELETE, TEMPLATE, TEMPLATES_WRITE,
        "Delete a summary template").no_content(),

    // Webhooks
    op("listWebhooks", GET, HOOKS, WEBHOOKS, "List webhooks"),
    op("createWebhook", POST, HOOKS, WEBHOOKS, "Create a webhook").created(),
    op("getWebhook", GET, HOOK, WEBHOOKS, "Get a webhook with its signing secret"),
    op("updateWebhook", PUT, HOOK, WEBHOOKS, "Update or disable a webhook"),
    op("deleteWebhook", DELETE, HOOK, WEBHOOKS, "Delete a webhook").no_content(),
    op("listWebhookEventTypes", GET, "/v2/api/webhooks/event_types", WEBHOOKS,
        "List webhook event types"),

    // Calls (v1)
    op("searchCalls", GET, "/v1/api/calls", CALLS, "Search calls of a number, newest first"),

    // Contacts (v1)
    op("searchContacts", GET, "/v1/api/contacts", CONTACTS,
        "Search contacts"),
    op("createContact", POST, "/v1/api/contacts", CONTACTS_WRITE,
        "Create a contact"),
    op("updateContact", PUT, "/v1/api/contacts/{contact_id}", CONTACTS_WRITE,
        "Update a contact"),
    op("getContactContext", GET, "/v1/api/contact/{contact_id}", CONTACTS,
        "Get everything known about a contact"),
    op("getContactConversation", GET, "/v1/api/contact/{contact_id}/conversation", CALLS,
        "Get the calls and messages with a contact"),

    // SMS and numbers (v1)
    op("sendSMS", POST, "/v1/api/sms", SMS, "Send a text message from a number"),
    op("sendSMSFrance", POST, "/v1/api/sms", SMS,
        "Send a text message to France under a sender id"),
    op("getNumbers", GET, "/v1/api/numbers", CALLS, "List numbers (v1)"),

    // Numbers, tags
    op("listNumbers", GET, "/v2/api/numbers", NUMBERS,
        "List numbers and sender ids"),
    op("listTags", GET, "/v2/api/tags", TAGS, "List tags"),
    op("addTags", POST, "/v2/api/conversations/items/{id}/tags", TAGS_WRITE,
        "Add tags to a call").empty(),
    op("removeTag", DELETE, "/v2/api/conversations/items/{id}/tags/{tag}", TAGS_WRITE,
        "Remove a tag from a call").empty(),

    // Conversations
    op("listConversations", GET, CONVERSATIONS, CALLS,
        "List conversations of a number, most recently active first").page(),
    op("searchAllConversations", POST, "/v2/api/conversations/items/search", CALLS,
        "Search all calls and messages").page(),
    op("getConversationItem", GET, ITEM, CALLS, "Get a call or message"),
    op("batchGetConversationItems", POST, "/v2/api/conversations/items/batch", CALLS,
        "Get up to 100 calls and messages by id"),
    op("updateCallSummary", PATCH, "/v2/api/conversations/items/{id}/summary", CALLS_WRITE,
        "Update the summary of a call"),
    op("executeConversationAction", PUT, "/v2/api/conversations/{contact_number}/action", CALLS_WRITE,
        "Mark a conversation as read or unread, archive or unarchive it").empty(),

    // The key and the team
    op("getMe", GET, "/v2/api/me", None, "Get the team, scopes and rate limits of the API key"),
    op("listUsers", GET, "/v2/api/users", USERS, "List users"),
    op("getUser", GET, "/v2/api/users/{id}", USERS, "Get a user"),

    // Analytics
    op("getTeamMetrics", POST, "/v2/api/analytics/overview", CALLS,
        "Get metrics of the team and of each user"),
    op("getAnalyticsOutbound", POST, "/v2/api/analytics/outbound", CALLS,
        "Get the funnel of outbound calls"),

    // CRM: people
    op("createPerson", POST, "/v2/api/crm/people", CRM_WRITE, "Create a person"),
    op("getPerson", GET, PERSON, CRM_READ, "Get a person"),
    op("updatePerson", PUT, PERSON, CRM_WRITE, "Update a person"),
    op("searchPeople", POST, "/v2/api/crm/people/search", CRM_READ, "Search people").page(),

    // CRM: companies
    op("createCompany", POST, "/v2/api/crm/companies", CRM_WRITE, "Create a company").created(),
    op("getCompany", GET, COMPANY, CRM_READ, "Get a company"),
    op("updateCompany", PUT, COMPANY, CRM_WRITE, "Update a company"),
    op("searchCompanies", POST, "/v2/api/crm/companies/search", CRM_READ,
        "Search companies").page(),

    // CRM: deals
    op("createDeal", POST, "/v2/api/crm/deals", CRM_WRITE, "Create a deal").created(),
    op("getDeal", GET, DEAL, CRM_READ, "Get a deal"),
    op("updateDeal", PATCH, DEAL, CRM_WRITE, "Update a deal"),
    op("deleteDeal", DELETE, DEAL, CRM_DELETE, "Delete a deal").no_content(),
    op("searchDeals", POST, "/v2/api/crm/deals/search", CRM_READ, "Search deals").page(),

    // Power Dialer
    op("getCurrentDialingQueue", GET, CURRENT, DIALER,
        "Get a page of the current dialing queue").page(),
    op("resetCurrentDialingQueue", POST, CURRENT, DIALER,
        "Replace the dialing queue by a new, empty one"),
    op("upsertCurrentDialingQueue", PATCH, CURRENT, DIALER,
        "Update the settings of the dialing queue, or create it"),
    op("appendDialingQueueNumbers", POST, CURRENT_NUMBERS, DIALER,
        "Append numbers to the dialing queue"),
    op("clearDialingQueueNumbers", DELETE, CURRENT_NUMBERS, DIALER,
        "Delete numbers from the dialing queue"),
];

/// The operation with this id.
pub(crate) fn by_id(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

/// All operations with this path template.
pub(crate) fn at_path(path: &str) -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .filter(move |operation| operation.path == path && !is_told_by_body(operation))
}

/// Operations that share the endpoint of another one: the other's id, their own id, and a field that
/// only their body has. A body with `from` always belongs to the first one.
const TOLD_BY_BODY: &[(&str, &str, &str)] = &[("sendSMS", "sendSMSFrance", "sender_id")];

fn is_told_by_body(operation: &Operation) -> bool {
    TOLD_BY_BODY.iter().any(|(_, id, _)| *id == operation.id)
}

/// The operation of a request to the endpoint of `operation`, by its body.
pub(crate) fn meant(
    operation: &'static Operation,
    body: impl Fn() -> Option<Value>,
) -> &'static Operation {
    let sharing = TOLD_BY_BODY.iter().find(|(id, ..)| *id == operation.id);
    let told = sharing.and_then(|(_, id, field)| {
        let body = body()?;
        let is_other = body.get(field).is_some() && body.get("from").is_none();
        is_other.then(|| by_id(id)).flatten()
    });
    told.unwrap_or(operation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scopes;

    #[test]
    fn ids_and_endpoints_are_unique_and_scopes_exist() {
        for (index, operation) in OPERATIONS.iter().enumerate() {
            for other in &OPERATIONS[..index] {
                assert_ne!(operation.id, other.id);
                let same = operation.path == other.path && operation.method == other.method;
                assert!(
                    !same || is_told_by_body(operation),
                    "{operation:?}, {other:?}"
                );
            }
            assert!(
                operation
                    .scope
                    .is_none_or(|scope| scopes::ALL.contains(&scope))
            );
        }
    }
}
