//! What generated code is written against: a call, its answer, and the types of
//! their fields. Nothing here knows a particular operation.

pub(crate) mod call;
pub(crate) mod codec;
mod field;
mod list;
pub(crate) mod open_enum;
pub(crate) mod operation;
mod request;
mod response;
mod sending;
pub(crate) mod structure;

pub use call::Call;
pub use field::Field;
pub use list::{List, Malformed};
pub(crate) use open_enum::open_enum;
pub use open_enum::{OpenEnum, Unrecognized};
pub use operation::{
    Body, FieldSpec, Kind, Method, Operation, Pagination, Place, RateClass, RetrySafety, Rule,
    SuccessBody, TeammateTarget,
};
#[cfg(feature = "power-dialer")]
pub(crate) use request::broken_limits;
pub(crate) use request::limits::is_email;
pub(crate) use response::{Meta, RequestId};
pub use response::{Quota, Response};
pub use sending::Sending;

use crate::pagination::Count;
pub use crate::pagination::PageInfo;
pub(crate) use crate::pagination::fingerprints;

/// A count in a page's totals, whatever its generated type.
pub(crate) fn count(value: &impl Count) -> Option<u64> {
    value.count()
}

/// A future that is handed around.
pub type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'static>>;
