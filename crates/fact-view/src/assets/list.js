// The list of samples: only the rows in sight are in the page, however many there are.

import { byId, counted, fixed, foreign, make, problem } from "./make.js";
import { get } from "./server.js";

/** Height of a row, as in style.css. */
const ROW = 60;
/** Rows that are asked for at once. */
const PAGE = 100;
/** Rows above and below what is in sight. */
const AROUND = 8;
/** Tallest element that browsers lay out well; a longer list is scrolled in larger steps. */
const TALLEST = 8_000_000;

export class List {
  /** `chosen` is called with a row, and whether the user chose it. */
  constructor(chosen) {
    this.box = byId("list");
    this.rows = byId("rows");
    this.chosen = chosen;
    this.pages = new Map();
    this.matched = 0;
    this.samples = 0;
    this.at = -1;
    this.ordinal = null;
    this.fields = {};
    this.version = null;
    this.epoch = 0;
    this.box.addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#soon()).observe(this.box);
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.rows.addEventListener("click", (event) => {
      const row = event.target.closest("[data-at]");
      if (row) this.choose(Number(row.dataset.at), true);
    });
  }

  /** Lists what `fields` take; the sample that was chosen stays chosen if it is among them. */
  async filter(fields, { ordinal = this.ordinal, first = false } = {}) {
    this.fields = fields;
    const epoch = ++this.epoch;
    const found = await get("samples", { ...fields, from: 0, count: PAGE, at: ordinal });
    if (epoch !== this.epoch) return;
    this.pages = new Map([[0, found.rows]]);
    this.#took(found);
    this.at = found.at ?? -1;
    this.#height();
    if (this.at >= 0) {
      await this.#need(this.at);
      this.#show(this.at);
    } else {
      this.box.scrollTop = 0;
    }
    this.draw();
    if (this.at >= 0 && first) this.choose(this.at, false);
    else if (this.at < 0 && first && this.matched) this.choose(0, false);
  }

  /** Lists the same anew if the run or its reviews have changed. */
  async refresh() {
    const epoch = ++this.epoch;
    const top = this.#first();
    const from = Math.floor(top / PAGE) * PAGE;
    const found = await get("samples", { ...this.fields, from, count: PAGE, at: this.ordinal });
    if (epoch !== this.epoch) return;
    this.pages = new Map([[from / PAGE, found.rows]]);
    this.#took(found);
    this.at = found.at ?? -1;
    this.#height();
    this.draw();
  }

  #took(found) {
    this.matched = found.matched;
    this.samples = found.samples;
    this.version = found.version;
    byId("found").textContent =
      found.matched === found.samples
        ? counted(found.samples, "sample")
        : `${found.matched.toLocaleString("en")} of ${counted(found.samples, "sample")}`;
  }

  row(at) {
    return this.pages.get(Math.floor(at / PAGE))?.[at % PAGE];
  }

  /** Says anew what is known of a row. */
  update(ordinal, change) {
    for (const page of this.pages.values()) {
      for (const row of page) if (row.n === ordinal) Object.assign(row, change);
    }
    this.draw();
  }

  /** Chooses the row at a place. */
  async choose(at, byUser) {
    if (!this.matched) return;
    const place = Math.max(0, Math.min(this.matched - 1, at));
    const epoch = this.epoch;
    try {
      await this.#need(place);
    } catch (error) {
      problem(error);
      return;
    }
    const row = this.row(place);
    if (epoch !== this.epoch || !row) return;
    this.at = place;
    this.ordinal = row.n;
    this.#show(place);
    this.draw();
    this.chosen(row, byUser);
  }

  move(by) {
    return this.choose(this.at < 0 ? 0 : this.at + by, true);
  }

  /** Chooses the next sample that nobody reviewed. */
  async next() {
    for (let at = this.at + 1; at < this.matched; at += 1) {
      await this.#need(at);
      const row = this.row(at);
      if (row && !row.review) return this.choose(at, true);
    }
    return undefined;
  }

  async #need(at) {
    const page = Math.floor(at / PAGE);
    if (this.pages.has(page)) return;
    const epoch = this.epoch;
    this.waiting ??= new Map();
    const key = `${epoch}/${page}`;
    if (!this.waiting.has(key)) {
      const asked = get("samples", { ...this.fields, from: page * PAGE, count: PAGE });
      this.waiting.set(key, asked);
      asked.then(
        (found) => {
          if (epoch === this.epoch) this.pages.set(page, found.rows);
          // A list is looked at around one place: pages far from it are forgotten.
          if (this.pages.size > 60) this.pages.delete(this.pages.keys().next().value);
        },
        () => {},
      ).finally(() => this.waiting.delete(key));
    }
    await this.waiting.get(key);
  }

  // Where the list is longer than an element may be tall, a place in it is a share of the scroll bar.

  #tall() {
    return this.matched * ROW;
  }

  #height() {
    this.rows.style.height = `${Math.min(this.#tall(), TALLEST)}px`;
  }

  #first() {
    const free = this.rows.offsetHeight - this.box.clientHeight;
    if (this.#tall() <= TALLEST || free <= 0) return Math.floor(this.box.scrollTop / ROW);
    const last = this.matched - this.box.clientHeight / ROW;
    return Math.floor((this.box.scrollTop / free) * last);
  }

  #show(at) {
    const seen = Math.floor(this.box.clientHeight / ROW);
    const first = this.#first();
    if (at > first && at < first + seen - 1) return;
    const top = at <= first ? at : Math.max(0, at - seen + 2);
    if (this.#tall() <= TALLEST) {
      this.box.scrollTop = at <= first ? at * ROW : (at + 1) * ROW - this.box.clientHeight + ROW / 2;
    } else {
      const free = this.rows.offsetHeight - this.box.clientHeight;
      this.box.scrollTop = (top / (this.matched - this.box.clientHeight / ROW)) * free;
    }
  }

  #soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  /** Puts the rows in sight into the page. */
  draw() {
    const first = this.#first();
    const exact = this.#tall() <= TALLEST;
    const offset = exact ? 0 : this.box.scrollTop - first * ROW;
    const seen = Math.ceil(this.box.clientHeight / ROW);
    const from = Math.max(0, first - AROUND);
    const to = Math.min(this.matched, first + seen + AROUND);
    const rows = [];
    for (let at = from; at < to; at += 1) {
      const row = this.row(at);
      if (!row) {
        this.#need(at).then(() => this.#soon(), problem);
      }
      const element = rowElement(row, at, at === this.at, this.matched);
      element.style.top = `${at * ROW + offset}px`;
      rows.push(element);
    }
    this.rows.replaceChildren(...rows);
    if (this.at >= from && this.at < to) {
      this.box.setAttribute("aria-activedescendant", `row-${this.at}`);
    } else {
      this.box.removeAttribute("aria-activedescendant");
    }
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.key in steps) this.move(steps[event.key]);
    else if (event.key === "Home") this.choose(0, true);
    else if (event.key === "End") this.choose(this.matched - 1, true);
    else return;
    event.preventDefault();
  }
}

const REVIEWS = {
  accepted: ["✓", "accepted by a person"],
  rejected: ["✗", "rejected by a person"],
  commented: ["✎", "commented"],
  out_of_date: ["…", "review out of date"],
};

function rowElement(row, at, selected, matched) {
  const props = {
    id: `row-${at}`,
    class: "row",
    role: "option",
    "data-at": at,
    "aria-selected": selected ? "true" : "false",
    "aria-posinset": at + 1,
    "aria-setsize": matched,
  };
  if (!row) return make("div", props, make("span", { class: "soft" }, "…"));
  const result = row.accepted ? row.level : (row.failure ?? "not accepted");
  const facts = [
    row.confidence === null ? null : `${Math.round(100 * row.confidence)} %`,
    row.tokens === null ? null : `${row.tokens} tokens`,
    row.lift === null ? null : `lift ${row.lift > 0 ? "+" : ""}${fixed(row.lift, 2)}`,
  ];
  const [mark, meaning] = REVIEWS[row.review] ?? [];
  return make(
    "div",
    props,
    make("span", { class: "question" }, foreign(row.question)),
    make(
      "span",
      { class: "facts" },
      mark && make("span", { class: `review ${row.review}` }, mark, make("span", { class: "unseen" }, ` ${meaning} `)),
      make("span", { class: row.accepted ? "good" : "bad" }, result),
      facts.filter(Boolean).map((fact) => [" ", make("span", {}, fact)]),
      " ",
      make("span", { class: "id" }, foreign(row.id)),
    ),
  );
}
