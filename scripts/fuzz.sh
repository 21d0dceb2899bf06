#!/usr/bin/env bash
# fuzz.sh [SECONDS]: libFuzzer at every door of tests/fuzz, guided by coverage, this long at each (default 60).
# No input may take a second.
# What breaks a door is left in tests/fuzz/corpus, so that `make test` tries it from then on.
source "$(dirname "$0")/lib.sh"

seconds=${1:-60}
host=$(rustc -vV | sed -n 's/^host: //p')
# libFuzzer is C++. Before the flags below: nothing else may be built with them.
bash scripts/setup.sh fuzz
folder="${CARGO_TARGET_DIR:-$PWD/target}/fuzz"
# What cargo-fuzz passes without a sanitizer: edges are counted, comparisons are seen. `--target` keeps it away from build scripts.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
  -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions"
CARGO_TARGET_DIR=$folder cargo build --locked --profile demo --package fuzz --features libfuzzer --bin fuzz --target "$host"

stood=yes
for corpus in tests/fuzz/corpus/*/; do
  door=$(basename "$corpus")
  # What it learns stays out of the repository; only what breaks comes in.
  mkdir -p "$folder/$door"
  say "== fuzz $door, $seconds s"
  DOOR=$door "$folder/$host/demo/fuzz" -max_total_time="$seconds" -max_len=4096 -timeout=1 -report_slow_units=1 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$corpus" "$folder/$door" "$corpus" 2>"$folder/$door.log" || stood=no
  # Its alarm looks once a second: what began just after one look is told by this line only.
  if grep -q '^Slowest unit' "$folder/$door.log"; then stood=no; fi
  grep -E '^stat::(number_of_executed_units|new_units_added|peak_rss_mb)|SUMMARY|panicked|^Slowest unit' "$folder/$door.log" >&2 || true
done
[ "$stood" = yes ] || die "a door did not stand: tests/fuzz/corpus has the bytes, $folder the logs"
