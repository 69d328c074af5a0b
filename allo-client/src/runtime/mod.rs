//! What generated code is written against: a call, its answer, and the types of
//! their fields. Nothing here knows a particular operation.

pub(crate) mod call;
mod field;
pub(crate) mod limits;
mod list;
pub(crate) mod open_enum;
pub(crate) mod operation;
mod query;
mod response;
mod sending;
pub(crate) mod structure;
pub(crate) mod wire;

pub use call::Call;
pub use field::Field;
pub(crate) use limits::is_email;
pub use list::{List, Malformed};
pub(crate) use open_enum::open_enum;
pub use open_enum::{OpenEnum, Unrecognized};
pub use operation::{
    Body, FieldSpec, Kind, Method, Operation, Pagination, Place, RateClass, RetrySafety, Rule,
    SuccessBody, TeammateTarget,
};
pub(crate) use response::Meta;
pub use response::{Quota, Response};
pub use sending::Sending;
pub(crate) use wire::{Name, Object, Problem, Record, Shape, Treat, Wire, record};

use crate::pagination::Count;
pub use crate::pagination::PageInfo;
pub(crate) use crate::pagination::fingerprints;

/// A count in a page's totals, whatever its generated type.
pub(crate) fn count(value: &impl Count) -> Option<u64> {
    value.count()
}

/// A future that is handed around.
pub type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'static>>;
