// One sample: question, picture, sentences, program, trace, candidates, review.

import { counted, draw, fixed, foreign, make, problem, rove } from "./make.js";
import { key, Lights } from "./links.js";
import { picture } from "./server.js";
import { tree } from "./tree.js";

const KINDS = { evidence: "seen", inference: "follows", bridge: "means" };

/** Fills `root` with a sample. Returns `{ lights, comment, decide, dispose }`. */
export function show(root, sample, { reviewed }) {
  const ends = new AbortController();
  const figures = pictures(sample, ends.signal);
  const trace = sample.trace && tree(sample.trace);
  const review = reviewForm(sample, reviewed);
  const parts = [
    head(sample),
    review.element,
    make(
      "div",
      { class: "columns" },
      make("div", {}, figures.element, sentences(sample)),
      make("div", {}, program(sample), traceSection(sample, trace)),
    ),
    candidates(sample),
    transfers(sample),
    stages(sample),
  ];
  root.replaceChildren(...parts.filter(Boolean));
  const lights = new Lights(root.querySelector(".columns"), sample, (lit, name) => {
    figures.light(lit, name, sample);
    const kept = [...lit].filter((name) => name.startsWith("e")).map((name) => Number(name.slice(1)));
    if (name && !name.startsWith("e") && trace) {
      trace.reveal(kept);
      for (const id of kept) trace.querySelector(`[data-event="${id}"]`)?.classList.add("lit");
      bringInto(trace, trace.querySelector(".lit > .event"));
    }
  });
  return {
    lights,
    comment: () => review.comment.focus(),
    decide: review.decide,
    dispose: () => {
      ends.abort();
      figures.dispose();
    },
  };
}

/** Scrolls within `box`, and nothing around it, until `element` can be seen. */
function bringInto(box, element) {
  if (!element) return;
  const [outer, inner] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
  if (inner.top >= outer.top && inner.bottom <= outer.bottom) return;
  box.scrollTop += inner.top - outer.top - outer.height / 4;
}

function head(sample) {
  const verdict = sample.accepted ? "accepted" : `not accepted${sample.failure ? `: ${sample.failure}` : ""}`;
  const answer = sample.answers.length ? sample.answers.join(" / ") : "none given";
  const facts = [
    ["Answer", answer],
    ["Predicted", sample.predicted ?? "nothing"],
    ["Level", sample.level ?? "none"],
    ["Confidence", sample.confidence === null ? "none" : `${fixed(100 * sample.confidence, 0)} %`],
    sample.choices.length ? ["Choices", sample.choices.join(" / ")] : null,
  ].filter(Boolean);
  return make(
    "header",
    { class: "head" },
    make("p", { class: "id soft" }, foreign(sample.id)),
    make("h2", {}, foreign(sample.question)),
    make("p", {}, make("span", { class: `verdict ${sample.accepted ? "good" : "bad"}` }, foreign(verdict))),
    make("dl", { class: "facts" }, facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, foreign(value))))),
  );
}

// Review

const STANDINGS = {
  accepted: "You or somebody accepted it.",
  rejected: "You or somebody rejected it.",
  commented: "There is a comment and no decision.",
  out_of_date: "The review is of an earlier text; it counts for nothing.",
};

function reviewForm(sample, reviewed) {
  let current = sample.review;
  let busy = Promise.resolve();
  const state = make("p", { class: "state soft", id: "review-state" });
  const button = (decision, label, shortcut) =>
    make(
      "button",
      { type: "button", class: decision, "aria-pressed": "false", "aria-keyshortcuts": shortcut, on: { click: () => decide(decision) } },
      label,
      " ",
      make("kbd", { "aria-hidden": "true" }, shortcut),
    );
  const accept = button("accept", "Accept", "a");
  const reject = button("reject", "Reject", "r");
  const comment = make("textarea", { id: "comment", rows: 1, maxlength: 4000, "aria-keyshortcuts": "c", placeholder: "Comment (c)" });
  const save = make("button", { type: "submit" }, "Keep comment");
  const paint = () => {
    const stale = current?.standing === "out_of_date";
    const decision = stale ? null : current?.decision;
    accept.setAttribute("aria-pressed", decision === "accept" ? "true" : "false");
    reject.setAttribute("aria-pressed", decision === "reject" ? "true" : "false");
    const when = current ? ` ${new Date(1000 * current.at).toLocaleString()}` : "";
    state.textContent = current ? `${STANDINGS[current.standing]}${when}` : "Not reviewed.";
  };
  const keep = (change) => {
    // One after the other: the second of two quick keys builds on the first.
    busy = busy.then(async () => {
      const stale = current?.standing === "out_of_date";
      const next = { decision: (!stale && current?.decision) || null, comment: current?.comment ?? "", ...change(current) };
      try {
        current = await reviewed(sample, next);
        problem(null);
        paint();
      } catch (error) {
        problem(error);
      }
    });
    return busy;
  };
  const decide = (decision) =>
    keep((now) => {
      const on = now?.decision === decision && now.standing !== "out_of_date";
      return { decision: on ? null : decision, comment: comment.value };
    });
  comment.value = current?.comment ?? "";
  const form = make(
    "form",
    {
      class: "judge",
      "aria-label": "Review",
      on: {
        submit: (event) => {
          event.preventDefault();
          keep(() => ({ comment: comment.value }));
        },
        keydown: (event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            keep(() => ({ comment: comment.value })).then(() => comment.blur());
          }
        },
      },
    },
    make("div", { class: "decide" }, accept, reject),
    make("div", { class: "say" }, make("label", { for: "comment", class: "unseen" }, "Comment"), comment, save),
    state,
  );
  paint();
  return { element: form, comment, decide };
}

// Pictures and boxes

function pictures(sample, signal) {
  const urls = [];
  const layers = sample.images.map(() => ({ fixed: null, passing: null }));
  const figures = sample.images.map((image, index) => {
    const name = sample.images.length > 1 ? `Image ${index + 1} of ${sample.images.length}` : "Image";
    const frame = make("div", { class: "frame" }, make("p", { class: "empty" }, "Loading the image…"));
    const figure = make("figure", {}, frame, make("figcaption", { class: "soft" }, `${name}: `, foreign(image.name)));
    picture(sample.n, index, signal).then(
      (got) => {
        urls.push(got.url);
        const [width, height] = image.seen ?? [got.width, got.height];
        const shown = make("img", { src: got.url, alt: `${name} of the sample, ${width} × ${height} pixels`, width, height });
        const overlay = draw("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
        layers[index].fixed = draw("g");
        layers[index].passing = draw("g");
        overlay.append(layers[index].fixed, layers[index].passing);
        for (const [name, box] of boxesOf(sample, index)) layers[index].fixed.append(rectangle(box, width, height, { "data-key": name }));
        // Small pictures are shown larger, none higher than most of the window.
        frame.style.width = `min(100%, ${Math.max(width, Math.min(2 * width, 800))}px, ${(60 * width) / height}vh)`;
        frame.replaceChildren(shown, overlay);
        if (image.seen && image.seen[2] && image.seen[2] !== got.sha256) {
          figure.append(make("p", { class: "warning" }, "This is not the picture that the run saw: the file has changed since."));
        }
      },
      (error) => {
        if (error.name === "AbortError") return;
        frame.replaceChildren(make("p", { class: "empty", role: "note" }, "No picture: ", foreign(error.message)));
      },
    );
    return figure;
  });
  const legend = boxesOf(sample, null);
  const element = make(
    "section",
    { "aria-labelledby": "images-title", class: "pictures" },
    make("h3", { id: "images-title" }, sample.images.length === 1 ? "Image" : "Images"),
    figures,
    legend.length > 0 &&
      make(
        "ul",
        { class: "boxes", "aria-label": "Boxes" },
        legend.map(([name, box]) =>
          make(
            "li",
            {},
            make("button", { type: "button", "data-key": name, "aria-pressed": "false", title: box.box.map(Math.round).join(", ") }, foreign(box.name)),
          ),
        ),
      ),
  );
  return {
    element,
    // Boxes of events that no sentence has are drawn while they are pointed at.
    light: (lit, name) => {
      for (const layer of layers) layer.passing?.replaceChildren();
      if (!name?.startsWith("e") && !name?.startsWith("l")) return;
      for (const event of sample.trace?.events ?? []) {
        if (!lit.has(key.event(event.id))) continue;
        for (const box of event.boxes ?? []) {
          const layer = layers[box.image]?.passing;
          const view = layer?.ownerSVGElement?.viewBox.baseVal;
          if (layer) layer.append(rectangle(box, view.width, view.height, { class: "lit passing" }));
        }
      }
    },
    dispose: () => urls.forEach((url) => URL.revokeObjectURL(url)),
  };
}

/** Boxes of sentences with their keys: of an image, or the first of each place of all. */
function boxesOf(sample, image) {
  const all = (sample.rationale?.steps ?? []).flatMap((step, s) => step.boxes.map((box, b) => [key.box(s, b), box]));
  if (image !== null) return all.filter(([, box]) => box.image === image);
  const known = new Set();
  return all.filter(([, box]) => {
    const place = `${box.image} ${box.box} ${box.name}`;
    return !known.has(place) && known.add(place);
  });
}

function rectangle({ box: [left, top, right, bottom] }, width, height, props) {
  const within = (x, most) => Math.max(0, Math.min(most, x));
  const [x, y] = [within(left, width), within(top, height)];
  return draw("rect", { x, y, width: Math.max(0, within(right, width) - x), height: Math.max(0, within(bottom, height) - y), ...props });
}

// Sentences

function sentences(sample) {
  const title = make("h3", { id: "rationale-title" }, "Rationale");
  if (!sample.rationale) {
    return make("section", { "aria-labelledby": "rationale-title" }, title, make("p", { class: "soft" }, "There is none."));
  }
  const step = (step, s) =>
    make(
      "li",
      {},
      make(
        "button",
        { type: "button", class: "sentence", "data-key": key.step(s), "aria-pressed": "false" },
        make("span", { class: "kind soft" }, KINDS[step.kind] ?? step.kind),
        make("span", {}, foreign(step.text)),
      ),
    );
  const { bridge } = sample;
  return make(
    "section",
    { "aria-labelledby": "rationale-title" },
    title,
    make("ol", { class: "sentences" }, sample.rationale.steps.map(step)),
    make("p", { class: "conclusion" }, foreign(sample.rationale.conclusion)),
    bridge &&
      make(
        "details",
        {},
        make("summary", {}, `A language model's text: ${bridge.verdict}`),
        make("p", { class: "soft" }, foreign(bridge.model)),
        make("p", {}, foreign(bridge.text)),
        bridge.differences.length > 0 && make("ul", {}, bridge.differences.map((text) => make("li", {}, "it ", foreign(text)))),
      ),
  );
}

// Program and trace

function program(sample) {
  const title = make("h3", { id: "program-title" }, "Program");
  if (!sample.program) {
    return make("section", { "aria-labelledby": "program-title" }, title, make("p", { class: "soft" }, "None was chosen."));
  }
  const line = ({ text, kept }, at) =>
    make(
      "li",
      { class: kept ? "kept" : "cut", "data-key": key.line(at + 1) },
      make("code", {}, text === "" ? " " : foreign(text)),
      make("span", { class: "unseen" }, kept ? "" : " (not in the slice)"),
    );
  const kept = sample.program.lines.filter((l) => l.kept).length;
  return make(
    "section",
    { "aria-labelledby": "program-title" },
    title,
    make("p", { class: "soft" }, `The slice, which the answer needs, is marked: ${kept} of ${counted(sample.program.lines.length, "line")}.`),
    rove(make("ol", { class: "program", "aria-label": "Lines of the program" }, sample.program.lines.map(line))),
    sample.program.residual !== null &&
      make("details", {}, make("summary", {}, "Residual program"), make("pre", { tabindex: 0 }, foreign(sample.program.residual))),
  );
}

function traceSection(sample, trace) {
  const of = sample.trace?.of === "residual" ? "the residual program" : "the chosen program";
  return make(
    "section",
    { "aria-labelledby": "trace-title" },
    make("h3", { id: "trace-title" }, "Trace"),
    trace
      ? [
          make("p", { class: "soft" }, `Of ${of}, run again on what perception answered. Faint: the answer does not depend on it.`),
          trace,
          sample.trace.left_out > 0 && make("p", { class: "soft" }, `${counted(sample.trace.left_out, "more event")} not shown; `, make("code", {}, "fact show --all"), " has them."),
        ]
      : make("p", { class: "soft" }, "There is none: ", foreign(sample.untraced ?? ""), "."),
  );
}

// Candidates, verifiers, stages

function candidates(sample) {
  if (!sample.candidates.length) return null;
  const chosen = sample.candidates.find((c) => c.chosen);
  const known = new Set(chosen?.program.split("\n").map((line) => line.trim()));
  const card = (candidate) => {
    const here =
      candidate.predicted !== null
        ? `${candidate.predicted}${candidate.score === null ? "" : candidate.score >= 0.5 ? " (right)" : " (wrong)"}`
        : [candidate.outcome ?? "does not parse", candidate.reason].filter(Boolean).join(": ");
    const facts = [
      ["from", `${candidate.proposer} ${candidate.source}`],
      ["here", here],
      ["level", candidate.level ?? "none"],
      ["siblings", `ran on ${candidate.ran}, right on ${candidate.right}`],
    ];
    return make(
      "article",
      { class: candidate.chosen ? "chosen" : null, "aria-label": `Candidate ${candidate.candidate}${candidate.chosen ? ", chosen" : ""}` },
      make("h4", {}, `${candidate.candidate}`, candidate.chosen && make("span", { class: "good" }, " chosen")),
      make("dl", {}, facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, foreign(value))))),
      make(
        "pre",
        { tabindex: 0, "aria-label": `Program of candidate ${candidate.candidate}` },
        candidate.program.split("\n").map((line) =>
          make("span", { class: chosen && !candidate.chosen && !known.has(line.trim()) ? "line other" : "line" }, foreign(line)),
        ),
      ),
    );
  };
  // The chosen one first, so that the others stand beside it.
  const order = [...sample.candidates].sort((a, b) => Number(b.chosen) - Number(a.chosen) || a.candidate - b.candidate);
  return make(
    "section",
    { "aria-labelledby": "candidates-title", class: "candidates" },
    make("h3", { id: "candidates-title" }, counted(sample.candidates.length, "candidate")),
    chosen && sample.candidates.length > 1 && make("p", { class: "soft" }, "Marked: lines that the chosen one has not."),
    make("div", { class: "cards", role: "group", "aria-label": "Candidates side by side", tabindex: 0 }, order.map(card)),
  );
}

function transfers(sample) {
  if (!sample.transfers.length) return null;
  return make(
    "section",
    { "aria-labelledby": "transfer-title" },
    make("h3", { id: "transfer-title" }, "Verifiers"),
    make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ["Verifier", "Shown", "Answer", "Score", "Probability"].map((name) => make("th", { scope: "col" }, name)))),
      make(
        "tbody",
        {},
        sample.transfers.map((t) =>
          make("tr", {}, [t.verifier, t.condition, t.answer, fixed(t.score, 2), t.probability === null ? "not told" : fixed(t.probability, 3)].map((cell) => make("td", {}, foreign(cell)))),
        ),
      ),
    ),
  );
}

function stages(sample) {
  if (!sample.stages.length) return null;
  return make(
    "section",
    { "aria-labelledby": "stages-title" },
    make("h3", { id: "stages-title" }, "Stages"),
    make(
      "dl",
      { class: "stages" },
      sample.stages.map((s) => make("div", {}, make("dt", {}, s.stage), make("dd", {}, foreign(`${s.status}${s.reason ? `: ${s.reason}` : ""}`)))),
    ),
  );
}
