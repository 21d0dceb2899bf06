//! What bytes from outside meet first, and what must be true of whatever they are: for the fuzz targets (`tests/fuzz`).

use crate::socket::said;

/// A message on a socket.
///
/// # Panics
/// When it is refused without a reason.
pub fn message(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Err(complaint) = said::read(text) {
        assert!(!complaint.message.is_empty(), "no reason: {text:?}");
    }
}
