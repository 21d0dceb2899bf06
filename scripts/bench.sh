#!/usr/bin/env bash
# bench.sh [FILE]: the release build and its figures on both databases, as a table and as JSON in FILE.
source "$(dirname "$0")/lib.sh"

compgen -G 'tests/it/src/bin/bench*' >/dev/null || die 'there is no benchmark program yet (tests/it/src/bin/bench)'
bash scripts/setup.sh build services dashboard
bash scripts/dashboard.sh
# The binary as it is shipped, without the demo.
cargo build --locked --release --no-default-features --bin gad
# Ten thousand sockets have two ends here.
ulimit -n "$(ulimit -Hn)"
export GAD="${CARGO_TARGET_DIR:-$PWD/target}/release/gad"
exec bash scripts/with-services.sh cargo run --quiet --locked --release --package it --bin bench -- "$@"
