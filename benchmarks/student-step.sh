#!/usr/bin/env bash
# The training step of a student beside the same in PyTorch, on this machine, in one run.
# Needs a Python with torch and safetensors: PYTHON=… benchmarks/student-step.sh [STEPS]
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release -p fact-student --example step
"${PYTHON:-python3}" benchmarks/student-step.py target/release/examples/step "${1:-30}"
