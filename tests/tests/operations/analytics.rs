//! Metrics of calls.

use allo_client::types::{OutboundExtend, Stage as FunnelStage};
use tests::calls::{days, week};
use tests::harness::{Harness, MARIE};

use crate::support::{all, ok, refused_as};

pub(crate) async fn get_team_metrics(harness: &Harness) {
    let before = ok(harness.client.get_team_metrics(week()).send().await);
    let total = |metrics: &allo_client::types::TeamMetrics| {
        let summary = metrics.summary.as_ref().expect("a summary");
        summary.total_calls.as_ref().expect("a figure").value
    };
    let about = harness.fixtures().await;
    let compared = harness.client.get_team_metrics(week());
    let compared = compared.compare_date(days("2026-02-16", "2026-02-22"));
    let after = ok(compared.send().await);
    assert!((total(&after) - total(&before) - 1.0).abs() < f64::EPSILON);
    let calls = after
        .summary
        .and_then(|summary| summary.total_calls)
        .expect("a figure");
    assert!(calls.previous.as_option().is_some());
    let people = all(after.breakdown.expect("a breakdown"));
    let users = people.into_iter().filter_map(|person| person.user);
    assert!(users.into_iter().any(|user| user.id == about.user));

    let today = harness
        .client
        .get_team_metrics(days("2026-03-02", "2026-03-02"));
    let today = total(&ok(today.send().await));
    assert!(today >= 1.0, "the call of today is counted, not {today}");
    let backwards = harness
        .client
        .get_team_metrics(days("2026-03-02", "2026-02-23"));
    refused_as(backwards.send().await, 400, "INVALID_DATE_RANGE");
}

pub(crate) async fn get_analytics_outbound(harness: &Harness) {
    let about = harness.fixtures().await;
    let ask = || {
        harness
            .client
            .get_analytics_outbound(week())
            .user_ids([harness.id_of(MARIE)])
    };
    let metrics = ok(ask().send().await);
    assert!(metrics.items.is_absent(), "nobody asked for them");
    let dials = metrics
        .funnel
        .and_then(|funnel| funnel.dials)
        .and_then(|harness| harness.count);
    let drilled = ask()
        .extend(OutboundExtend::Items)
        .stage(FunnelStage::Dial)
        .size(100);
    let drilled = ok(drilled.send().await).items.into_option().expect("items");
    let items = all(drilled.data.expect("data"));
    assert!(items.iter().any(|item| item.id == about.call));
    #[expect(clippy::cast_precision_loss, reason = "there are few")]
    let counted = items.len() as f64;
    assert_eq!(dials.map(|dials| dials.value), Some(counted));

    let backwards = harness
        .client
        .get_analytics_outbound(days("2026-03-02", "2026-02-23"));
    refused_as(backwards.send().await, 400, "INVALID_DATE_RANGE");
    let unheard_of = ask().granularity("CENTURY").send().await;
    refused_as(unheard_of, 400, "INVALID_GRANULARITY");
}
