#!/usr/bin/env bash
# demo.sh [ARGS…]: builds what has changed, the dashboard and the binary at the same time, and runs `gad demo ARGS…`.
source "$(dirname "$0")/lib.sh"

# The dashboard's needs too: without Node it would stop only after minutes of compiling.
bash scripts/setup.sh build dashboard
bash scripts/dashboard.sh &
dashboard=$!
cargo build --locked --profile demo --bin gad || { kill "$dashboard" 2>/dev/null; exit 1; }
wait "$dashboard"
# Once more for the case that the dashboard was ready only after the crate that embeds it.
cargo build --quiet --locked --profile demo --bin gad
exec "${CARGO_TARGET_DIR:-target}/demo/gad" demo "$@"
