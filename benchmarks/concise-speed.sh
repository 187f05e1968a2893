#!/usr/bin/env bash
# Speed of slice, merge and bridge: rationales a second, against the interpreter's run and against
# deletions without a trace, and growth with the length of the trace.
#
#   benchmarks/concise-speed.sh [PASSES]        (default 3)
#
# The programs are the cases of docs/spec/*.md (or SPEC=FOLDER). Prints Markdown tables; docs/results.md
# says what each row is. One thread; times are of the processor, so other work on the machine counts
# little. Three passes take about four minutes of an idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --release -p fact-core --example concise >&2
exec "${CARGO_TARGET_DIR:-target}/release/examples/concise" "${SPEC:-docs/spec}" "${1:-3}"
