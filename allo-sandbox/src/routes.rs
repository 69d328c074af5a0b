//! The handler of each operation. The operations are in `operations`.

use crate::errors::ApiError;
use crate::handlers::crm::{companies, deals, people};
use crate::handlers::{
    Context, analytics, conversations, dialing_queues, me, partner, phone_numbers,
    summary_templates, tags, users, v1, webhooks,
};
use crate::reply::Reply;

/// Executes a request.
pub(crate) type Handler = fn(&Context<'_>) -> Result<Reply, ApiError>;

/// The handler of an operation, by its id. Every row of `OPERATIONS` has one.
pub(crate) fn handler(operation_id: &str) -> Option<Handler> {
    Some(match operation_id {
        "createPartnerAccount" => partner::create,
        "getPartnerAccount" => partner::get,
        "deletePartnerAccount" => partner::delete,
        "setNumberDefaultSummaryTemplate" => summary_templates::set_default,
        "listSummaryTemplates" => summary_templates::list,
        "createSummaryTemplate" => summary_templates::create,
        "getSummaryTemplate" => summary_templates::get,
        "updateSummaryTemplate" => summary_templates::update,
        "deleteSummaryTemplate" => summary_templates::delete,
        "listWebhooks" => webhooks::list,
        "createWebhook" => webhooks::create,
        "getWebhook" => webhooks::get,
        "updateWebhook" => webhooks::update,
        "deleteWebhook" => webhooks::delete,
        "listWebhookEventTypes" => webhooks::event_types,
        "searchCalls" => v1::calls::search,
        "searchContacts" => v1::contacts::search,
        "createContact" => v1::contacts::create,
        "updateContact" => v1::contacts::update,
        "getContactContext" => v1::context::get,
        "getContactConversation" => v1::history::get,
        "sendSMS" => v1::sms::send,
        "sendSMSFrance" => v1::sms::send_france,
        "getNumbers" => phone_numbers::list_v1,
        "listNumbers" => phone_numbers::list,
        "listTags" => tags::list,
        "addTags" => tags::add,
        "removeTag" => tags::remove,
        "listConversations" => conversations::list::handle,
        "searchAllConversations" => conversations::search::handle,
        "getConversationItem" => conversations::item::get,
        "batchGetConversationItems" => conversations::item::batch,
        "updateCallSummary" => conversations::summary::update,
        "executeConversationAction" => conversations::action::handle,
        "getMe" => me::get,
        "listUsers" => users::list,
        "getUser" => users::get,
        "getTeamMetrics" => analytics::overview::handle,
        "getAnalyticsOutbound" => analytics::outbound::handle,
        "createPerson" => people::create,
        "getPerson" => people::get,
        "updatePerson" => people::update,
        "searchPeople" => people::search,
        "createCompany" => companies::create,
        "getCompany" => companies::get,
        "updateCompany" => companies::update,
        "searchCompanies" => companies::search,
        "createDeal" => deals::create,
        "getDeal" => deals::get,
        "updateDeal" => deals::update,
        "deleteDeal" => deals::delete,
        "searchDeals" => deals::search,
        "getCurrentDialingQueue" => dialing_queues::read::handle,
        "resetCurrentDialingQueue" => dialing_queues::reset::handle,
        "upsertCurrentDialingQueue" => dialing_queues::upsert::handle,
        "appendDialingQueueNumbers" => dialing_queues::append::handle,
        "clearDialingQueueNumbers" => dialing_queues::clear::handle,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::OPERATIONS;

    #[test]
    fn every_operation_has_a_handler() {
        for operation in OPERATIONS {
            assert!(handler(operation.id).is_some(), "{operation:?}");
        }
        assert!(handler("getNothing").is_none());
    }
}
