//! Fictional data of the benchmarks: entries of a queue, a user, and leads.

use std::fmt::Write;

/// The number of entries of a page, and of leads of a request.
pub(crate) const PAGE: usize = 100;

/// A lead of a list: number, name, last name, company.
pub(crate) type Lead = [String; 4];

/// The leads of one request.
pub(crate) fn leads() -> Vec<Lead> {
    let lead = |index: usize| {
        [
            format!("+12125550{index:03}"),
            format!("Greta {index}"),
            "Lindqvist".to_owned(),
            "Copper Kettle Bakery".to_owned(),
        ]
    };
    (0..PAGE).map(lead).collect()
}

/// The response to a request for a page, from 1, of a queue with this many entries.
pub(crate) fn page(number: usize, size: usize, total: usize) -> String {
    let first = number.saturating_sub(1) * size;
    let entries: Vec<String> = (first..total.min(first + size)).map(entry).collect();
    let pages = total.div_ceil(size.max(1));
    format!(
        r#"{{"data":[{}],"pagination":{{"page":{number},"size":{size},"total_count":{total},"total_pages":{pages},"has_more":{}}},"queue":{}}}"#,
        entries.join(","),
        number < pages,
        QUEUE,
    )
}

const QUEUE: &str = r#"{"id":"pdl_2Kb27TqXw0LmZp8RvNc5YhDsGaF","name":"Bakeries, north side","creator_id":"usr-9C41E07BD2A56F38104E7DB92C6A0F85E13B74D2","assignee_id":"usr-9C41E07BD2A56F38104E7DB92C6A0F85E13B74D2","voicemail_handling":"NO_SKIP","do_not_disturb":"DISABLED","created_at":"2027-02-08T09:05:00","updated_at":"2027-02-08T09:10:00"}"#;

fn entry(index: usize) -> String {
    let mut text = format!(
        r#"{{"number_to":"+12125550{:03}","position":{index},"created_at":"2027-02-08T09:10:00","updated_at":"2027-02-08T09:10:00","sync_status":"SYNCED","#,
        index % 1000
    );
    // A third of the entries has been called.
    let rest = if index.is_multiple_of(3) {
        r#""call_start_date":"2027-02-08T10:11:12Z","call_id":"cll-4F1B7C2E9A6D","routing_result":"ANSWERED","not_reached_destination_reason":null,"detected_outbound_voicemail":false,"voicemail_left":false}"#
    } else {
        r#""call_start_date":null,"call_id":null,"routing_result":null,"not_reached_destination_reason":null,"detected_outbound_voicemail":null,"voicemail_left":null}"#
    };
    let _ = text.write_str(rest);
    text
}

/// The response to a request for a user.
pub(crate) const USER: &str = r#"{"data":{"id":"usr-9C41E07BD2A56F38104E7DB92C6A0F85E13B74D2","name":"Hanna Sorensen","email":"hanna@juniper.example.com","role":"MANAGER","status":"ACTIVE","image_url":"https://media.example.com/faces/hanna.webp"}}"#;

/// The id of that user.
pub(crate) const USER_ID: &str = "usr-9C41E07BD2A56F38104E7DB92C6A0F85E13B74D2";

/// The response to a request with the leads of one request.
pub(crate) fn appended() -> String {
    let added: Vec<String> = (0..PAGE)
        .map(|index| {
            format!(r#"{{"number_to":"+12125550{index:03}","position":{index},"created_at":"2027-02-08T09:10:00","updated_at":"2027-02-08T09:10:00"}}"#)
        })
        .collect();
    format!(
        r#"{{"data":{{"added":[{}],"skipped":[]}}}}"#,
        added.join(",")
    )
}
