//! Reads a stream without a stream library, for the streams of this crate.

use std::pin::Pin;

use futures_core::Stream;

/// The next item; `None` after the last one.
pub(crate) async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

/// All items up to the end, or the first error.
pub(crate) async fn try_collect<S, T, E, C>(mut stream: S) -> Result<C, E>
where
    S: Stream<Item = Result<T, E>> + Unpin,
    C: Default + Extend<T>,
{
    let mut all = C::default();
    while let Some(item) = next(&mut stream).await {
        all.extend([item?]);
    }
    Ok(all)
}

/// Counts down to the end of a stream that was cut short by `take`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limit(Option<usize>);

impl Limit {
    /// Of several limits the lowest counts, as with adapters on top of each other.
    pub(crate) fn lower_to(&mut self, most: usize) {
        self.0 = Some(self.0.map_or(most, |limit| limit.min(most)));
    }

    /// How many more may be returned; `None` without a limit.
    pub(crate) const fn left(&self) -> Option<usize> {
        self.0
    }

    /// Counts an item that is returned.
    pub(crate) const fn count(&mut self) {
        if let Some(left) = self.0 {
            self.0 = Some(left.saturating_sub(1));
        }
    }

    /// Whether no item may be returned any more.
    pub(crate) const fn is_reached(&self) -> bool {
        matches!(self.0, Some(0))
    }
}
