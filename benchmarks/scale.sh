#!/usr/bin/env bash
# Samples a second and memory of `fact run` from 1,000 to 1,000,000 samples: scenes drawn in CLEVR's
# layout (benchmarks/scale.py), perception from annotations, the data set's own programs.
#
#   benchmarks/scale.sh [SAMPLES…]        default: 1000 10000 100000 1000000
#
# Needs Python 3 and about 8 kB of disk a sample; everything is written below $TMPDIR and removed.
# SIBLINGS=near|scattered draws questions that are asked of several scenes. FACT=FILE is the program to
# measure. One Markdown row a size. "Report" is what is left of the seconds without the sessions' own:
# opening, indexing, report. "Written" is what the process had the kernel write, again and again for the
# same page.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 1000 10000 100000 1000000
if [ -z "${FACT:-}" ]; then cargo build --release --quiet -p fact-cli; fi
fact=${FACT:-$PWD/target/release/fact}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo '| samples | seconds | report, s | samples/s | CPU ms a sample | peak memory, MiB | store, bytes a sample | written, bytes a sample |'
echo '|---|---|---|---|---|---|---|---|'
for samples in "$@"; do
    python3 benchmarks/scale.py "$folder/data" "$samples" --siblings "${SIBLINGS:-none}"
    python3 - "$fact" "$folder" "$samples" <<'PYTHON'
import os, resource, sqlite3, subprocess, sys, time
fact, folder, samples = sys.argv[1], sys.argv[2], int(sys.argv[3])
run = f"{folder}/run"
start = time.monotonic()
subprocess.run([fact, "run", "--data", f"clevr:{folder}/data", "--pack", "scene", "--perception", "scene",
                "--propose", "gold", "--out", run, "--quiet"], check=True)
seconds = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
size = sum(os.path.getsize(f"{run}/{name}") for name in os.listdir(run))
worked = sqlite3.connect(f"{run}/run.db").execute("SELECT sum(seconds) FROM sessions").fetchone()[0]
print(f"| {samples:,} | {seconds:.1f} | {seconds - worked:.1f} | {samples / seconds:.0f} "
      f"| {1000 * (used.ru_utime + used.ru_stime) / samples:.2f} | {used.ru_maxrss / 1024:.0f} "
      f"| {size / samples:.0f} | {512 * used.ru_oublock / samples:.0f} |", flush=True)
PYTHON
    rm -rf "$folder/data" "$folder/run"
done
