//! One way to take a lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock even when a holder panicked: one failed test thread must not fail all others.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
