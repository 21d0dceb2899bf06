//! What bytes from outside meet first, and what must be true of whatever they are: for the fuzz targets (`tests/fuzz`).

use chrono::{DateTime, TimeDelta};
use domain::broadcast::TEXT_MOST;

use crate::{
    cap::{self, Wants},
    socket::said,
};

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

/// An alert of the Common Alerting Protocol.
///
/// # Panics
/// When it is refused without a reason, or becomes a draft that nobody could send or refer to.
pub fn alert(bytes: &[u8]) {
    let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_779);
    match cap::read(bytes, now) {
        Ok(taken) => {
            assert_eq!(taken.reference.split(',').count(), 3, "{taken:?}");
            if let Wants::Draft { new, .. } = &taken.wants {
                let length = new.text.iter().flat_map(|text| text.chars()).count();
                assert!((1..=TEXT_MOST).contains(&length), "{taken:?}");
            }
        }
        Err(refused) => assert!(!refused.reason.is_empty(), "no reason: {bytes:?}"),
    }
}
