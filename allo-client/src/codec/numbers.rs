//! Integers as they are received: of any range, and perhaps written `3.0`.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A received integer; `None` if it is a fraction or out of range.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Whole(pub(crate) Option<i64>);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(WholeVisitor)
    }
}

struct WholeVisitor;

impl de::Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("i64")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Whole, E> {
        Ok(Whole(Some(number)))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Whole, E> {
        Ok(Whole(i64::try_from(number).ok()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Whole, E> {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        let fits = number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number);
        // The value is neither a fraction nor out of range, so nothing is truncated.
        #[allow(clippy::cast_possible_truncation, reason = "checked above")]
        Ok(Whole(fits.then_some(number as i64)))
    }
}
