//! Tests of the queue rules: the newest queue is current, positions only grow, and random sequences
//! of appends and deletes match a simple model.

use super::*;

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn new(number: &str) -> NewEntry {
    NewEntry {
        number_to: number.to_owned(),
        contact: Map::new(),
    }
}

fn positions(queue: &Queue) -> Vec<u64> {
    queue.entries.iter().map(|entry| entry.position).collect()
}

fn queue_with(numbers: &[&str]) -> Queue {
    let mut queue = Queue::new("pdl_1".into(), "creator", "assignee", now());
    queue.append(numbers.iter().map(|number| new(number)).collect(), now());
    queue
}

#[test]
fn the_newest_queue_of_an_assignee_is_current_whoever_made_it() {
    let mut queues = Queues::default();
    queues.add(Queue::new("pdl_1".into(), "a", "marie", now()));
    queues.add(Queue::new("pdl_2".into(), "b", "marie", now()));
    queues.add(Queue::new("pdl_3".into(), "a", "jonas", now()));
    assert_eq!(
        queues.current("marie").map(|queue| queue.id.as_str()),
        Some("pdl_2")
    );
    assert_eq!(queues.current("nobody"), None);
    assert_eq!(queues.all().len(), 3);
}

#[test]
fn deleted_positions_are_not_given_out_again_while_a_later_one_lives() {
    let mut queue = queue_with(&["+12125550100", "+12125550101", "+12125550102"]);
    assert_eq!(
        queue.remove(
            &Filter::Position(1, None),
            PositionsAfterDelete::Keep,
            now()
        ),
        1
    );
    assert_eq!(positions(&queue), [0, 2]);
    queue.append(vec![new("+12125550103")], now());
    assert_eq!(positions(&queue), [0, 2, 3]);
}

#[test]
fn compaction_closes_the_gap() {
    let mut queue = queue_with(&["+12125550100", "+12125550101", "+12125550102"]);
    queue.remove(
        &Filter::Position(1, None),
        PositionsAfterDelete::Compact,
        now(),
    );
    assert_eq!(positions(&queue), [0, 1]);
    assert_eq!(queue.entries[1].number_to, "+12125550102");
}

#[test]
fn a_position_with_another_number_is_no_match() {
    let mut queue = queue_with(&["+12125550100"]);
    let other = Filter::Position(0, Some("+12125550101".into()));
    assert_eq!(queue.remove(&other, PositionsAfterDelete::Keep, now()), 0);
    let same = Filter::Position(0, Some("+12125550100".into()));
    assert_eq!(queue.remove(&same, PositionsAfterDelete::Keep, now()), 1);
}

#[test]
fn the_time_of_change_moves_only_with_a_change() {
    let later = Timestamp::from_second(60).unwrap();
    let mut queue = queue_with(&[]);
    queue.configure(Settings::default(), later);
    queue.append(Vec::new(), later);
    queue.remove(&Filter::Unassigned, PositionsAfterDelete::Keep, later);
    assert_eq!(queue.updated_at, now());
    queue.configure(
        Settings {
            name: Some("Monday".into()),
            ..Settings::default()
        },
        later,
    );
    assert_eq!(queue.updated_at, later);
}

/// Random sequences against a plain list of (number, position).
#[test]
fn random_histories_agree_with_a_plain_list() {
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut queue = queue_with(&[]);
        let mut model: Vec<(String, u64)> = Vec::new();
        for _ in 0..60 {
            step(&mut random, &mut queue, &mut model);
            let actual = queue.entries.iter();
            let actual: Vec<_> = actual
                .map(|entry| (entry.number_to.clone(), entry.position))
                .collect();
            assert_eq!(actual, model, "seed {seed}");
            assert!(positions(&queue).is_sorted_by(|a, b| a < b), "seed {seed}");
        }
    }
}

fn step(random: &mut fastrand::Rng, queue: &mut Queue, model: &mut Vec<(String, u64)>) {
    let number = format!("+1212555010{}", random.u8(0..6));
    match random.u8(0..4) {
        0 | 1 => {
            let position = model
                .iter()
                .map(|(_, position)| position + 1)
                .max()
                .unwrap_or(0);
            assert_eq!(
                queue.append(vec![new(&number)], now())[0].position,
                position
            );
            model.push((number, position));
        }
        2 => {
            let before = model.len();
            model.retain(|(other, _)| *other != number);
            let removed = queue.remove(&Filter::Number(number), PositionsAfterDelete::Keep, now());
            assert_eq!(removed, before - model.len());
        }
        _ => {
            let position = random.u64(0..12);
            let before = model.len();
            model.retain(|(_, other)| *other != position);
            let filter = Filter::Position(position, None);
            let removed = queue.remove(&filter, PositionsAfterDelete::Keep, now());
            assert_eq!(removed, before - model.len());
        }
    }
}
