//! One operation of a program with the real client, and what the client reports, in terms of the model.

use std::collections::BTreeMap;

use allo_client::types::{DialingQueue, DoNotDisturb, QueueNumber, VoicemailHandling};
use allo_client::{
    CallOptions, Client, Error, ErrorCode, IdempotencyKey, Outcome, Response, Teammate,
};

use super::dialer::{Entry, Queue, Reply};
use super::possible_states::Told;
use super::program::{Filter, Person, What, Whose, Write, name_text, number_text};
use crate::harness::STRANGER;

/// A reader gives up after this many requests for a page.
const PATIENCE: usize = 3;

/// The client and the teammates it knows.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) client: Client,
    pub(super) ids: BTreeMap<Person, String>,
}

/// The result of a write.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) told: Told,
    /// The key for a retry of an unknown write.
    pub(super) key: Option<IdempotencyKey>,
    /// Whether the server could not be reached.
    pub(super) unreachable: bool,
}

/// The entries that were read of a queue.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) entries: Vec<Entry>,
    pub(super) whole: bool,
    pub(super) refused: Option<ErrorCode>,
    pub(super) unreachable: bool,
}

impl Caller {
    /// Executes a write, with this key if there is one.
    pub(super) async fn write(
        &self,
        write: &Write,
        key: Option<&IdempotencyKey>,
    ) -> Result<Said, String> {
        let target = self.teammate(write.whose);
        let keyed = |options: CallOptions| match key {
            Some(key) => options.with_idempotency_key(key),
            None => options,
        };
        let client = &self.client;
        match &write.what {
            What::Reset { name } => {
                let mut call = client.reset_current_dialing_queue().for_teammate(target);
                if let Some(name) = name {
                    call = call.name(name_text(*name));
                }
                said(call.options(keyed).send().await, queue_reply)
            }
            What::Upsert {
                name,
                skips_voicemail,
                do_not_disturb,
            } => {
                let mut call = client.upsert_current_dialing_queue().for_teammate(target);
                if let Some(name) = name {
                    call = call.name(name_text(*name));
                }
                if let Some(skips) = skips_voicemail {
                    call = call.voicemail_handling(if *skips { "SKIP" } else { "NO_SKIP" });
                }
                if let Some(on) = do_not_disturb {
                    call = call.do_not_disturb(if *on { "ENABLED" } else { "DISABLED" });
                }
                said(call.options(keyed).send().await, queue_reply)
            }
            What::Append(leads) => {
                let call =
                    client.append_dialing_queue_numbers(leads.iter().map(|lead| lead.text()));
                let call = call.for_teammate(target).options(keyed);
                said(call.send().await, |answer| Reply::Appended {
                    added: answer
                        .added
                        .into_iter()
                        .map(|number| (natural(number.position), number.number_to.into_string()))
                        .collect(),
                    skipped: answer
                        .skipped
                        .into_iter()
                        .map(|lead| lead.number.into_string())
                        .collect(),
                })
            }
            What::Clear(filter) => {
                let call = client.clear_dialing_queue_numbers().for_teammate(target);
                let call = match filter {
                    Filter::Number(number) => call.number(number_text(*number)),
                    Filter::Position(position) => call.position(*position),
                    Filter::Both(number, position) => {
                        call.number(number_text(*number)).position(*position)
                    }
                    Filter::Unassigned => call.unassigned(true),
                    Filter::Nonsense => call.number("ext. 9"),
                };
                let answer = call.options(keyed).send().await;
                said(answer, |answer| Reply::Removed(natural(answer.removed)))
            }
        }
    }

    /// Reads a queue, resuming after errors.
    pub(super) async fn read(&self, whose: Whose, size: u64) -> Seen {
        let call = self.client.get_current_dialing_queue().size(size);
        let mut items = call.for_teammate(self.teammate(whose)).items();
        let mut seen = Seen {
            entries: Vec::new(),
            whole: false,
            refused: None,
            unreachable: false,
        };
        let mut errors = 0;
        while errors < PATIENCE {
            match items.try_next().await {
                Ok(Some(number)) => seen.entries.push(entry(number)),
                Ok(None) => {
                    seen.whole = true;
                    break;
                }
                Err(error) => {
                    errors += 1;
                    seen.refused = refusal(&error);
                    seen.unreachable = error.is_connect();
                    if seen.refused.is_some() {
                        break;
                    }
                }
            }
        }
        seen
    }

    fn teammate(&self, whose: Whose) -> Teammate {
        match whose {
            Whose::Mine => Teammate::Me,
            Whose::ById(person) => Teammate::id(self.ids[&person].as_str()),
            Whose::ByEmail(person) => Teammate::email(person.email()),
            Whose::OfAStranger => Teammate::email(STRANGER),
        }
    }
}

fn said<T>(
    answer: Result<Response<T>, Error>,
    reply: impl FnOnce(T) -> Reply,
) -> Result<Said, String> {
    let mut key = None;
    let mut unreachable = false;
    let told = match answer {
        Ok(answer) => Told::Answered {
            replayed: answer.outcome() == Outcome::Replayed,
            attempts: answer.attempts(),
            reply: reply(answer.into_inner()),
        },
        Err(error) => {
            unreachable = error.is_connect();
            match (error.outcome(), refusal(&error)) {
                (Outcome::Unknown { key: given, .. }, _) => {
                    key = Some(given.clone());
                    Told::Unknown
                }
                (Outcome::Executed | Outcome::Replayed, _) => Told::Done,
                (Outcome::NotExecuted, Some(code)) => Told::Refused(Reply::Refused(code)),
                (Outcome::NotExecuted, None) => Told::NotDone,
                (outcome, _) => return Err(format!("a write ends with {outcome:?}: {error}")),
            }
        }
    };
    Ok(Said {
        told,
        key,
        unreachable,
    })
}

/// The code of a refusal by the dialer itself, which no fault imitates.
fn refusal(error: &Error) -> Option<ErrorCode> {
    let code = error.code().filter(|code| {
        matches!(
            code,
            ErrorCode::AssigneeNotFound
                | ErrorCode::DialingQueueNotFound
                | ErrorCode::QueueNumberPositionNotFound
                | ErrorCode::InvalidPhoneNumber
        )
    });
    code.cloned()
}

fn queue_reply(queue: DialingQueue) -> Reply {
    let numbers = queue.numbers.into_iter().flatten();
    Reply::Queue(Queue {
        name: queue.name.into_option(),
        skips_voicemail: queue.voicemail_handling == Some(VoicemailHandling::Skip),
        do_not_disturb: queue.do_not_disturb == Some(DoNotDisturb::Enabled),
        entries: numbers.map(entry).collect(),
    })
}

fn entry(number: QueueNumber) -> Entry {
    Entry {
        position: natural(number.position),
        called: number.call_id.into_option().is_some(),
        number: number.number_to.into_string(),
    }
}

/// The model uses unsigned numbers; a negative one equals none of them.
fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
