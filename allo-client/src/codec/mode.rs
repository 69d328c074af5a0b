//! The mode in which lists are decoded, and the path of a failure. Implementations of serde traits take no context, so both
//! are thread-local; decoding never awaits.

use std::cell::{Cell, RefCell};

/// How a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// By somebody else than this client, from any format: an item that cannot be read costs only itself.
    Foreign,
    /// All at once: an item that cannot be read costs everything.
    Whole,
    /// From JSON, item by item: one that cannot be read costs only itself.
    Each,
}

thread_local! {
    /// Whether the shape of the response has to be checked.
    static SHAPE_CHECK: Cell<bool> = const { Cell::new(false) };
    static MODE: Cell<Mode> = const { Cell::new(Mode::Foreign) };
    /// From the inside to the outside; none while nobody wants to know.
    static PATH: RefCell<Option<Vec<Step>>> = const { RefCell::new(None) };
}

/// A step on the way to what cannot be read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Field(&'static str),
    Item(usize),
}

/// How lists are read now.
pub(crate) fn current() -> Mode {
    MODE.get()
}

/// Reads in a mode until it is dropped; then all is as it was, also after a panic.
pub(crate) struct Within {
    mode: Mode,
    path: Option<Vec<Step>>,
}

impl Within {
    /// From now on lists are read so. Unless they are read all at once, it is noted where reading fails.
    pub(crate) fn enter(mode: Mode) -> Self {
        let steps = (mode == Mode::Each).then(Vec::new);
        SHAPE_CHECK.set(false);
        Self {
            mode: MODE.replace(mode),
            path: PATH.replace(steps),
        }
    }

    /// Whether the shape of the response has to be checked, by what was read since.
    pub(crate) fn needs_shape_check(&self) -> bool {
        SHAPE_CHECK.get()
    }

    /// Where reading has failed.
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

/// Requests a check of the response's shape: a member was read, or is missing, by which it may not be a success.
#[cold]
pub(crate) fn request_shape_check() {
    SHAPE_CHECK.set(true);
}

/// Says that reading failed inside a part.
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
