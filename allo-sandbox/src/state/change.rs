//! A change to one value in a partial update, independent of its JSON.

/// Keep, clear or set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Change<T> {
    /// The field was absent.
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Change<T> {
    /// Applies the change to an optional value.
    pub(crate) fn apply(self, value: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *value = None,
            Self::Set(new) => *value = Some(new),
        }
    }

    /// Applies the change to a value with a default, such as a list.
    pub(crate) fn apply_or_default(self, value: &mut T)
    where
        T: Default,
    {
        match self {
            Self::Keep => {}
            Self::Clear => *value = T::default(),
            Self::Set(new) => *value = new,
        }
    }

    /// The new value, if there is one.
    pub(crate) fn set(&self) -> Option<&T> {
        match self {
            Self::Set(new) => Some(new),
            Self::Keep | Self::Clear => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_clears_and_sets() {
        let cases = [
            (Change::Keep, Some(1)),
            (Change::Clear, None),
            (Change::Set(2), Some(2)),
        ];
        for (change, expected) in cases {
            let mut value = Some(1);
            change.apply(&mut value);
            assert_eq!(value, expected, "{change:?}");
            let mut value = 1;
            change.apply_or_default(&mut value);
            assert_eq!(value, expected.unwrap_or_default(), "{change:?}");
        }
    }
}
