#!/usr/bin/env bash
# Speed of the visual-program language against CPython 3.11, on the same programs.
#
#   benchmarks/lang.sh [ROUNDS]        (default 7)
#
# Prints a Markdown table; docs/performance.md says what each row is. Both sides run in turns on one
# core (CORE, default 0), so that a machine that slows down hits both; PASSES (default 50) is how often
# each program is measured for each figure and round. Needs python3.11 (or PYTHON) and taskset.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --release -p fact-lang --example lang >&2
python=$("${PYTHON:-python3.11}" -c 'import sys; print(sys.executable)')
exec "$python" benchmarks/lang/compare.py "${1:-7}" "${PASSES:-50}" "${CORE:-0}" \
  "${CARGO_TARGET_DIR:-target}/release/examples/lang"
