//! A lock for each key. It is created when it is first taken and removed when nothing holds it or waits for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// The lock of one key.
type Lock = tokio::sync::Mutex<()>;

/// Holds the lock of one key until dropped.
pub(crate) type KeyedGuard = OwnedMutexGuard<()>;

/// Locks by key. Waiters get the lock in order of arrival.
#[derive(Debug)]
pub(crate) struct KeyedLock<K>(Mutex<HashMap<K, Weak<Lock>>>);

impl<K> Default for KeyedLock<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> KeyedLock<K> {
    /// Waits for the lock of a key.
    pub(crate) async fn lock(&self, key: &K) -> KeyedGuard {
        self.get(key).lock_owned().await
    }

    fn get(&self, key: &K) -> Arc<Lock> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(key).and_then(Weak::upgrade) {
            return lock;
        }
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(Lock::default());
        locks.insert(key.clone(), Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_is_for_one_key_and_forgotten_after_it() {
        let locks = KeyedLock::default();
        let held = locks.lock(&"marie").await;
        let _other = locks.lock(&"jonas").await;
        let second = locks.get(&"marie");
        assert!(second.try_lock().is_err());
        drop(held);
        assert!(second.try_lock().is_ok());
        drop(second);
        drop(locks.lock(&"me").await);
        assert_eq!(locks.0.lock().expect("whole").len(), 2);
    }
}
