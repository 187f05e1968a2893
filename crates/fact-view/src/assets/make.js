// Making elements. Text goes into the page as text only: what questions, answers and models write is
// never read as markup, and the policy of the page (trusted types) would refuse it.

/**
 * An element. `props` are attributes (`null` and `false` leave one out, `true` sets it empty), but for
 * `on`: handlers by event. Children are elements or texts; `null` and `false` are passed over.
 */
export function make(name, props = {}, ...children) {
  return filled(document.createElement(name), props, children);
}

/** The same in SVG. */
export function draw(name, props = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), props, children);
}

function filled(element, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (key === "on") {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  for (const child of children.flat(2)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === "object" ? child : String(child));
  }
  return element;
}

/** Foreign text, whose direction stays its own. */
export const foreign = (text) => make("bdi", {}, text);

/** A number with so many decimals. */
export const fixed = (number, decimals) => number.toFixed(decimals);

/** A count with its word. */
export const counted = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export const byId = (id) => document.getElementById(id);

/** One child of `root` is reached by Tab, the others by arrows, Home and End. */
export function rove(root) {
  const children = [...root.children];
  children.forEach((child, at) => child.setAttribute("tabindex", at ? "-1" : "0"));
  const move = (to) => {
    if (!to) return;
    for (const child of children) child.setAttribute("tabindex", child === to ? "0" : "-1");
    to.focus();
  };
  root.addEventListener("keydown", (event) => {
    const at = children.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: children.length - 1 }[event.key];
    if (to === undefined) return;
    move(children[to]);
    event.preventDefault();
  });
  return root;
}

/** Tells who listens to the page instead of seeing it. */
export function say(text) {
  const said = byId("said");
  // The same text twice is said twice only if it changes in between.
  said.textContent = said.textContent === text ? `${text}\u00a0` : text;
}

/** Shows what went wrong until something goes right. */
export function problem(error) {
  const place = byId("problem");
  place.hidden = !error;
  place.textContent = error ? String(error.message ?? error) : "";
}
