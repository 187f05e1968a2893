#!/usr/bin/env bash
# Speed and memory of `fact run` on NLVR dev: from pixels, with the exemplar bank, all stages.
#
#   benchmarks/nlvr.sh [NLVR_DEV_FOLDER] [OPTIONS OF fact run, such as --limit 300]
#
# The folder is the one that holds dev.json and images/ (default: $FACT_DATA/nlvr/dev, or
# ../shared/data/nlvr/dev beside the project). Prints a Markdown table: the same run with one thread
# (the alternative) and with one per core, RUNS times each (default 3), taken in turns so that a
# machine that slows down hits both. Times are of the whole process, from its start to the written
# summary. Needs GNU time, or python3 in its place.
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${RUNS:-3}
data=${FACT_DATA:-../shared/data}/nlvr/dev
if [[ $# -gt 0 && $1 != -* ]]; then
  data=$1
  shift
fi
if [[ ! -f $data/dev.json ]]; then
  echo "error: no NLVR dev data at $data" >&2
  echo "hint: benchmarks/nlvr.sh FOLDER, or set FACT_DATA" >&2
  exit 2
fi

cargo build --locked --release -p fact-cli >&2
fact=${CARGO_TARGET_DIR:-target}/release/fact
cores=$(nproc)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Runs a command; prints "SECONDS KIB", its wall time and peak resident memory.
measure() {
  if /usr/bin/time -f '%e %M' true 2>/dev/null >&2; then
    /usr/bin/time -f '%e %M' -o "$work/measured" "$@"
    cat "$work/measured"
  else
    python3 - "$@" <<'PY'
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True)
seconds = time.perf_counter() - start
print(f"{seconds:.2f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
PY
  fi
}

run() {
  local threads=$1 number=$2
  shift 2
  rm -rf "$work/run"
  local measured
  measured=$(measure "$fact" run --quiet --data "nlvr:$data" --pack blocks --perception pixels \
    --propose bank --threads "$threads" --out "$work/run" "$@")
  cp "$work/run/summary.json" "$work/summary-$threads-$number"
  echo "$measured" >>"$work/threads-$threads"
}

variants=(1)
[[ $cores -gt 1 ]] && variants+=("$cores")
for ((number = 1; number <= runs; number++)); do
  for threads in "${variants[@]}"; do
    echo "run $number of $runs, $threads threads" >&2
    run "$threads" "$number" "$@"
  done
done
# The same results in every run, or the times compare different work.
for summary in "$work"/summary-*; do
  cmp -s "$work/summary-1-1" "$summary" || {
    echo "error: the runs gave different results" >&2
    exit 1
  }
done

samples=$(sed -n 's/^ *"samples": *\([0-9]*\).*/\1/p' "$work/summary-1-1" | head -n 1)
accepted=$(sed -n 's/^ *"accepted": *\([0-9]*\).*/\1/p' "$work/summary-1-1" | head -n 1)
echo "NLVR dev from pixels, bank: $samples samples, $accepted accepted; $runs runs each, $cores cores;"
echo "\`$("$fact" --version)\`, options: ${*:-none}. Median [least–greatest]."
echo
echo "| threads | wall, s | samples/s | peak memory, MiB | against 1 thread |"
echo "|---|---|---|---|---|"
for threads in "${variants[@]}"; do
  # Both variants ran in turns: the ratio is taken pair by pair.
  paste -d ' ' "$work/threads-$threads" "$work/threads-1" |
    awk -v n="$samples" -v threads="$threads" '
      { wall[NR] = $1; rate[NR] = n / $1; mib[NR] = $2 / 1024; ratio[NR] = $3 / $1 }
      function spread(a, f,    i, j, t, b, m) {
        for (i = 1; i <= NR; i++) b[i] = a[i]
        for (i = 1; i <= NR; i++)
          for (j = i + 1; j <= NR; j++)
            if (b[j] < b[i]) { t = b[i]; b[i] = b[j]; b[j] = t }
        m = NR % 2 ? b[(NR + 1) / 2] : (b[NR / 2] + b[NR / 2 + 1]) / 2
        return sprintf(f " [" f "–" f "]", m, b[1], b[NR])
      }
      END {
        printf "| %d | %s | %s | %s | %s |\n", threads, spread(wall, "%.2f"), spread(rate, "%.0f"),
          spread(mib, "%.0f"), spread(ratio, "%.2f×")
      }'
done
