//! The `gad` binary: composition and adapters.
