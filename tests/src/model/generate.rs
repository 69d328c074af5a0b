//! Random programs: one from each seed, and from a failing seed the smallest program that still fails.

use std::ops::ControlFlow;
use std::time::Duration;

use allo_sandbox::{Fault, RateLimitForm, SmsLimit};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::program::{
    Filter, HUGE, LONG_STALL, Lead, MOST_BYTES, Person, Program, Rule, Settings, Step, What, Whose,
    Write,
};

/// The program of a seed; reproducible.
#[must_use]
pub fn program(seed: u64) -> Program {
    tree(seed).current()
}

/// The smallest program that still fails, within this many tries. `fails` runs one.
pub(super) fn shrink(seed: u64, tries: usize, fails: impl Fn(&Program) -> bool) -> Program {
    let mut tree = tree(seed);
    let mut smallest = tree.current();
    let mut step = |_| {
        if !tree.simplify() {
            return ControlFlow::Break(());
        }
        while !fails(&tree.current()) {
            if !tree.complicate() {
                return ControlFlow::Break(());
            }
        }
        smallest = tree.current();
        ControlFlow::Continue(())
    };
    let _ = (0..tries).try_for_each(&mut step);
    smallest
}

fn tree(seed: u64) -> impl ValueTree<Value = Program> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let parts = (settings(), vec(rule(), 0..7), vec(step(), 1..14));
    let whole = parts.prop_map(move |(settings, faults, steps)| Program {
        seed,
        settings,
        faults,
        steps,
    });
    whole.new_tree(&mut runner).expect("nothing is rejected")
}

fn settings() -> impl Strategy<Value = Settings> {
    let budget = prop_oneof![3 => Just(None), 1 => (0_u32..6).prop_map(Some)];
    (1_u32..7, budget, any::<bool>()).prop_map(|(max_attempts, budget, compacts)| Settings {
        max_attempts,
        budget,
        compacts,
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let operation = prop::sample::select(vec![
        "getCurrentDialingQueue",
        "resetCurrentDialingQueue",
        "upsertCurrentDialingQueue",
        "appendDialingQueueNumbers",
        "clearDialingQueueNumbers",
    ]);
    let anywhere = (
        quick_fault(),
        option::weighted(0.4, operation.clone()),
        option::weighted(0.4, 1_u64..4),
        5_u32..90,
        option::of(1_u64..5),
    );
    // Slow faults are injected once.
    let once = (
        slow_fault(),
        option::weighted(0.4, operation),
        option::weighted(0.4, 1_u64..4),
        5_u32..90,
        Just(Some(1)),
    );
    let rule = |(fault, operation, attempt, percent, times)| Rule {
        fault,
        operation,
        attempt,
        percent,
        times,
    };
    prop_oneof![9 => anywhere.prop_map(rule), 1 => once.prop_map(rule)]
}

fn quick_fault() -> impl Strategy<Value = Fault> {
    const SHORT: Duration = Duration::from_millis(2);
    let one = |fault: Fault| Just(fault).boxed();
    let redirect = prop::sample::select(vec![301, 302, 307, 308]).prop_map(|status| {
        let to = "http://elsewhere.invalid/".to_owned();
        Fault::Redirect { status, to }
    });
    // The client waits a delay of a second; one of an hour exceeds the deadline.
    let form = prop::sample::select(vec![
        RateLimitForm::Bare,
        RateLimitForm::RetryAfterSeconds(0),
        RateLimitForm::RetryAfterSeconds(3_600),
        RateLimitForm::RetryAfterDate(0),
        RateLimitForm::RetryAfterDate(3_600),
        RateLimitForm::BodyOnly(0),
        RateLimitForm::BodyOnly(3_600),
        RateLimitForm::ResetUnix(0),
        RateLimitForm::ResetDelay(0),
        RateLimitForm::ResetDelay(3_600),
    ]);
    let sms = prop::sample::select(vec![SmsLimit::Trial, SmsLimit::Api, SmsLimit::Number]);
    let lost = prop_oneof![
        one(Fault::AcceptAndClose),
        one(Fault::ResetAfterHeaders),
        one(Fault::ResetBeforeExecution),
        one(Fault::ResetAfterExecution),
        one(Fault::ResetAfterExecution),
        one(Fault::HalfBody),
        one(Fault::WrongContentLength),
        one(Fault::DropsConnectionAfterResponse),
        one(Fault::TlsCloseWithoutNotify),
        one(Fault::StallBeforeBody(SHORT)),
        one(Fault::StallInsideBody(SHORT)),
    ];
    let answered = prop_oneof![
        one(Fault::WrongContentType),
        prop::sample::select(vec![502, 503, 504])
            .prop_map(Fault::Html)
            .boxed(),
        any::<bool>()
            .prop_map(|retryable| Fault::Internal { retryable })
            .boxed(),
        form.prop_map(Fault::RateLimited).boxed(),
        one(Fault::DailyQuota),
        sms.prop_map(Fault::SmsLimit).boxed(),
        one(Fault::AppendConflict),
        one(Fault::TransactionInProgress),
        redirect.boxed(),
        one(Fault::ErrorEnvelopeIn200),
        one(Fault::Undecodable201),
        one(Fault::HugeBody(u64::from(MOST_BYTES) / 2)),
        one(Fault::HugeBody(HUGE)),
    ];
    prop_oneof![lost, answered]
}

fn slow_fault() -> impl Strategy<Value = Fault> {
    let interval = Duration::from_millis(1);
    prop_oneof![
        4 => Just(Fault::Refuse),
        1 => Just(Fault::StallBeforeBody(LONG_STALL)),
        1 => Just(Fault::StallInsideBody(LONG_STALL)),
        1 => Just(Fault::SlowDrip { interval }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let write = (whose(), what(), any::<bool>()).prop_map(|(whose, what, own_key)| Write {
        whose,
        what,
        own_key,
    });
    prop_oneof![
        7 => write.prop_map(Step::Write),
        2 => (whose(), 1_u64..8).prop_map(|(whose, size)| Step::Read { whose, size }),
        1 => (person(), 0_u64..6).prop_map(|(person, position)| Step::Dial { person, position }),
        1 => Just(Step::Settle),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let name = || option::of(0_u8..100);
    let reset = name().prop_map(|name| What::Reset { name });
    let settings = (name(), option::of(any::<bool>()), option::of(any::<bool>()));
    let upsert = settings.prop_map(|(name, skips_voicemail, do_not_disturb)| What::Upsert {
        name,
        skips_voicemail,
        do_not_disturb,
    });
    prop_oneof![
        1 => reset,
        1 => upsert,
        5 => vec(lead(), 1..6).prop_map(What::Append),
        2 => filter().prop_map(What::Clear),
    ]
}

fn lead() -> impl Strategy<Value = Lead> {
    let good =
        (0_u8..100, any::<bool>()).prop_map(|(number, dressed)| Lead::Good { number, dressed });
    prop_oneof![6 => good, 1 => (0_u8..10).prop_map(Lead::Bad)]
}

fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![
        2 => (0_u8..100).prop_map(Filter::Number),
        4 => (0_u64..8).prop_map(Filter::Position),
        1 => (0_u8..100, 0_u64..8).prop_map(|(number, position)| Filter::Both(number, position)),
        2 => Just(Filter::Unassigned),
        1 => Just(Filter::Nonsense),
    ]
}

fn person() -> impl Strategy<Value = Person> {
    prop::sample::select(Person::ALL.to_vec())
}

fn whose() -> impl Strategy<Value = Whose> {
    prop_oneof![
        6 => Just(Whose::Mine),
        3 => person().prop_map(Whose::ById),
        3 => person().prop_map(Whose::ByEmail),
        1 => Just(Whose::OfAStranger),
    ]
}
