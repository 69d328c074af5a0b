//! The type of a boxed future.

/// A future that is handed around.
pub type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'static>>;
