//! Pushes under the documented quotas, with a clock that advances with the requests: they take no more requests and
//! time than required, and the plan predicts both.

use std::time::Duration;

use allo_client::Teammate;
use allo_client::power_dialer::PushEvent;
use allo_sandbox::{LoggedRequest, Quotas, UserSpec};
use tests::harness::Harness;
use tests::virtual_time::ticking;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::setup::{APPEND, READ, as_queued, leads, marie, of, queued};

const WRITES: usize = 5;

async fn under_quotas(append: Duration) -> Harness {
    Harness::with(|builder| builder.quotas(Quotas::standard()).append_time(append)).await
}

#[tokio::test(start_paused = true)]
async fn a_thousand_leads_take_the_minimum_time_and_the_plan_predicts_it() {
    let harness = under_quotas(Duration::from_millis(20)).await;
    let client = harness.client_with(|builder| builder);
    let (sender, events) = std::sync::mpsc::channel();
    let push = marie(&client).push(leads(1_000)).on_progress(move |event| {
        let _ = sender.send((Instant::now(), event.clone()));
    });
    let report = ticking(push.send()).await.unwrap();
    let end = Instant::now();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(queued(&harness), as_queued(&leads(1_000)));
    let requests = harness.take_requests();
    assert_eq!(
        (
            of(&requests, READ).len(),
            of(&requests, APPEND).len(),
            requests.len()
        ),
        (1, 10, 11)
    );
    let appends = of(&requests, APPEND);
    let taken = appends[9].at - appends[0].at;
    let events: Vec<_> = events.try_iter().collect();
    let Some((begun, PushEvent::Planned(plan))) = events.first() else {
        panic!("a plan is first: {events:?}")
    };
    assert_eq!((plan.requests, plan.batches), (11, 10));
    let real = (end - *begun).as_secs_f64();
    let planned = plan.least_time.as_secs_f64();
    println!("10 appends within {taken:?}; planned {planned:.3} s, took {real:.3} s");
    // Five at once, five more within the next second.
    assert!(
        (Duration::from_secs(1)..Duration::from_millis(1_900)).contains(&taken),
        "{taken:?}"
    );
    assert!(
        (planned - real).abs() <= real / 10.0,
        "planned {planned} s, took {real} s"
    );
    // The estimates during the push are as accurate, as long as batches are left.
    for (at, event) in &events {
        let PushEvent::Sending { eta, batch, .. } = event else {
            continue;
        };
        let (eta, real) = (eta.as_secs_f64(), (end - *at).as_secs_f64());
        assert!(
            (eta - real).abs() <= (real / 10.0).max(0.05),
            "batch {batch}: {eta} s, took {real} s"
        );
    }
    assert!(
        report.waits >= 1 && report.waited >= Duration::from_millis(900),
        "{report:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn twenty_teammates_at_once_use_the_quota_without_conflicts() {
    const TEAMMATES: usize = 20;
    let harness = under_quotas(Duration::from_millis(5)).await;
    let client = harness.client_with(|builder| builder);
    let mut pushes = JoinSet::new();
    let mut ids = Vec::new();
    for index in 0..TEAMMATES {
        let spec = UserSpec::new(format!("Rep {index}"), format!("rep{index}@example.com"));
        let id = harness.control.add_user(spec);
        let dialer = client.power_dialer().for_teammate(Teammate::id(&id));
        ids.push(id);
        // Two pushes per queue, which share the queue lock.
        for half in leads(60).chunks(30) {
            pushes.spawn(dialer.push(half.to_vec()).batch_size(10).send());
        }
    }
    let reports = ticking(pushes.join_all()).await;
    assert!(
        reports
            .into_iter()
            .all(|report| report.unwrap().is_complete())
    );
    let requests = harness.take_requests();
    let refused = requests.iter().filter(|one| one.status != 200).count();
    assert_eq!(refused, 0, "conflicts and 429s");
    for id in &ids {
        assert_eq!(harness.control.queue_of(id).unwrap().entries.len(), 60);
    }
    let appends = of(&requests, APPEND);
    assert_eq!(appends.len(), TEAMMATES * 6);
    let used = usage(&appends);
    println!(
        "{} appends to {TEAMMATES} queues used {:.1} % of the quota",
        appends.len(),
        used * 100.0
    );
    assert!(used >= 0.97, "{used}");
}

/// The share of the quota that is used from the first append until the last.
fn usage(appends: &[LoggedRequest]) -> f64 {
    let first = appends[0].at;
    let busy = (appends[appends.len() - 1].at - first).as_secs();
    let within = appends
        .iter()
        .filter(|one| (one.at - first).as_secs() < busy)
        .count();
    let quota = u32::try_from(busy).unwrap() * u32::try_from(WRITES).unwrap();
    f64::from(u32::try_from(within).unwrap()) / f64::from(quota)
}
