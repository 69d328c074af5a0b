//! Phone numbers that people write: `number` parses them into E.164, `region` is the region of those without a country
//! code, `rejection` the reason why one is refused. The number as a value is in `model`.

pub(crate) mod number;
pub(crate) mod region;
pub(crate) mod rejection;
