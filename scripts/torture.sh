#!/usr/bin/env bash
# torture.sh [ARGS…]: the fault rig at full length on the release build, and the hostile tests with many cases; rig --help says which arguments there are.
source "$(dirname "$0")/lib.sh"

bash scripts/setup.sh build services dashboard
bash scripts/dashboard.sh
# The binary as it is shipped, without the demo.
cargo build --locked --release --no-default-features --bin gad
export GAD="${CARGO_TARGET_DIR:-$PWD/target}/release/gad"
# Servers of its own: it kills and freezes them.
torn=good
cargo run --quiet --locked --release --package rig --bin rig -- "$@" || torn=bad
# Anything at all at every door, many times as often as in the tests.
[ $# -gt 0 ] || PROPTEST_CASES=20000 cargo test --locked --release --package bot --package api --package gad hostile || torn=bad
# The same doors with what libFuzzer thinks of.
[ $# -gt 0 ] || bash scripts/fuzz.sh 60 || torn=bad
# What a million finished tasks cost, one measurement at a time; the figures stand beside their goals.
[ $# -gt 0 ] || bash scripts/with-services.sh cargo test --locked --release --package domain -- --ignored --test-threads=1 million || torn=bad
# What is too long for every day, such as every order in which things can happen to a broadcast.
[ $# -gt 0 ] || bash scripts/with-services.sh cargo test --locked --release --package domain -- --ignored --skip million || torn=bad
[ "$torn" = good ] || die 'something is broken'
