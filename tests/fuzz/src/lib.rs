//! The doors through which bytes of strangers come in, each as a function that must stand anything: what was found once
//! lies in `corpus` and is tried again by `cargo test`, `scripts/fuzz.sh` looks for more.

mod bodies;

/// A door and its name, which is also that of its folder in `corpus`.
pub type Door = (&'static str, fn(&[u8]));

pub const DOORS: [Door; 5] = [
    ("update", bot::doors::update),
    ("press", bot::doors::press),
    ("message", api::doors::message),
    ("alert", api::doors::alert),
    ("body", bodies::body),
];

/// Makes what the doors need, so that the first input is not slow because of it.
pub fn prepare() {
    bodies::prepare();
}

/// The door with this name.
pub fn door(name: &str) -> Option<fn(&[u8])> {
    DOORS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, door)| *door)
}
