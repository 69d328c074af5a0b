//! The mode in which lists are decoded, and the path of a failure. Implementations of serde traits take no context, so
//! both are thread-local; decoding never awaits.

use std::cell::{Cell, RefCell};

/// How a list is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By other code than this client, from any format: a malformed item does not fail the others.
    Foreign,
    /// As a whole: a malformed item fails everything.
    Whole,
    /// From JSON, item by item: a malformed item does not fail the others.
    Each,
}

thread_local! {
    /// Whether the shape of the response must be checked.
    static SHAPE_CHECK: Cell<bool> = const { Cell::new(false) };
    static MODE: Cell<Mode> = const { Cell::new(Mode::Foreign) };
    /// The path of a failure, innermost step first; `None` if it is not recorded.
    static PATH: RefCell<Option<Vec<Step>>> = const { RefCell::new(None) };
}

/// A step of the path to a failure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Field(&'static str),
    Item(usize),
}

/// The current mode.
pub(crate) fn current() -> Mode {
    MODE.get()
}

/// Decodes in a mode until dropped; then the previous mode is restored, also after a panic.
pub(crate) struct Within {
    mode: Mode,
    path: Option<Vec<Step>>,
}

impl Within {
    /// Enters a mode. In `Mode::Each` the path of a failure is recorded.
    pub(crate) fn enter(mode: Mode) -> Self {
        let steps = (mode == Mode::Each).then(Vec::new);
        SHAPE_CHECK.set(false);
        Self {
            mode: MODE.replace(mode),
            path: PATH.replace(steps),
        }
    }

    /// Whether anything decoded since requires a check of the response's shape.
    pub(crate) fn needs_shape_check(&self) -> bool {
        SHAPE_CHECK.get()
    }

    /// The path of the failure.
    pub(crate) fn path(&self) -> String {
        PATH.with_borrow(|steps| path(steps.as_deref().unwrap_or_default()))
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        MODE.set(self.mode);
        PATH.set(self.path.take());
    }
}

/// Requests a check of the response's shape: a member that was decoded or is missing shows that it may not be a
/// success.
#[cold]
pub(crate) fn request_shape_check() {
    SHAPE_CHECK.set(true);
}

/// Adds a step to the path of a failure.
#[cold]
pub(crate) fn failed_in(step: Step) {
    PATH.with_borrow_mut(|path| path.as_mut().map(|steps| steps.push(step)));
}

fn path(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps.iter().rev() {
        match step {
            Step::Field(name) if path.is_empty() => path.push_str(name),
            Step::Field(name) => path.extend([".", name]),
            Step::Item(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}
