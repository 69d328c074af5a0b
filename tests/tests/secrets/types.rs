//! The types of requests and answers. Each has a sample here, with every field it has.

use std::collections::BTreeSet;
use std::fmt::Debug;

use allo_client::{List, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tests::declared;

use crate::{COMPANY, EMAIL, ID, LOOSE_PHONE, NAME, PHONE, assert_hidden};

pub(crate) fn new_number() -> Value {
    json!({
        "number": LOOSE_PHONE, "name": NAME, "last_name": NAME, "company": COMPANY,
        "website": "https://quillfeather.example.com", "job_title": NAME, "emails": [EMAIL],
        "addresses": ["1 Quillfeather Lane"],
    })
}

fn queue_number() -> Value {
    json!({
        "number_to": PHONE, "position": 7, "created_at": "2027-02-08T09:10:00",
        "updated_at": "2027-02-08T09:10:00", "call_start_date": null, "call_id": "cll-1",
        "routing_result": "FAILED", "sync_status": "SYNCED", "detected_outbound_voicemail": false,
        "not_reached_destination_reason": "BUSY", "voicemail_left": null,
    })
}

fn queue() -> Value {
    let mut queue = json!({
        "id": "pdl_1", "name": NAME, "creator_id": ID, "assignee_id": ID,
        "voicemail_handling": "SKIP", "do_not_disturb": "ENABLED",
        "created_at": "2027-02-08T09:10:00", "updated_at": "2027-02-08T09:10:00",
    });
    queue["numbers"] = json!([queue_number()]);
    queue
}

fn queue_without_numbers() -> Value {
    let mut queue = queue();
    queue.as_object_mut().unwrap().remove("numbers");
    queue
}

pub(crate) fn user() -> Value {
    json!({
        "id": ID, "name": NAME, "email": EMAIL, "role": "MEMBER", "status": "ACTIVE",
        "image_url": "https://media.example.com/zenobia.png",
    })
}

/// A sample of each type, as JSON that has every field; personal ones hold needles.
fn samples() -> Vec<(&'static str, Value, String)> {
    fn shown<T: Serialize + DeserializeOwned + Debug>(json: &Value) -> String {
        let value: T = serde_json::from_value(json.clone()).expect("a sample of the type");
        assert_eq!(
            serde_json::to_value(&value).unwrap(),
            *json,
            "nothing is lost"
        );
        let mut bad = json.clone();
        for (_, field) in bad.as_object_mut().unwrap() {
            *field = json!({ "is": [NAME, PHONE, EMAIL] });
        }
        let spoilt: List<T> = serde_json::from_value(json!([bad, NAME, json])).unwrap();
        let malformed = spoilt.malformed();
        let problems: Vec<_> = malformed.iter().map(|bad| bad.problem()).collect();
        format!("{value:?} {value:#?} {spoilt:?} {malformed:#?} {problems:?}")
    }
    let mut samples = Vec::new();
    macro_rules! sample {
        ($($name:ident: $json:expr;)*) => {$(
            let json = $json;
            let text = shown::<types::$name>(&json);
            samples.push((stringify!($name), json, text));
        )*};
    }
    let page = json!({
        "page": 1, "size": 20, "total_count": 1, "total_pages": 1, "has_more": false,
    });
    let endpoint = json!({
        "method": "GET", "path": "/v2/api/users", "description": "People", "scope": "USERS_READ",
    });
    let limits = json!({"read_per_second": 20, "write_per_second": 5});
    let team = json!({"id": "team-1", "name": COMPANY});
    let skipped = json!({"number": LOOSE_PHONE, "reason": "INVALID_PHONE_NUMBER"});
    sample! {
        AppendQueueNumbersRequest: json!({
            "numbers": [new_number()], "user_id": ID, "email": EMAIL,
        });
        AppendQueueNumbersResponse: json!({"added": [queue_number()], "skipped": [skipped]});
        ClearQueueNumbersResponse: json!({"removed": 1});
        DialingQueue: queue();
        DialingQueueMeta: queue_without_numbers();
        GetCurrentDialingQueueResponse: json!({
            "data": [queue_number()], "pagination": page, "queue": queue_without_numbers(),
        });
        NewQueueNumber: new_number();
        Pagination: page;
        QueueNumber: queue_number();
        ResetDialingQueueRequest: json!({
            "name": NAME, "user_id": ID, "user_pid": ID, "email": EMAIL,
        });
        SkippedNumber: skipped;
        UpsertDialingQueueRequest: json!({
            "name": NAME, "voicemail_handling": "SKIP", "do_not_disturb": "ENABLED",
            "user_id": ID, "email": EMAIL,
        });
        MeResponse: json!({
            "api_key_id": "api-1", "scopes": ["USERS_READ"], "endpoints": [endpoint],
            "team": team, "rate_limits": limits,
        });
        MeEndpoint: endpoint;
        MeRateLimits: limits;
        MeTeam: team;
        User: user();
    }
    samples
}

#[test]
fn no_type_shows_what_is_personal() {
    let mut declared = declared::structs("types");
    for (name, json, shown) in samples() {
        assert_hidden(name, &shown);
        let fields = declared
            .remove(name)
            .unwrap_or_else(|| panic!("{name} is gone"));
        let has: BTreeSet<_> = json.as_object().unwrap().keys().cloned().collect();
        assert_eq!(
            has, fields,
            "give every field of {name} a value in tests/tests/secrets/types.rs"
        );
    }
    let new: Vec<_> = declared.keys().collect();
    assert!(
        new.is_empty(),
        "add samples of {new:?} to tests/tests/secrets/types.rs"
    );
}
