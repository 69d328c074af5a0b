//! Searching people of the CRM: matches, order and pages.

use std::time::Duration;

use allo_sandbox::CallRecord;
use serde_json::{Value, json};

use crate::api::{Api, START};
use crate::crm_people::{SEARCH, company, create, found};

/// Three people in an otherwise empty sandbox: Ada of Elm & Co, Bo of Fir Ltd, Cy without a company.
async fn three() -> Api {
    let api = Api::start_empty().await;
    let elm = company(&api, "Elm & Co").await;
    let fir = company(&api, "Fir Ltd").await;
    for (name, status) in [("Refit", "won"), ("Repair", "open")] {
        let deal = json!({ "name": name, "status": status, "company_id": elm["id"] });
        api.post("/v2/api/crm/deals", &deal).await.created();
    }
    let people = [
        json!({
            "name": "Ada", "last_name": "Zorn", "job_title": "Head of Sales",
            "website": "https://ada.example.com", "numbers": ["+12125550150"],
            "emails": ["ada@example.com"], "company_id": elm["id"],
        }),
        json!({
            "name": "Bo", "last_name": "Yilmaz", "job_title": "Sales trainee",
            "numbers": ["+12125550151", "+12125550152"], "company_id": fir["id"],
        }),
        json!({ "name": "Cy", "numbers": ["+12125550153"], "emails": ["cy@example.org"] }),
    ];
    for person in people {
        create(&api, person).await;
        tokio::time::advance(Duration::from_secs(60)).await;
    }
    api
}

#[tokio::test(start_paused = true)]
async fn filters_narrow_the_search() {
    let api = three().await;
    let cases: [(Value, &[&str]); 13] = [
        (json!({}), &["Ada", "Bo", "Cy"]),
        (json!({ "name": "B" }), &["Bo"]),
        (json!({ "name": "" }), &["Ada", "Bo", "Cy"]),
        (json!({ "last_name": "yil" }), &["Bo"]),
        (json!({ "job_title": "SALES" }), &["Ada", "Bo"]),
        (json!({ "job_title": "sales", "company": "fir" }), &["Bo"]),
        (json!({ "website": "ada" }), &["Ada"]),
        (json!({ "company": "elm" }), &["Ada"]),
        (json!({ "email": "@EXAMPLE.ORG" }), &["Cy"]),
        (json!({ "phone_number": "+12125550152" }), &["Bo"]),
        (json!({ "phone_number": "+1212555015" }), &[]),
        (json!({ "deal_status": "won" }), &["Ada"]),
        (json!({ "deal_status": "Won" }), &[]),
    ];
    for (filters, names) in cases {
        let body = json!({ "filters": filters, "sort": "NAME_ASC" });
        assert_eq!(found(&api, body.clone()).await, names, "{body}");
    }
    let nothing = json!({ "filters": null, "search": null, "sort": null });
    assert_eq!(found(&api, nothing).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn words_are_found_wherever_they_begin() {
    let api = three().await;
    let cases: [(&str, &[&str]); 7] = [
        ("sal", &["Ada", "Bo"]),
        ("ales", &[]),
        ("zorn ada", &["Ada"]),
        ("ada yilmaz", &[]),
        ("fir", &["Bo"]),
        ("12125550153", &["Cy"]),
        ("  ", &["Ada", "Bo", "Cy"]),
    ];
    for (search, names) in cases {
        let body = json!({ "search": search, "sort": "CREATED_ASC" });
        assert_eq!(found(&api, body).await, names, "{search:?}");
    }
    let refused = api.post(SEARCH, &json!({ "search": "?!" })).await;
    assert_eq!(
        refused.error(422, "INVALID_SEARCH_QUERY")["param"],
        "search"
    );
}

#[tokio::test(start_paused = true)]
async fn six_orders() {
    let api = three().await;
    let control = api.control();
    for (number, minutes) in [("+12125550151", 5), ("+12125550150", 3)] {
        let at = START.parse::<jiff::civil::DateTime>().expect("a time");
        let at = at
            .to_zoned(jiff::tz::TimeZone::UTC)
            .expect("UTC")
            .timestamp();
        let at = at
            .checked_add(Duration::from_secs(minutes * 60))
            .expect("near");
        control.add_call(CallRecord::outbound("+12125550100", number).at(at));
    }
    let cases = [
        ("DATE_DESC", ["Bo", "Ada", "Cy"]),
        ("DATE_ASC", ["Cy", "Ada", "Bo"]),
        ("NAME_ASC", ["Ada", "Bo", "Cy"]),
        ("NAME_DESC", ["Cy", "Bo", "Ada"]),
        ("CREATED_DESC", ["Cy", "Bo", "Ada"]),
        ("CREATED_ASC", ["Ada", "Bo", "Cy"]),
    ];
    for (sort, names) in cases {
        assert_eq!(found(&api, json!({ "sort": sort })).await, names, "{sort}");
    }
    assert_eq!(found(&api, json!({})).await, ["Bo", "Ada", "Cy"]);
}

#[tokio::test]
async fn pages_cover_everybody_once() {
    let api = Api::start_empty().await;
    for n in 10..35 {
        create(
            &api,
            json!({ "name": format!("P{n}"), "numbers": [format!("+121255501{n}")] }),
        )
        .await;
    }
    let default = api.post(SEARCH, &json!({})).await.json();
    let expected = json!({
        "page": 1, "size": 20, "total_count": 25, "total_pages": 2, "has_more": true,
    });
    assert_eq!(default["pagination"], expected);
    assert_eq!(default["data"].as_array().map(Vec::len), Some(20));
    let mut names = Vec::new();
    for page in 1..=4 {
        names.extend(
            found(
                &api,
                json!({ "page": page, "size": 7, "sort": "CREATED_ASC" }),
            )
            .await,
        );
    }
    let expected: Vec<_> = (10..35).map(|n| format!("P{n}")).collect();
    assert_eq!(names, expected);
    let past = api.post(SEARCH, &json!({ "page": 9 })).await.json();
    assert_eq!(past["data"], json!([]));
    assert_eq!(past["pagination"]["has_more"], false);
    assert_eq!(past["pagination"]["total_count"], 25);
}

#[tokio::test]
async fn searches_that_do_not_fit_are_unprocessable() {
    let api = Api::start().await;
    for size in [json!(0), json!(101), json!(-1), json!(1.5)] {
        let refused = api.post(SEARCH, &json!({ "size": size })).await;
        assert_eq!(refused.error(422, "INVALID_PAGE_SIZE")["param"], "size");
    }
    let cases = [
        (json!({ "page": 0 }), "page"),
        (json!({ "size": "20" }), "size"),
        (json!({ "sort": "AGE" }), "sort"),
        (json!({ "filters": [] }), "filters"),
        (json!({ "filters": { "name": 7 } }), "filters.name"),
        (json!({ "search": 7 }), "search"),
    ];
    for (body, param) in cases {
        let refused = api.post(SEARCH, &body).await;
        assert_eq!(refused.error(422, "INVALID_REQUEST_BODY")["param"], param);
    }
    let no_body = api.request("POST", SEARCH).send().await;
    no_body.error(400, "INVALID_REQUEST_BODY");
}
