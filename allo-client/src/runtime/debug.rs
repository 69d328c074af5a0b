//! What generated `Debug` shows in place of values that may be personal: that
//! there is one, and how many, never which.

use std::fmt;

use super::{Field, List};

/// Stands for `value` in a `Debug` output.
pub(crate) const fn hidden<T: Conceal + ?Sized>(value: &T) -> Hidden<'_, T> {
    Hidden(value)
}

/// See [`hidden`].
pub(crate) struct Hidden<'a, T: ?Sized>(&'a T);

impl<T: Conceal + ?Sized> fmt::Debug for Hidden<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.conceal(f)
    }
}

/// A value that can be shown without its content.
pub(crate) trait Conceal {
    /// Writes that the value is there.
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl Conceal for str {}
impl Conceal for String {}
impl Conceal for serde_json::Value {}
impl<V> Conceal for serde_json::Map<String, V> {}
impl<K, V> Conceal for std::collections::HashMap<K, V> {}
impl<K, V> Conceal for std::collections::BTreeMap<K, V> {}

impl<T: Conceal> Conceal for Option<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.conceal(f),
            None => f.write_str("None"),
        }
    }
}

impl<T: Conceal> Conceal for Field<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.conceal(f),
            Self::Null => f.write_str("Null"),
            Self::Absent => f.write_str("Absent"),
        }
    }
}

impl<T> Conceal for [T] {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[<{} redacted>]", self.len())
    }
}

impl<T> Conceal for Vec<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().conceal(f)
    }
}

impl<T> Conceal for List<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).conceal(f)
    }
}

impl<T: Conceal> Conceal for Box<T> {
    fn conceal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).conceal(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_presence_is_shown() {
        let texts = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(format!("{:?}", hidden("secret")), "<redacted>");
        assert_eq!(format!("{:?}", hidden(&Field::<String>::Null)), "Null");
        assert_eq!(format!("{:?}", hidden(&Some("x".to_owned()))), "<redacted>");
        assert_eq!(format!("{:?}", hidden(&texts)), "[<2 redacted>]");
    }
}
