//! What generated code is written against: a call, its answer, and the types of
//! their fields. Nothing here knows a particular operation.

pub(crate) mod call;
pub(crate) mod debug;
mod field;
mod limits;
mod list;
pub(crate) mod open_enum;
mod operation;
mod query;
mod response;

pub use call::Call;
pub use field::Field;
pub use list::{List, Malformed};
pub(crate) use limits::is_email;
pub(crate) use open_enum::open_enum;
pub use open_enum::{OpenEnum, Unrecognized};
pub use operation::{
    Body, FieldSpec, Kind, Method, Operation, Pagination, Place, RateClass, RetrySafety, Rule,
    TeammateTarget,
};
pub(crate) use response::Meta;
pub use response::Response;

pub use crate::pagination::PageInfo;

/// A future that is handed around.
pub type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'static>>;
