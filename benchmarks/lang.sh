#!/usr/bin/env bash
# Speed of the visual-program language against CPython 3.11, on the same programs.
#
#   benchmarks/lang.sh [ROUNDS]        (default 7)
#
# Prints a Markdown table; docs/performance.md says what each row is. Both sides run in turns on one
# core (CORE, default 0), so that a machine that slows down hits both; SECONDS_EACH (default 0.4) is
# how long each figure is measured in each round. Needs python3.11 (or PYTHON) and taskset.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --release -p fact-lang --example lang >&2
python=$("${PYTHON:-python3.11}" -c 'import sys; print(sys.executable)')
exec "$python" benchmarks/lang/compare.py "${1:-7}" "${SECONDS_EACH:-0.4}" "${CORE:-0}" \
  "${CARGO_TARGET_DIR:-target}/release/examples/lang"
