//! What bytes from outside meet first, and what must be true of whatever they are: for the fuzz targets (`tests/fuzz`).

use crate::{
    keyboards::Button,
    listener,
    receive::{Incoming, webhook},
};

/// The body of a webhook's request.
///
/// # Panics
/// When something is kept that did not come, or that PostgreSQL cannot keep.
pub fn update(bytes: &[u8]) {
    let Incoming::Ours(kept) = webhook::read(bytes) else {
        return;
    };
    assert!(
        !kept.kind.contains('\0') && !kept.payload.contains('\0'),
        "NUL is kept: {}",
        kept.payload
    );
    if let Err(reason) = listener::parse(&kept.payload) {
        assert!(!reason.is_empty(), "no reason: {}", kept.payload);
    }
}

/// The bytes of a pressed button.
///
/// # Panics
/// When a button is not written as it was read.
pub fn press(bytes: &[u8]) {
    let Ok(data) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Some(button) = Button::parse(data) {
        let again = Button::parse(&button.data());
        assert_eq!(again, Some(button), "{data:?}");
    }
}
