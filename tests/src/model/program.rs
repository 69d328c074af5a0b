//! A program: steps, faults, and the settings of the client. `generate` creates programs; `call` and `dialer` execute
//! the steps.

use std::time::Duration;

use allo_sandbox::{Fault, FaultPlan};

use crate::harness;

/// A program of dialer operations with the faults it meets.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) seed: u64,
    pub(super) settings: Settings,
    pub(super) faults: Vec<Rule>,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) max_attempts: u32,
    /// The retry budget; `None` is unlimited.
    pub(super) budget: Option<u32>,
    /// Whether the server closes the gap that a deleted entry leaves.
    pub(super) compacts: bool,
}

/// When a fault is injected.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) fault: Fault,
    pub(super) operation: Option<&'static str>,
    pub(super) attempt: Option<u64>,
    pub(super) percent: u32,
    pub(super) times: Option<u64>,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Write(Write),
    /// Reads the whole queue in pages of this size.
    Read {
        whose: Whose,
        size: u64,
    },
    /// The dialing app calls a number, without the client.
    Dial {
        person: Person,
        position: u64,
    },
    /// Retries each write whose outcome is unknown.
    Settle,
}

#[derive(Debug, Clone)]
pub(super) struct Write {
    pub(super) whose: Whose,
    pub(super) what: What,
    /// Whether the caller sets the idempotency key.
    pub(super) own_key: bool,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Reset {
        name: Option<u8>,
    },
    Upsert {
        name: Option<u8>,
        skips_voicemail: Option<bool>,
        do_not_disturb: Option<bool>,
    },
    Append(Vec<Lead>),
    Clear(Filter),
}

#[derive(Debug, Clone)]
pub(super) enum Lead {
    /// One of a hundred numbers, plain or formatted.
    Good { number: u8, dressed: bool },
    /// Not a phone number.
    Bad(u8),
}

#[derive(Debug, Clone)]
pub(super) enum Filter {
    Number(u8),
    Position(u64),
    Both(u8, u64),
    Unassigned,
    /// An invalid number.
    Nonsense,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Person {
    Owner,
    Marie,
    Jonas,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    Mine,
    ById(Person),
    ByEmail(Person),
    /// A person who is not in the team.
    OfAStranger,
}

impl Program {
    pub(super) fn plan(&self) -> FaultPlan {
        let plan = FaultPlan::new(self.seed);
        self.faults.iter().fold(plan, |plan, rule| rule.add(plan))
    }
}

impl Rule {
    fn add(&self, mut plan: FaultPlan) -> FaultPlan {
        if let Some(id) = self.operation {
            plan = plan.on(id);
        }
        if let Some(number) = self.attempt {
            plan = plan.attempt(number);
        }
        if let Some(most) = self.times {
            plan = plan.times(most);
        }
        plan.probability(f64::from(self.percent) / 100.0)
            .inject(self.fault.clone())
    }
}

impl Lead {
    /// As it is sent.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Good {
                number,
                dressed: false,
            } => number_text(*number),
            Self::Good {
                number,
                dressed: true,
            } => format!("(+1) 212-555-01{number:02}"),
            Self::Bad(which) => format!("ext. {which}"),
        }
    }
}

/// As the server stores it.
pub(super) fn number_text(number: u8) -> String {
    format!("+121255501{number:02}")
}

pub(super) fn name_text(name: u8) -> String {
    format!("List {name}")
}

impl Person {
    pub(super) const ALL: [Self; 3] = [Self::Owner, Self::Marie, Self::Jonas];

    pub(super) const fn email(self) -> &'static str {
        match self {
            Self::Owner => harness::OWNER,
            Self::Marie => harness::MARIE,
            Self::Jonas => harness::JONAS,
        }
    }
}

impl Whose {
    /// `None` is a person who is not in the team.
    pub(super) const fn person(self) -> Option<Person> {
        match self {
            Self::Mine => Some(Person::Owner),
            Self::ById(person) | Self::ByEmail(person) => Some(person),
            Self::OfAStranger => None,
        }
    }
}

/// The timeout of an attempt; a long stall lasts longer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(1);
pub(super) const LONG_STALL: Duration = Duration::from_millis(1_300);
/// The size limit of a response; a huge body is longer.
pub(super) const MOST_BYTES: u16 = 64 * 1_000;
pub(super) const HUGE: u64 = 200_000;
