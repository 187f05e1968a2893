// The trace as a tree, after the pattern of the ARIA practices: one item is reached by Tab, the others by
// arrows. Branches are made when they are opened, so that a long trace costs what is seen of it.

import { foreign, make } from "./make.js";
import { key } from "./links.js";

/** Up to so many events, all branches are open at first; above, only those that the result depends on. */
const OPEN = 80;

/** The tree of a trace. */
export function tree(trace) {
  const children = new Map();
  for (const event of trace.events) {
    if (!children.has(event.parent)) children.set(event.parent, []);
    children.get(event.parent).push(event);
  }
  const open = (event) => trace.events.length <= OPEN || (event.used && !event.asked && trace.events.length <= 6 * OPEN);
  const root = make("ul", { role: "tree", "aria-label": "Trace", class: "tree" });
  const item = (event, level) => {
    const below = children.get(event.id) ?? [];
    const element = make(
      "li",
      {
        role: "treeitem",
        tabindex: -1,
        "aria-level": level,
        "aria-expanded": below.length ? "false" : null,
        "data-key": key.event(event.id),
        "data-event": event.id,
        class: [event.used ? "used" : "unused", event.asked ? "asked" : ""].join(" ").trim(),
      },
      make(
        "span",
        { class: "event" },
        make("span", { class: "number" }, event.line === null ? "" : `${event.line}`),
        make("span", { class: "what" }, foreign(event.text), event.used ? null : make("span", { class: "unseen" }, " (the answer does not depend on it)")),
      ),
    );
    element.below = below;
    element.level = level;
    if (below.length && open(event)) expand(element);
    return element;
  };
  const expand = (element) => {
    if (!element.below?.length || element.getAttribute("aria-expanded") === "true") return;
    element.setAttribute("aria-expanded", "true");
    element.append(make("ul", { role: "group" }, element.below.map((event) => item(event, element.level + 1))));
  };
  const collapse = (element) => {
    element.setAttribute("aria-expanded", "false");
    element.querySelector(":scope > ul")?.remove();
  };
  const move = (from, to) => {
    if (!to) return;
    from?.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  };
  const seen = () => [...root.querySelectorAll("li")];

  root.append(...(children.get(null) ?? []).map((event) => item(event, 1)));
  root.querySelector("li")?.setAttribute("tabindex", "0");

  root.addEventListener("keydown", (event) => {
    const here = event.target.closest("li");
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = seen();
    const at = all.indexOf(here);
    const up = here.parentElement.closest("li");
    const expanded = here.getAttribute("aria-expanded");
    if (event.key === "ArrowDown") move(here, all[at + 1]);
    else if (event.key === "ArrowUp") move(here, all[at - 1]);
    else if (event.key === "Home") move(here, all[0]);
    else if (event.key === "End") move(here, all[all.length - 1]);
    else if (event.key === "ArrowRight") {
      if (expanded === "false") expand(here);
      else if (expanded === "true") move(here, here.querySelector("li"));
    } else if (event.key === "ArrowLeft") {
      if (expanded === "true") collapse(here);
      else move(here, up);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("click", (event) => {
    const here = event.target.closest("li");
    if (!here) return;
    const current = root.querySelector('[tabindex="0"]');
    if (current !== here) current?.setAttribute("tabindex", "-1");
    here.setAttribute("tabindex", "0");
    if (event.target.closest(".number")) {
      if (here.getAttribute("aria-expanded") === "true") collapse(here);
      else expand(here);
    }
  });

  /** Opens what is above events, so that they can be seen. */
  root.reveal = (ids) => {
    const parents = new Map(trace.events.map((event) => [event.id, event.parent]));
    for (const id of ids) {
      const path = [];
      for (let up = parents.get(id); up != null; up = parents.get(up)) path.unshift(up);
      for (const up of path) {
        const element = root.querySelector(`[data-event="${up}"]`);
        if (element) expand(element);
      }
    }
  };
  return root;
}
