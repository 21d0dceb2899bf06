//! libFuzzer at the door that `DOOR` names (`scripts/fuzz.sh`).
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static DOOR: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("DOOR").unwrap_or_default();
    fuzz::door(&name).unwrap_or_else(|| panic!("DOOR={name} is none of {:?}", fuzz::DOORS))
});

fuzz_target!(init: fuzz::prepare(), |bytes: &[u8]| DOOR(bytes));
