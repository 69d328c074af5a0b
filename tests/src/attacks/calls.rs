//! The calls of the attacks, what the client reports about each, and whether that is true.

use allo_client::operation::RetrySafety;
use allo_client::{
    CallOptions, Client, Error, IdempotencyKey, Outcome, Response, Teammate, operations,
};
use fastrand::Rng;

use crate::fault_server::service::{STRANGER, Service};

/// Longer than any response takes.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// The operations that are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Append,
    /// Refused by the operation itself.
    AppendForAStranger,
    Upsert,
    /// The response has no body.
    AddTags,
    Text,
    ReadMe,
    ReadQueue,
}

/// A call. Its name is sent as its request id, by which the server records it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) what: What,
    /// Whether the caller accepts that a text message is sent twice.
    pub(super) accepts_two: bool,
    pub(super) number: String,
    /// Whether it waits for its response however busy the machine is.
    pub(super) is_patient: bool,
}

/// What the client reports.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) outcome: Outcome,
    pub(super) error: Option<Error>,
    /// The numbers of a queue that was read.
    pub(super) queue: Option<Vec<String>>,
}

impl Call {
    pub(super) fn random(name: String, rng: &mut Rng) -> Self {
        let what = match rng.u8(..14) {
            0..4 => What::Append,
            4 => What::AppendForAStranger,
            5..7 => What::Upsert,
            7..9 => What::AddTags,
            9..12 => What::Text,
            12 => What::ReadMe,
            _ => What::ReadQueue,
        };
        Self {
            name,
            what,
            accepts_two: rng.u8(..4) == 0,
            number: format!("+1212555{:04}", rng.u16(100..200)),
            is_patient: false,
        }
    }

    pub(super) fn safety(&self) -> RetrySafety {
        let operation = match self.what {
            What::Append | What::AppendForAStranger => &operations::APPEND_DIALING_QUEUE_NUMBERS,
            What::Upsert => &operations::UPSERT_CURRENT_DIALING_QUEUE,
            What::AddTags => &operations::ADD_TAGS,
            What::Text => &operations::SEND_SMS,
            What::ReadMe => &operations::GET_ME,
            What::ReadQueue => &operations::GET_CURRENT_DIALING_QUEUE,
        };
        operation.retry_safety
    }

    /// Makes the call, with this idempotency key if there is one.
    pub(super) async fn make(&self, client: &Client, key: Option<&IdempotencyKey>) -> Told {
        let options = |options: CallOptions| {
            let options = options.with_request_id(&self.name);
            let options = options.with_retry_unproven_writes(self.accepts_two);
            let options = match self.is_patient {
                true => options.with_timeout(PATIENCE).with_max_attempts(6),
                false => options,
            };
            match key {
                Some(key) => options.with_idempotency_key(key),
                None => options,
            }
        };
        let numbers = [self.number.as_str()];
        match self.what {
            What::Append => {
                let call = client.append_dialing_queue_numbers(numbers);
                told(call.options(options).send().await)
            }
            What::AppendForAStranger => {
                let call = client.append_dialing_queue_numbers(numbers);
                let call = call.for_teammate(Teammate::email(STRANGER));
                told(call.options(options).send().await)
            }
            What::Upsert => {
                let call = client.upsert_current_dialing_queue().name("Monday");
                told(call.options(options).send().await)
            }
            What::AddTags => {
                let call = client.add_tags("cll-1", ["vip"]);
                told(call.options(options).send().await)
            }
            What::Text => {
                let call = client.send_sms().from("+12125550100").text("Hello");
                let call = call.to(self.number.as_str());
                told(call.options(options).send().await)
            }
            What::ReadMe => told(client.get_me().options(options).send().await),
            What::ReadQueue => {
                let call = client.get_current_dialing_queue().size(100);
                let answer = call.options(options).send().await;
                let queue = answer.as_ref().ok().map(|page| {
                    let entries = page.body().data.iter();
                    entries.map(|entry| entry.number_to.to_string()).collect()
                });
                Told {
                    queue,
                    ..told(answer)
                }
            }
        }
    }

    /// Whether a second execution does no harm: the call is a read, or the caller accepts it.
    pub(super) fn may_double(&self) -> bool {
        self.safety() == RetrySafety::Read || self.what == What::Text && self.accepts_two
    }

    /// Compares what the client reports with how often the server executed the call.
    pub(super) fn check(&self, told: &Told, service: &Service) -> Result<(), String> {
        let times = service.times(&self.name);
        let is_write = self.safety() != RetrySafety::Read;
        let at_most_once = times <= 1 || self.may_double();
        let is_true = match told.outcome {
            Outcome::NotSent | Outcome::NotExecuted => times == 0,
            Outcome::Executed | Outcome::Replayed => times >= 1,
            Outcome::Unknown { .. } => is_write,
            _ => false,
        };
        if !is_write || at_most_once && is_true {
            return Ok(());
        }
        let said = told.error.as_ref().map(ToString::to_string);
        Err(format!(
            "{self:?} was executed {times} times; the client says {:?}: {said:?}",
            told.outcome
        ))
    }
}

fn told<T>(answer: Result<Response<T>, Error>) -> Told {
    let outcome = match &answer {
        Ok(answer) => answer.outcome(),
        Err(error) => error.outcome().clone(),
    };
    Told {
        outcome,
        error: answer.err(),
        queue: None,
    }
}

/// The outcome in one word.
pub(super) const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not sent",
        Outcome::NotExecuted => "not executed",
        Outcome::Executed => "executed",
        Outcome::Replayed => "replayed",
        Outcome::Unknown { .. } => "unknown",
        _ => "something new",
    }
}
