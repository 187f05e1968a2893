// The page: filters, list, sample, keys.

import { byId, counted, make, problem, say } from "./make.js";
import { List } from "./list.js";
import { get, keep } from "./server.js";
import { show } from "./sample.js";

/** Milliseconds after the last letter of a search. */
const PAUSE = 150;
/** Milliseconds between two looks at whether a run that goes on has grown. */
const LOOK = 5000;
/** The same until all samples were read once, which version 0 tells. */
const EARLY = 500;

const filters = byId("filters");
const place = byId("sample");
let open = null;
let loading = null;
let version = null;
let state = null;

const list = new List((row, byUser) => load(row, byUser));

async function load(row) {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  try {
    const sample = await get(`samples/${row.n}`, {}, mine.signal);
    open?.dispose();
    open = show(place, sample, { reviewed });
    open.n = sample.n;
    place.scrollTop = 0;
    problem(null);
    history.replaceState(null, "", `#${new URLSearchParams({ sample: sample.n })}`);
    document.title = `${sample.id} · Fact`;
    say(`${list.at + 1} of ${list.matched}: ${sample.question} ${sample.accepted ? "Accepted" : "Not accepted"}.`);
  } catch (error) {
    if (error.name !== "AbortError") problem(error);
  } finally {
    if (loading === mine) loading = null;
  }
}

async function reviewed(sample, review) {
  const kept = await keep(sample.n, { ...review, id: sample.id });
  sample.review = kept;
  list.update(sample.n, { review: kept?.standing ?? null });
  const told = { accept: "accepted", reject: "rejected" }[kept?.decision] ?? (kept ? "comment kept" : "review taken back");
  say(`${sample.id}: ${told}`);
  return kept;
}

function fields() {
  return Object.fromEntries([...new FormData(filters)].map(([name, value]) => [name, value.trim()]));
}

async function apply(options) {
  try {
    await list.filter(fields(), options);
    problem(null);
    say(byId("found").textContent);
  } catch (error) {
    problem(error);
  }
}

let timer = null;
filters.addEventListener("input", (event) => {
  clearTimeout(timer);
  timer = setTimeout(apply, event.target.type === "search" || event.target.type === "number" ? PAUSE : 0);
});
filters.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  apply({ first: true });
});
filters.addEventListener("reset", () => setTimeout(apply));

function describe(run) {
  const of = (name) => (run.settings[name] ?? "").replace(/^"|"$/g, "");
  const proposers = of("propose").replace(/[[\]"]/g, "");
  byId("run-settings").textContent = `${of("data")} · pack ${of("pack")} · perception ${of("perception")} · programs by ${proposers}`;
  byId("run-counts").textContent = `${counted(run.samples, "sample")}, ${run.accepted.toLocaleString("en")} accepted${run.state === "finished" ? "" : ` · ${run.state}`}`;
  const failures = filters.elements.failure;
  const chosen = failures.value;
  const stages = new Map();
  for (const [name, count] of run.failures) {
    const stage = name.split(":")[0];
    stages.set(stage, (stages.get(stage) ?? 0) + count);
  }
  const options = [...stages].map(([name, count]) => [name, `${name}: all (${count})`]);
  options.push(...run.failures.map(([name, count]) => [name, `${name} (${count})`]));
  options.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  failures.replaceChildren(
    make("option", { value: "" }, "any"),
    ...options.map(([value, text]) => make("option", { value }, text)),
  );
  failures.value = options.some(([name]) => name === chosen) ? chosen : "";
  for (const name of ["transfer"]) filters.elements[name].disabled = !run.transferred;
}

async function look() {
  try {
    const run = await get("run");
    if (version !== null && (run.version !== version || run.state !== state)) {
      describe(run);
      if (run.version !== list.version) await list.refresh();
    }
    ({ version, state } = run);
  } catch (error) {
    problem(error);
  }
}

const help = byId("help");
byId("help-open").addEventListener("click", () => help.showModal());

const KEYS = {
  j: () => list.move(1),
  k: () => list.move(-1),
  n: () => list.next().catch(problem),
  a: () => open?.decide("accept"),
  r: () => open?.decide("reject"),
  c: () => open?.comment(),
  "/": () => filters.elements.q.focus(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || help.open) return;
  const field = event.target.closest("input, textarea, select");
  if (event.key === "Escape") {
    if (field) field.blur();
    else open?.lights.release();
    return;
  }
  if (field) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

async function start() {
  try {
    const run = await get("run");
    describe(run);
    ({ version, state } = run);
  } catch (error) {
    problem(error);
    return;
  }
  const asked = Number(new URLSearchParams(location.hash.slice(1)).get("sample") ?? NaN);
  await apply({ ordinal: Number.isFinite(asked) ? asked : null, first: true });
  const again = async () => {
    if (!document.hidden) await look();
    setTimeout(again, version === 0 ? EARLY : LOOK);
  };
  setTimeout(again, version === 0 ? EARLY : LOOK);
}

start();
