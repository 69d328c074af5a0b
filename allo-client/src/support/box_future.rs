//! The type of a boxed future.

/// A boxed future that is `Send`.
pub type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'static>>;
