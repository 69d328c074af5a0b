//! Optional fields of requests: a setter sends its value, its `maybe_` sibling the same or nothing, and only
//! `Nullable::Null` sends null. For every field of every operation and request type, alone and combined. The generator
//! lists the fields; the expectations are here.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;

use allo_client::operation::{self, Operation};
use allo_client::{Client, Error, PendingCall, operations};
use serde_json::{Value, json};
use tests::harness::Harness;

use crate::generated::optionals::{OPERATIONS, RECORDS};

/// How often all fields of an operation or type are set at once, each in a random way.
const ROUNDS: usize = 24;

/// A request that is being built, and the error before it was sent.
pub(crate) type Sent = Pin<Box<dyn Future<Output = Option<Error>>>>;
pub(crate) type OfOperation = fn(&Client, &mut Pick) -> Sent;
pub(crate) type OfRecord = fn(&mut Pick) -> Value;

/// Where a request carries a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Query,
    Body,
}

/// The setter that is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    #[default]
    Leave,
    Set,
    MaybeSome,
    MaybeNone,
    /// Only for nullable fields.
    Null,
}

type Name = (Place, &'static str);

/// Which field is set how, and all fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pick {
    choices: BTreeMap<Name, Choice>,
    /// Whether each is nullable.
    seen: BTreeMap<Name, bool>,
}

impl Pick {
    pub(crate) fn choose(&mut self, place: Place, wire: &'static str, nullable: bool) -> Choice {
        self.seen.insert((place, wire), nullable);
        let choice = self.choices.get(&(place, wire));
        choice.copied().unwrap_or_default()
    }
}

/// Sets a field of `$call` as `$pick` selects.
macro_rules! optional {
    ($call:ident, $pick:ident, $place:ident, $wire:literal, $setter:ident, $maybe:ident, $value:expr $(, $null:ident)?) => {
        match $pick.choose($crate::optional::Place::$place, $wire, optional!(@nullable $($null)?)) {
            $crate::optional::Choice::Leave => $call,
            $crate::optional::Choice::Set => $call.$setter($value),
            $crate::optional::Choice::MaybeSome => $call.$maybe(Some($value)),
            $crate::optional::Choice::MaybeNone => $call.$maybe(Some($value).filter(|_| false)),
            $crate::optional::Choice::Null => optional!(@clear $call $setter $($null)?),
        }
    };
    (@nullable null) => { true };
    (@nullable) => { false };
    (@clear $call:ident $setter:ident null) => { $call.$setter(allo_client::Nullable::Null) };
    (@clear $call:ident $setter:ident) => { panic!("a field that cannot be null was to be null") };
}

/// Awaits a builder as it is.
pub(crate) fn sent<T: 'static>(call: impl IntoFuture<IntoFuture = PendingCall<T>>) -> Sent {
    let sending = call.into_future();
    Box::pin(async move { sending.await.err().filter(Error::is_invalid_request) })
}

/// The content of a request: its fields by location and name.
type Said = BTreeMap<(Place, String), Value>;

fn said(body: Option<&Value>, query: &[(String, String)]) -> Said {
    let mut said = Said::new();
    for (name, value) in query {
        let values = said
            .entry((Place::Query, name.clone()))
            .or_insert(json!([]));
        values.as_array_mut().expect("a list").push(json!(value));
    }
    let body = body.and_then(Value::as_object).into_iter().flatten();
    said.extend(body.map(|(name, value)| ((Place::Body, name.clone()), value.clone())));
    said
}

/// An object with optional fields.
trait Subject {
    async fn say(&self, choices: &BTreeMap<Name, Choice>) -> (Said, BTreeMap<Name, bool>);
}

struct Call<'a> {
    harness: &'a Harness,
    id: &'a str,
    call: OfOperation,
}

impl Subject for Call<'_> {
    async fn say(&self, choices: &BTreeMap<Name, Choice>) -> (Said, BTreeMap<Name, bool>) {
        let mut pick = Pick {
            choices: choices.clone(),
            ..Pick::default()
        };
        let refusal = (self.call)(&self.harness.client, &mut pick).await;
        assert!(
            refusal.is_none(),
            "{} with {choices:?}: {refusal:?}",
            self.id
        );
        let request = self.harness.take_request();
        (said(request.body.as_ref(), &request.query), pick.seen)
    }
}

struct Record(OfRecord);

impl Subject for Record {
    async fn say(&self, choices: &BTreeMap<Name, Choice>) -> (Said, BTreeMap<Name, bool>) {
        let mut pick = Pick {
            choices: choices.clone(),
            ..Pick::default()
        };
        let json = (self.0)(&mut pick);
        (said(Some(&json), &[]), pick.seen)
    }
}

/// Sets each field alone in each way, then all of them at random, and returns their names.
async fn hold(name: &str, subject: &impl Subject, random: &mut fastrand::Rng) -> BTreeSet<Name> {
    let (plain, fields) = subject.say(&BTreeMap::new()).await;
    let mut values = BTreeMap::new();
    for field in fields.keys() {
        let key = (field.0, field.1.to_owned());
        assert!(
            !plain.contains_key(&key),
            "{name}: {field:?} is sent unasked"
        );
        let (set, _) = subject.say(&BTreeMap::from([(*field, Choice::Set)])).await;
        let value = set.get(&key).cloned();
        let value = value.unwrap_or_else(|| panic!("{name}: {field:?} is not sent"));
        assert!(!value.is_null(), "{name}: {field:?} is null unasked");
        values.insert(*field, value);
    }
    let ways = |nullable: bool| {
        let mut ways = vec![
            Choice::Leave,
            Choice::Set,
            Choice::MaybeSome,
            Choice::MaybeNone,
        ];
        ways.extend(nullable.then_some(Choice::Null));
        ways
    };
    let alone = fields.iter().flat_map(|(field, nullable)| {
        let ways = ways(*nullable).into_iter();
        ways.map(|way| BTreeMap::from([(*field, way)]))
    });
    let mut all: Vec<BTreeMap<Name, Choice>> = alone.collect();
    for _ in 0..ROUNDS {
        let choose = |(field, nullable): (&Name, &bool)| {
            let way = random.choice(ways(*nullable)).unwrap_or_default();
            (*field, way)
        };
        all.push(fields.iter().map(choose).collect());
    }
    for choices in all {
        let mut wanted = plain.clone();
        for (field, choice) in &choices {
            let value = match choice {
                Choice::Leave | Choice::MaybeNone => continue,
                Choice::Set | Choice::MaybeSome => values[field].clone(),
                Choice::Null => Value::Null,
            };
            wanted.insert((field.0, field.1.to_owned()), value);
        }
        let (said, _) = subject.say(&choices).await;
        assert_eq!(said, wanted, "{name} with {choices:?}");
    }
    fields.into_keys().collect()
}

/// The optional fields of an operation in the operation table, without those of the teammate.
fn optional_fields(operation: &Operation) -> BTreeSet<Name> {
    let of_teammate = |field: &str| {
        let target = operation.teammate.iter();
        target
            .into_iter()
            .any(|target| target.email == field || target.id.contains(&field))
    };
    let fields = operation.fields.iter().filter(|field| !field.required);
    let own = fields.filter(|field| !field.name.contains('.') && !of_teammate(field.name));
    let placed = own.filter_map(|field| match field.place {
        operation::Place::Query => Some((Place::Query, field.name)),
        operation::Place::Body => Some((Place::Body, field.name)),
        _ => None,
    });
    placed.collect()
}

#[tokio::test]
async fn an_optional_field_is_sent_as_it_was_set_and_null_only_when_asked_for() {
    let harness = Harness::start().await;
    let mut random = fastrand::Rng::with_seed(14);
    let calls: BTreeMap<&str, OfOperation> = OPERATIONS.iter().copied().collect();
    let mut fields = 0;
    for operation in operations::ALL {
        let id = operation.id;
        let wanted = optional_fields(operation);
        let held = match calls.get(id) {
            None => BTreeSet::new(),
            Some(&call) => {
                let call = Call {
                    harness: &harness,
                    id,
                    call,
                };
                hold(id, &call, &mut random).await
            }
        };
        assert_eq!(held, wanted, "the optional fields of {id}");
        fields += held.len();
    }
    println!(
        "{} operations, {fields} optional fields",
        operations::ALL.len()
    );
    assert!(fields > 0);
}

#[tokio::test]
async fn an_optional_field_of_a_type_is_written_as_it_was_set() {
    let mut random = fastrand::Rng::with_seed(14);
    let mut fields = 0;
    for (name, record) in RECORDS {
        fields += hold(name, &Record(*record), &mut random).await.len();
    }
    println!("{} types, {fields} optional fields", RECORDS.len());
    assert!(fields > 0);
}
