//! Numbers in responses: none fails its response, and floats are preserved.

use serde_json::json;
use tests::harness::Harness;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const READ: &str = "getCurrentDialingQueue";

#[tokio::test]
async fn no_number_costs_its_answer() {
    let harness = Harness::start().await;
    let number = |position| json!({"number_to": "+12125550160", "position": position});
    let odd = [
        json!(-1),
        json!(0),
        json!(3.0),
        json!(1e30),
        json!(-1e30),
        json!(0.5),
    ];
    for odd in odd {
        let body = json!({
            "data": [number(json!(-3)), number(json!(2.0)), number(json!(i64::MAX))],
            "pagination": {
                "page": odd, "size": odd, "total_count": odd, "total_pages": odd, "has_more": false,
            },
        });
        let scripted = harness
            .control
            .respond_once(READ, 200, &JSON, body.to_string());
        scripted.unwrap();
        let page = harness.client.get_current_dialing_queue().send().await;
        let page = page.unwrap().into_inner();
        let positions: Vec<_> = page.data.iter().map(|number| number.position).collect();
        assert_eq!(positions, [-3, 2, i64::MAX]);
        // A number that is not an integer counts as missing.
        let expected = match odd.as_f64().unwrap() {
            told if told.abs() > 1e18 || told.fract() != 0.0 => None,
            told => Some(told as i64),
        };
        let totals = page.pagination.unwrap();
        assert_eq!((totals.page, totals.total_count), (expected, expected));

        let summary = "updateCallSummary";
        let body = json!({"data": {"id": "cll-1", "version": odd}});
        let scripted = harness
            .control
            .respond_once(summary, 200, &JSON, body.to_string());
        scripted.unwrap();
        let update = harness
            .client
            .update_call_summary("cll-1", "Wants a call on Friday.");
        assert_eq!(update.send().await.unwrap().body().version, expected);
    }
    let clear = "clearDialingQueueNumbers";
    let body = json!({"data": {"removed": -1}}).to_string();
    harness
        .control
        .respond_once(clear, 200, &JSON, body)
        .unwrap();
    let cleared = harness.client.clear_dialing_queue_numbers().position(1);
    assert_eq!(cleared.send().await.unwrap().body().removed, -1);
}

#[tokio::test]
async fn floats_come_as_they_were_sent() {
    let harness = Harness::start().await;
    let mut dice = fastrand::Rng::with_seed(7);
    let any = std::iter::repeat_with(|| f64::from_bits(dice.u64(..)));
    let sent: Vec<f64> = any.filter(|float| float.is_finite()).take(5_000).collect();
    let call = |float: &f64| format!("{{\"id\":\"cll-1\",\"length_in_minutes\":{float:?}}}");
    let calls: Vec<_> = sent.iter().map(call).collect();
    let body = format!("{{\"data\":{{\"results\":[{}]}}}}", calls.join(","));
    harness
        .control
        .respond_once("searchCalls", 200, &JSON, body)
        .unwrap();
    let answer = harness
        .client
        .search_calls("+12125550100")
        .send()
        .await
        .unwrap();
    let results = answer.into_inner().data.results.unwrap();
    let came: Vec<_> = results
        .iter()
        .map(|call| call.length_in_minutes.unwrap())
        .collect();
    assert_eq!(came.len(), sent.len());
    for (came, sent) in came.iter().zip(&sent) {
        assert_eq!(came.to_bits(), sent.to_bits(), "{sent:?}");
        let written = serde_json::to_string(came).unwrap();
        assert_eq!(written.parse::<f64>().unwrap().to_bits(), sent.to_bits());
    }
}
