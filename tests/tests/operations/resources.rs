//! An operation by its resource is the same request as by its name on the client.

use allo_client::operations;
use allo_client::types::NumberPreference;
use tests::calls::week;
use tests::stage::Stage;
use tests::subjects::{CONTACT_NUMBER, LINE, SENDER_ID};

#[tokio::test]
#[allow(clippy::cognitive_complexity, reason = "a table: a row an operation")]
async fn resources_give_the_same_builders_as_the_client() {
    fn both<T>(one: T, other: T) -> [T; 2] {
        [one, other]
    }
    let stage = Stage::start().await;
    let c = &stage.client;
    let mut asked = 0;
    macro_rules! same {
        ($resource:expr, $call:ident ( $($argument:expr),* )) => {
            same!($resource, $call, $call($($argument),*));
            asked += 1;
        };
        ($resource:expr, $short:ident, $call:ident ( $($argument:expr),* )) => {
            for builder in both(c.$call($($argument),*), $resource.$short($($argument),*)) {
                // Most are refused, for there is nothing of these ids: what was asked is what counts.
                let _ = builder.send().await;
            }
            let requests = stage.take_requests();
            assert_eq!(requests.len(), 2, "{}", stringify!($call));
            let told: Vec<_> = requests
                .iter()
                .map(|request| (request.operation, &request.path, &request.query, &request.body))
                .collect();
            assert_eq!(told[0], told[1], "{}", stringify!($call));
        };
    }
    same!(c.calls(), search_calls(LINE));
    same!(c.contacts(), get_contact_context("cnt-1"));
    same!(c.conversations(), get_contact_conversation("cnt-1"));
    same!(c.contacts(), search_contacts());
    same!(c.contacts(), create_contact([CONTACT_NUMBER]));
    same!(c.contacts(), update_contact("cnt-1"));
    same!(c.phone_numbers(), get_numbers());
    same!(c.sms(), send_sms(LINE, "Hello", CONTACT_NUMBER));
    same!(c.sms(), send_sms_france("Salut", SENDER_ID, "+33199000121"));
    same!(c.analytics(), get_analytics_outbound(week()));
    same!(c.analytics(), get_team_metrics(week()));
    same!(c.conversations(), list_conversations(LINE));
    same!(c.conversations(), batch_get_conversation_items(["cll-1"]));
    same!(c.conversations(), search_all_conversations());
    same!(c.conversations(), get_conversation_item("cll-1"));
    same!(c.conversations(), update_call_summary("cll-1", "Short"));
    same!(c.tags(), add_tags("cll-1", ["interested"]));
    same!(c.tags(), remove_tag("cll-1", "warm / cold"));
    same!(
        c.conversations(),
        execute_conversation_action(CONTACT_NUMBER, "READ")
    );
    same!(c.crm(), create_company("Ferry"));
    same!(c.crm(), search_companies());
    same!(c.crm(), get_company("cmp-1"));
    same!(c.crm(), update_company("cmp-1"));
    same!(c.crm(), create_deal("Shelves"));
    same!(c.crm(), search_deals());
    same!(c.crm(), get_deal("dea-1"));
    same!(c.crm(), update_deal("dea-1"));
    same!(c.crm(), delete_deal("dea-1"));
    same!(c.crm(), create_person([CONTACT_NUMBER]));
    same!(c.crm(), search_people());
    same!(c.crm(), get_person("per-1"));
    same!(c.crm(), update_person("per-1"));
    same!(c.crm().companies(), create, create_company("Ferry"));
    same!(c.crm().companies(), search, search_companies());
    same!(c.crm().companies(), get, get_company("cmp-1"));
    same!(c.crm().companies(), update, update_company("cmp-1"));
    same!(c.crm().deals(), create, create_deal("Shelves"));
    same!(c.crm().deals(), search, search_deals());
    same!(c.crm().deals(), get, get_deal("dea-1"));
    same!(c.crm().deals(), update, update_deal("dea-1"));
    same!(c.crm().deals(), delete, delete_deal("dea-1"));
    same!(c.crm().people(), create, create_person([CONTACT_NUMBER]));
    same!(c.crm().people(), search, search_people());
    same!(c.crm().people(), get, get_person("per-1"));
    same!(c.crm().people(), update, update_person("per-1"));
    same!(c.power_dialer(), get_current_dialing_queue());
    same!(c.power_dialer(), reset_current_dialing_queue());
    same!(c.power_dialer(), upsert_current_dialing_queue());
    same!(c.power_dialer(), append_dialing_queue_numbers([LINE]));
    same!(c.power_dialer(), clear_dialing_queue_numbers());
    same!(c.users(), get_me());
    same!(c.phone_numbers(), list_numbers());
    same!(
        c.summary_templates(),
        set_number_default_summary_template(LINE)
    );
    same!(
        c.partner(),
        create_partner_account("lou@example.com", "Lou", NumberPreference::new("US"), LINE)
    );
    same!(c.partner(), get_partner_account("usr-1"));
    same!(c.partner(), delete_partner_account("usr-1"));
    same!(c.summary_templates(), list_summary_templates());
    same!(c.summary_templates(), create_summary_template("Visit"));
    same!(c.summary_templates(), get_summary_template("smt-1"));
    same!(
        c.summary_templates(),
        update_summary_template("smt-1", "Visit")
    );
    same!(c.summary_templates(), delete_summary_template("smt-1"));
    same!(c.tags(), list_tags());
    same!(c.users(), list_users());
    same!(c.users(), get_user("usr-1"));
    same!(c.webhooks(), list_webhooks());
    same!(
        c.webhooks(),
        create_webhook(["sms.sent"], "https://hooks.example.com")
    );
    same!(c.webhooks(), list_webhook_event_types());
    same!(c.webhooks(), get_webhook("whk-1"));
    same!(c.webhooks(), update_webhook("whk-1"));
    same!(c.webhooks(), delete_webhook("whk-1"));
    assert_eq!(
        asked,
        operations::ALL.len(),
        "a new operation: compare its builder by resource in tests/tests/operations/resources.rs as well"
    );
}
