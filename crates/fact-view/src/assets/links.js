// What belongs together: a sentence, its boxes, its events of the trace, its lines of the program.
// Whichever of them is pointed at or focused, the others light up; Enter or a click keeps them lit.

/** Keys of what can light up: `s0`, `b0.1` (sentence and box), `e17`, `l3`. */
const key = { step: (s) => `s${s}`, box: (s, b) => `b${s}.${b}`, event: (e) => `e${e}`, line: (l) => `l${l}` };

const same = (a, b) => a.image === b.image && a.box.every((x, i) => Math.abs(x - b.box[i]) < 0.5);

/** For each key the set of keys that light up with it, itself included. */
export function groups(sample) {
  const lit = new Map();
  const join = (a, b) => {
    if (!lit.has(a)) lit.set(a, new Set([a]));
    lit.get(a).add(b);
  };
  const both = (a, b) => {
    join(a, b);
    join(b, a);
  };
  const events = new Map((sample.trace?.events ?? []).map((event) => [event.id, event]));
  const steps = sample.rationale?.steps ?? [];
  for (const event of events.values()) {
    join(key.event(event.id), key.event(event.id));
    if (event.line !== null) both(key.event(event.id), key.line(event.line));
  }
  const sentenceBoxes = steps.flatMap((step, s) => step.boxes.map((box, b) => [key.box(s, b), box]));
  const at = new Map(sentenceBoxes);
  steps.forEach((step, s) => {
    // What two sentences speak of is one thing with two boxes in the same place.
    const boxes = sentenceBoxes.filter(([, box]) => step.boxes.some((own) => same(own, box))).map(([name]) => name);
    const lines = step.events.map((id) => events.get(id)?.line).filter((line) => line != null);
    const members = [key.step(s), ...boxes, ...step.events.map(key.event), ...lines.map(key.line)];
    for (const member of members) both(key.step(s), member);
    for (const box of boxes) {
      for (const member of members) if (!boxes.includes(member)) both(box, member);
      for (const other of boxes) if (same(at.get(box), at.get(other))) both(box, other);
    }
  });
  // An event whose value is in a box that a sentence has: the same thing.
  for (const event of events.values()) {
    for (const own of event.boxes ?? []) {
      for (const [name, box] of sentenceBoxes) if (same(own, box)) both(name, key.event(event.id));
    }
  }
  return lit;
}

export { key };

/** Lights up what belongs together within `root`, where elements have `data-key`. */
export class Lights {
  /** `changed` is called with the set of lit keys, and the key that they belong to, or `null`. */
  constructor(root, sample, changed) {
    this.root = root;
    this.groups = groups(sample);
    this.changed = changed;
    this.kept = null;
    this.now = null;
    const target = (event) => event.target.closest?.("[data-key]")?.dataset.key ?? null;
    root.addEventListener("pointerover", (event) => this.#light(target(event)));
    root.addEventListener("pointerleave", () => this.#light(null));
    root.addEventListener("focusin", (event) => this.#light(target(event)));
    root.addEventListener("focusout", () => this.#light(null));
    root.addEventListener("click", (event) => {
      if (target(event) && !event.target.closest("summary")) this.keep(target(event));
    });
    root.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && event.target.dataset?.key) {
        this.keep(event.target.dataset.key);
        event.preventDefault();
      }
    });
  }

  /** Keeps what belongs to a key lit, or lets go of it if it was kept. */
  keep(name) {
    this.kept = this.kept === name ? null : name;
    for (const element of this.root.querySelectorAll("[data-key][aria-pressed]")) {
      element.setAttribute("aria-pressed", element.dataset.key === this.kept ? "true" : "false");
    }
    this.now = undefined;
    this.#light(this.kept);
  }

  /** Lets go; tells whether anything was kept. */
  release() {
    if (this.kept === null) return false;
    this.keep(this.kept);
    return true;
  }

  #light(name) {
    const shown = name ?? this.kept;
    if (shown === this.now) return;
    this.now = shown;
    const lit = (shown && this.groups.get(shown)) || new Set(shown ? [shown] : []);
    for (const element of this.root.querySelectorAll("[data-key]")) {
      element.classList.toggle("lit", lit.has(element.dataset.key));
    }
    this.changed(lit, shown);
  }
}
