#!/usr/bin/env bash
# bench.sh [ARGS…]: the release build and its figures, as a table and as JSON.
source "$(dirname "$0")/lib.sh"

compgen -G 'tests/it/src/bin/bench*' >/dev/null || die 'there is no benchmark program yet (tests/it/src/bin/bench)'
bash scripts/setup.sh build
bash scripts/dashboard.sh
cargo build --locked --release --bin gad
exec cargo run --quiet --locked --release --package it --bin bench -- "$@"
