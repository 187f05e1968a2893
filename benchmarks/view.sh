#!/usr/bin/env bash
# How fast `fact view` is on a large run: until the first page of the list, for filters, for a sample,
# and, with node, Chromium and tests-browser/node_modules, what a person waits for in the browser.
#
#   benchmarks/view.sh [SAMPLES [ROUNDS]]
#
# Runs 400 drawn samples and multiplies the rows of the run until there are SAMPLES (100000): made up, but
# with real programs, traces and rationales. Prints the median and the spread of ROUNDS (5).
# WORK=DIR keeps the run and goes on with it. FACT=FILE is the program to measure.
set -euo pipefail
cd "$(dirname "$0")/.."

samples=${1:-100000}
rounds=${2:-5}
if [[ -z ${FACT:-} ]]; then
  cargo build --locked --release -p fact-cli >&2
fi
fact=${FACT:-${CARGO_TARGET_DIR:-target}/release/fact}
if [[ -n ${WORK:-} ]]; then
  work=$WORK
  mkdir -p "$work"
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
if [[ ! -f $work/run/run.db ]]; then
  "$fact" synth --out "$work/data" --samples 400 --quiet
  "$fact" run --data "synth:$work/data" --pack blocks --perception pixels --propose bank --quiet \
    --out "$work/run"
fi
python3 - "$fact" "$work" "$samples" "$rounds" <<'PY'
import json, sqlite3, statistics, subprocess, sys, time, urllib.request

fact, work, samples, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

store = sqlite3.connect(f"{work}/run/run.db")
count = lambda: store.execute("SELECT count(*) FROM samples").fetchone()[0]
shift = store.execute("SELECT max(ordinal) + 1 FROM samples").fetchone()[0]
columns = {
    table: [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
    for table in ["groups", "candidates", "samples", "verdicts", "outcomes", "rationales"]
}
copy = 1
while count() < samples:
    by = copy * 1_000_000
    for table, names in columns.items():
        moved = []
        for name in names:
            if name in ("ordinal", "grp"):
                moved.append(f"{name} + {by}")
            elif name == "id":
                moved.append(f"id || '-{copy}'")
            elif name == "sample":
                moved.append(f"json_set(sample, '$.id', id || '-{copy}')")
            else:
                moved.append(name)
        key = "grp" if "grp" in names and "ordinal" not in names else "ordinal"
        store.execute(
            f"INSERT OR IGNORE INTO {table} SELECT {', '.join(moved)} FROM {table} WHERE {key} < 1000000"
        )
    copy += 1
store.commit()
store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
size = store.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
total, explained = count(), store.execute("SELECT count(*) FROM rationales").fetchone()[0]
store.close()
print(f"{total} samples, {explained} rationales, {size / 1e6:.0f} MB, {rounds} rounds")

times = {}
def timed(name, do):
    start = time.monotonic()
    value = do()
    times.setdefault(name, []).append(1000 * (time.monotonic() - start))
    return value

def open_viewer():
    server = subprocess.Popen([fact, "view", f"{work}/run"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return server, server.stdout.readline().strip()

kilobytes = []
for round in range(rounds):
    begun = time.monotonic()
    server, url = open_viewer()
    address, token = url.split("/#token=")
    def get(path):
        request = urllib.request.Request(f"{address}/api/{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)
    get("samples?count=100")
    times.setdefault("start to first page of the list", []).append(1000 * (time.monotonic() - begun))
    # The whole list is still being read.
    timed("page in the middle, early", lambda: get("samples?from=50000&count=100"))
    timed("first filter, until all is read", lambda: get("samples?accepted=no"))
    # Each filter once: the second time its result is still there.
    timed("page in the middle", lambda: get("samples?from=50000&count=100"))
    timed("filter: accepted", lambda: get("samples?accepted=yes"))
    timed("filter: level, confidence and length", lambda: get("samples?level=V2&confidence_min=0.5&length_min=20"))
    timed("search: one word", lambda: get("samples?q=yellow"))
    timed("search: three words", lambda: get("samples?q=tower+yellow+block"))
    timed("search: nothing found", lambda: get("samples?q=zebra"))
    timed("order by confidence", lambda: get("samples?order=confidence"))
    ordinals = [row["n"] for row in get("samples?accepted=yes&count=20")["rows"]]
    for n in ordinals:
        timed("a sample with its trace", lambda: get(f"samples/{n}"))
    with open(f"/proc/{server.pid}/status") as status:
        kilobytes.append(next(int(line.split()[1]) for line in status if line.startswith("VmRSS")))
    server.terminate()
    server.wait()
for name, took in times.items():
    print(f"{name:38} {statistics.median(took):8.1f} ms ({min(took):.1f} to {max(took):.1f})")
print(f"{'memory':38} {statistics.median(kilobytes) / 1024:8.0f} MiB")
PY
if command -v node >/dev/null && [[ -d tests-browser/node_modules ]]; then
  coproc viewer { exec "$fact" view "$work/run" 2>/dev/null; }
  read -r url <&"${viewer[0]}"
  (cd tests-browser && node speed.mjs "$url")
  kill -INT "$viewer_PID"
fi
