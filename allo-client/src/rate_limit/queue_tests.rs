//! The queue alone: ranks, the turns of bulk calls, and waiters that are passed over.

use super::*;
use crate::generated::operations;

const MS: Duration = Duration::from_millis(1);

fn request(priority: Priority, is_retry: bool) -> PaceRequest {
    PaceRequest {
        operation: &operations::GET_ME,
        priority,
        is_retry,
        max_wait: None,
    }
}

/// Adds waiters in this order: `r` for retries, `i` and `b` for the rest.
fn queue(who: &str, alarm: Instant) -> (Queue, Vec<Ticket>) {
    let mut queue = Queue::default();
    let mut tickets = Vec::new();
    for letter in who.chars() {
        let request = match letter {
            'r' => request(Priority::Bulk, true),
            'i' => request(Priority::Interactive, false),
            _ => request(Priority::Bulk, false),
        };
        let ticket = queue.ticket(&request);
        queue.wait(ticket, Waker::noop(), alarm);
        tickets.push(ticket);
    }
    (queue, tickets)
}

/// The order in which they are served, one after another.
fn order(mut queue: Queue, tickets: &[Ticket]) -> Vec<usize> {
    let mut order = Vec::new();
    while let [next] = queue.first(1)[..] {
        queue.serve(next);
        order.push(tickets.iter().position(|one| *one == next).unwrap());
    }
    order
}

#[test]
fn retries_first_and_every_fifth_slot_for_bulk() {
    let (queue, tickets) = queue("bbiiiiiiiiiir", Instant::now());
    let expected = [12, 2, 3, 4, 5, 0, 6, 7, 8, 9, 1, 10, 11];
    assert_eq!(order(queue, &tickets), expected);
}

#[test]
fn how_many_are_ahead_is_what_the_order_says() {
    for who in [
        "",
        "i",
        "bbbb",
        "iiiibb",
        "bibibiiiiiriiiiibbbibibriiiii",
        "rrbi",
    ] {
        for served in 0..who.len() {
            let (mut queue, tickets) = queue(who, Instant::now());
            for _ in 0..served {
                let next = queue.first(1)[0];
                queue.serve(next);
            }
            let order = queue.first(100);
            for (index, ticket) in order.iter().enumerate() {
                let place = tickets.iter().position(|one| one == ticket);
                assert_eq!(queue.ahead_of(*ticket), index, "{who} {served} {place:?}");
            }
        }
    }
}

#[test]
fn who_is_not_polled_is_passed_over_and_keeps_its_rank() {
    let now = Instant::now();
    let (mut queue, tickets) = queue("iii", now + MS * 100);
    assert!(queue.call(tickets[0], now).is_some());
    assert!(
        queue.call(tickets[0], now).is_none(),
        "it is called already"
    );
    queue.pass_over(now + GRACE - MS);
    assert_eq!(queue.ahead_of(tickets[2]), 2);
    queue.pass_over(now + GRACE);
    assert_eq!(queue.first(9), tickets[1..]);
    assert_eq!((queue.waiting(), queue.len()), (2, 3));
    // Its own timer elapses without effect, too.
    queue.pass_over(now + MS * 100 + GRACE);
    assert_eq!(queue.first(9), []);
    for ticket in [2, 0, 1] {
        queue.wait(tickets[ticket], Waker::noop(), now + MS * 500);
    }
    assert_eq!(queue.first(9), tickets);
}

#[test]
fn who_leaves_leaves_nothing_behind() {
    let now = Instant::now();
    let (mut queue, tickets) = queue("ibr", now);
    queue.pass_over(now + GRACE);
    tickets.into_iter().for_each(|ticket| queue.leave(ticket));
    assert_eq!(queue.len(), 0);
    assert!(queue.alarms.is_empty() && queue.passed_over.is_empty());
}
