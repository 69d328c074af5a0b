//! Required arguments that are set by name: which of them a builder still lacks is in its type. The setters are generated.

/// A required argument that is set.
#[derive(Clone, Copy, Debug)]
pub struct Set;

/// A required argument that is not set yet.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

/// Whether the required argument `Name` is set: [`Set`] is `Given`, [`Missing`] is not, so a call without the argument
/// does not compile.
#[diagnostic::on_unimplemented(
    message = "the required argument `{Name}` is not set",
    label = "needs the required argument `{Name}`",
    note = "a call is sent when all its required arguments are set, each by the method of its name"
)]
pub trait Given<Name>: sealed::State {}

impl<Name> Given<Name> for Set {}

mod sealed {
    pub trait State {}
    impl State for super::Set {}
}
