//! Removes entries from a queue, by the filters that the API accepts together.

use std::fmt;
use std::future::IntoFuture;

use crate::error::Error;
use crate::generated::builder;
use crate::model::phone_number::PhoneNumber;
use crate::support::box_future::BoxFuture;
use crate::transport::call_options::CallOptions;
use crate::transport::response::Response;

/// Which entries of a queue to remove. `Debug` does not show numbers.
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Clear(Filter);

#[derive(Clone, PartialEq, Eq)]
enum Filter {
    Unassigned,
    Number(PhoneNumber),
    Position(u64),
    NumberAt(PhoneNumber, u64),
}

impl Clear {
    /// Every entry that has not been dialled.
    pub const fn unassigned() -> Self {
        Self(Filter::Unassigned)
    }

    /// Every entry with this number, preferably in E.164.
    pub fn number(number: impl Into<PhoneNumber>) -> Self {
        Self(Filter::Number(number.into()))
    }

    /// The entry at this position, counted from 0.
    pub const fn position(position: u64) -> Self {
        Self(Filter::Position(position))
    }

    /// The entry at this position, if it has this number.
    pub fn number_at(number: impl Into<PhoneNumber>, position: u64) -> Self {
        Self(Filter::NumberAt(number.into(), position))
    }
}

impl fmt::Debug for Clear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Filter::Unassigned => "Clear::unassigned",
            Filter::Number(_) => "Clear::number",
            Filter::Position(_) => "Clear::position",
            Filter::NumberAt(..) => "Clear::number_at",
        })
    }
}

/// A removal that has not been sent; await it, or call [`send`](Self::send).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct ClearNumbers(builder::power_dialer::ClearDialingQueueNumbers);

impl ClearNumbers {
    pub(super) fn new(
        builder: builder::power_dialer::ClearDialingQueueNumbers,
        clear: Clear,
    ) -> Self {
        Self(match clear.0 {
            Filter::Unassigned => builder.unassigned(true),
            Filter::Number(number) => builder.number(number),
            Filter::Position(position) => builder.position(position),
            Filter::NumberAt(number, position) => builder.number(number).position(position),
        })
    }

    /// Changes the options of this call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.0 = self.0.options(change);
        self
    }

    /// Removes the entries and returns their number.
    ///
    /// # Errors
    ///
    /// If there is no queue or no entry at the position ([`Error::is_not_found`]), or as for every call.
    pub async fn send(self) -> Result<Response<i64>, Error> {
        let response = self.0.send().await?;
        Ok(response.map(|cleared| cleared.removed))
    }
}

impl IntoFuture for ClearNumbers {
    type Output = Result<Response<i64>, Error>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
