#!/usr/bin/env bash
# How busy a run keeps a server with a fixed latency and a number of places, and what the run takes
# beyond what the server needs at the least. One Markdown row a setting.
#
#   benchmarks/utilisation.sh [QUESTIONS,PLACES,MILLISECONDS…]
#
# Eight completions are asked for a question. PROFILE= for a debug build.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 200,16,200 200,32,500 100,64,1000
echo '| requests | places | ms | busy | least s | s | more | s with start and report |'
echo '|---|---|---|---|---|---|---|---|'
for setting in "$@"; do
    FACT_UTILISATION=$setting cargo test ${PROFILE---release} --quiet --workspace --test utilisation -- --nocapture 2>&1 \
        | grep '^| '
done
