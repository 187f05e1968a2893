#!/usr/bin/env bash
# The table of docs/faults.md: each fault, done to the real program, and what came of it.
#
#   benchmarks/faults.sh [TIMES] [SEED]   default: 200 kills (and 200 of every other random fault), seed 1
#
# PROFILE=--release for a release build. Needs /bin/sh and kill; setpriv and faketime for two of the rows.
set -euo pipefail
cd "$(dirname "$0")/.."
export FACT_FAULTS_TIMES=${1:-200} FACT_FAULTS_SEED=${2:-1}
FACT_FAULTS_TABLE=$(mktemp)
export FACT_FAULTS_TABLE
trap 'rm -f "$FACT_FAULTS_TABLE"' EXIT
cargo test ${PROFILE:-} --workspace --test faults -- --test-threads 1 >&2
echo '| fault | times | outcome |'
echo '|---|---|---|'
cat "$FACT_FAULTS_TABLE"
