//! The types of requests and responses. Each is named here and shown with every field it has.

use std::collections::BTreeSet;
use std::fmt::Debug;

use allo_client::{List, types};
use quote::ToTokens;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tests::declared_types;
use tests::type_samples::{self, Samples, Texts};

use crate::{COMPANY, EMAIL, ID, LOOSE_PHONE, NAME, PHONE, assert_hidden};

pub(crate) fn new_number() -> Value {
    json!({
        "number": LOOSE_PHONE, "name": NAME, "last_name": NAME, "company": COMPANY,
        "website": "https://quillfeather.example.com", "job_title": NAME, "emails": [EMAIL],
        "addresses": ["1 Quillfeather Lane"],
    })
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
    let texts = Texts {
        phone: PHONE,
        email: EMAIL,
        id: ID,
        shown: "SHOWN",
        name: NAME,
    };
    let made = Samples::new(texts);
    let mut samples = Vec::new();
    macro_rules! sample {
        ($($name:ident)*) => {$(
            let json = made.of(stringify!($name));
            let text = shown::<types::$name>(&json);
            samples.push((stringify!($name), json, text));
        )*};
    }
    sample! {
        AddTagsRequest AnalyticsBaseRequest AnalyticsDateRange AppendQueueNumbersRequest
        AppendQueueNumbersResponse BatchItemsRequest CallApiResponse CallPage CallSummary
        ClearQueueNumbersResponse CompanyFilters Contact ContactActivityApiResponse
        ContactCompany ContactContextApiResponse ContactDeal ContactPage
        ContactWithEngagementApiResponse ConversationActionRequest ConversationApiResponse
        ConversationItem ConversationItemApiResponse ConversationSummary CreateCompanyRequest
        CreateContactRequest CreateDealRequest CreatePartnerAccountRequest CreatePersonRequest
        CreateWebhookApiRequest CrmCompany CrmCompanyRef CrmDeal CrmPerson DealFilters
        DialingQueue DialingQueueMeta DrilldownPage FunnelStage GetContactConversationResponse
        GetCurrentDialingQueueResponse HeatmapCell ItemSearchRequest LeaderboardEntry
        ListConversationsResponse MeEndpoint MeRateLimits MeResponse MeTeam MetricValue
        NewQueueNumber NumberDefaultSummaryTemplate NumberPreference OutboundAnalyticsRequest
        OutboundDrilldownItem OutboundFunnel OutboundHeatmap OutboundMetrics OutboundTimeSeries
        Pagination PaginationMeta PartnerAccount PeopleFilters PhoneNumber PhoneNumberApiResponse
        QueueNumber ResetDialingQueueRequest SearchAllConversationsResponse
        SearchCallsApiResponse SearchCompaniesRequest SearchCompaniesResponse
        SearchContactsApiResponse SearchDealsRequest SearchDealsResponse SearchMetadata
        SearchPeopleRequest SearchPeopleResponse SendSmsFranceRequest SendSmsRequest
        SetDefaultSummaryTemplateRequest SkippedNumber SummaryTemplate SummaryTemplateInput
        SummaryTemplateSection Tag TeamMetrics TeamMetricsSummary TextMessageApiResponse
        TimeSeriesPoint TimeSpent TranscriptEntry TranscriptRow UpdateCallSummaryRequest
        UpdateCompanyRequest UpdateContactRequest UpdateDealRequest UpdatePersonRequest
        UpdateWebhookApiRequest UpsertDialingQueueRequest User UserBreakdown UserRef
        WebhookApiResponse WebhookEventTypeApiResponse
    }
    samples
}

#[test]
fn no_type_shows_what_is_personal() {
    let mut declared = declared_types::structs("types");
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
    // What is new and has no sample yet is written by the same pass, see below.
}

/// What `Debug` shows is read off the generated source as well, for types that have no sample yet.
#[test]
fn no_type_shows_a_text_that_is_not_known_to_be_harmless() {
    let mut hidden = 0;
    for (name, fields) in declared_types::rust_fields("types") {
        let shown = declared_types::body("types", &name, "Debug", "fmt");
        for (field, ty) in fields {
            let ty = ty.to_token_stream().to_string();
            let is_text = |word: &str| matches!(word, "String" | "Value" | "Map");
            if ty.split(' ').any(is_text) && !type_samples::is_shown(&field) {
                let entry = format!("(\"{field}\",");
                assert!(shown.contains(&entry), "{name} does not name {field}");
                let hides = shown.contains(&format!("{entry}&Hidden("));
                assert!(hides, "`Debug` of {name} shows {field}");
                hidden += 1;
            }
        }
    }
    assert!(hidden > 0);
}
