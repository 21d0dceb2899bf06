//! What a test failed with, for whoever looks after the test at what it leaves behind.

use std::{cell::RefCell, fmt::Display};

thread_local! {
    /// A test and all that it waits for itself are on one thread.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Remembers an error for as long as this thread lives, and hands it on.
pub fn failed<E: Display>(error: E) -> E {
    LAST.set(Some(format!("{error:#}")));
    error
}

/// The last error that was remembered on this thread; it is forgotten then.
pub fn last_failure() -> Option<String> {
    LAST.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_error_is_told_once_and_to_its_own_thread() {
        assert_eq!(last_failure(), None);
        assert_eq!(failed("the first"), "the first");
        failed("the second");
        assert_eq!(std::thread::spawn(last_failure).join().ok(), Some(None));
        assert_eq!(last_failure().as_deref(), Some("the second"));
        assert_eq!(last_failure(), None);
    }
}
