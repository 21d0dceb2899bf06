//! Remembers panics by the thread that had them.

use std::{
    sync::{Mutex, Once, PoisonError},
    thread,
};

static SEEN: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Begins to remember, once in a process.
pub fn watch() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let name = thread::current().name().unwrap_or_default().to_owned();
            SEEN.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((name, panic.to_string()));
            usual(panic);
        }));
    });
}

/// The panics on threads of this name.
pub fn on(name: &str) -> Vec<String> {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    seen.iter()
        .filter(|(thread, _)| thread == name)
        .map(|(_, panic)| panic.clone())
        .collect()
}
