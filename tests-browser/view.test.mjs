// What a person does with the page: looks, filters, points, reviews; by mouse and by keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { address, launch, open, ready } from "./browser.mjs";

const MARKUP = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const selected = (page) => page.locator('[role=option][aria-selected="true"]');
const lit = (page, inside) => page.locator(`${inside} .lit`).count();

/** A page that must end without complaints. */
async function visit(url, act, options) {
  const { page, context, complaints } = await open(browser, url, options);
  try {
    await act(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/** Chooses the first accepted sample, which has a rationale. */
async function accepted(page) {
  await ready(page);
  await page.selectOption("[name=accepted]", "yes");
  await page.waitForFunction(() => document.querySelector("#found").textContent.includes(" of "));
  await page.locator("[role=option]").first().click();
  await page.waitForSelector(".sentence");
  await page.waitForSelector(".frame rect");
}

test("the page loads, and the secret leaves the address", () =>
  visit(address("FACT_VIEW_SMALL"), async (page) => {
    await ready(page);
    assert.equal(await page.locator("[role=option]").count(), 12);
    assert.match(await page.textContent("#run-counts"), /12 samples/);
    assert.ok(!page.url().includes("token"), page.url());
    assert.equal(await selected(page).count(), 1);
    // It is kept for the tab.
    await page.reload();
    await ready(page);
    assert.equal(await page.locator("[role=option]").count(), 12);
  }));

test("without the secret nothing is shown", async () => {
  const url = new URL(address("FACT_VIEW_SMALL"));
  const { page, context } = await open(browser, url.origin);
  await page.waitForSelector("#problem:not([hidden])");
  assert.match(await page.textContent("#problem"), /token/);
  assert.equal(await page.locator("[role=option]").count(), 0);
  await context.close();
});

test("filters narrow the list and say how far", () =>
  visit(address("FACT_VIEW_SMALL"), async (page) => {
    await ready(page);
    await page.keyboard.press("/");
    await page.keyboard.type("BLUE exactly");
    await page.waitForFunction(() => document.querySelector("#found").textContent === "4 of 12 samples");
    for (const text of await page.locator(".row .question").allTextContents()) assert.match(text, /blue/);
    await page.click("#clear");
    await page.waitForFunction(() => document.querySelector("#found").textContent === "12 samples");
    await page.selectOption("[name=accepted]", "no");
    await page.waitForFunction(() => document.querySelectorAll(".row .good").length === 0);
    await page.click("#more summary");
    const failure = await page.locator("[name=failure] option").nth(1).getAttribute("value");
    await page.selectOption("[name=failure]", failure);
    await page.fill("[name=q]", "no such words");
    await page.waitForFunction(() => document.querySelector("#found").textContent === "0 of 12 samples");
  }));

test("a sentence, its boxes, its events and its lines light up together", () =>
  visit(address("FACT_VIEW_SMALL"), async (page) => {
    await accepted(page);
    const sentence = page.locator(".sentence").first();
    await sentence.hover();
    for (const place of [".frame", ".boxes", ".tree", ".program"]) {
      assert.ok((await lit(page, place)) > 0, `nothing is lit in ${place}`);
    }
    const cut = await page.locator(".program li.cut.lit").count();
    assert.equal(cut, 0);
    await page.hover("h1");
    assert.equal(await lit(page, "#sample"), 0);
    // The other way round, from each of them.
    const lights = async (selector) => {
      await sentence.hover();
      const name = await page.locator(selector).first().getAttribute("data-key");
      await page.hover("h1");
      await page.locator(`${selector.split(" ")[0]} [data-key="${name}"]`).first().hover();
      assert.ok(await sentence.evaluate((e) => e.classList.contains("lit")), `from ${selector}`);
      await page.hover("h1");
    };
    await lights(".program .lit");
    await lights(".boxes .lit");
    await lights(".frame rect.lit");
    await sentence.hover();
    const event = await page.locator(".tree .lit").first().getAttribute("data-key");
    await page.hover("h1");
    await page.locator(`.tree [data-key="${event}"] > .event`).hover();
    assert.ok(await sentence.evaluate((e) => e.classList.contains("lit")), "from the trace");
    assert.ok((await lit(page, ".program")) > 0);
    // By keyboard: focus lights, Enter keeps, Escape lets go.
    await page.hover("h1");
    await sentence.focus();
    assert.ok((await lit(page, ".frame")) > 0);
    await page.keyboard.press("Enter");
    assert.equal(await sentence.getAttribute("aria-pressed"), "true");
    await page.locator("#help-open").focus();
    assert.ok((await lit(page, ".frame")) > 0);
    await page.keyboard.press("Escape");
    assert.equal(await lit(page, "#sample"), 0);
  }));

test("keys move, and the trace is a tree", () =>
  visit(address("FACT_VIEW_SMALL"), async (page) => {
    await ready(page);
    const at = async () => Number(await selected(page).getAttribute("aria-posinset"));
    const waited = (place) =>
      page.waitForFunction((p) => document.querySelector('[aria-selected="true"]')?.getAttribute("aria-posinset") === String(p), place);
    assert.equal(await at(), 1);
    await page.keyboard.press("j");
    await waited(2);
    await page.keyboard.press("k");
    await waited(1);
    await page.focus("#list");
    await page.keyboard.press("End");
    await waited(12);
    assert.equal(await page.getAttribute("#list", "aria-activedescendant"), "row-11");
    await page.keyboard.press("Home");
    await waited(1);
    await page.keyboard.press("?");
    assert.ok(await page.locator("#help").evaluate((d) => d.open));
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("#help").evaluate((d) => d.open)));
    await accepted(page);
    const items = page.locator(".tree li");
    assert.equal(await page.locator('.tree [tabindex="0"]').count(), 1);
    await items.first().focus();
    await page.keyboard.press("End");
    const last = await page.evaluate(() => document.activeElement.dataset.event);
    assert.equal(last, await items.last().getAttribute("data-event"));
    await page.locator(".program li").first().focus();
    await page.keyboard.press("End");
    assert.equal(await page.locator(".program li:last-child").evaluate((e) => e === document.activeElement), true);
    assert.ok((await lit(page, ".tree")) > 0);
    const branch = page.locator('.tree [aria-expanded="true"]').first();
    const count = await items.count();
    await branch.focus();
    await page.keyboard.press("ArrowLeft");
    assert.ok((await items.count()) < count);
    await page.keyboard.press("ArrowRight");
    assert.equal(await items.count(), count);
  }));

test("reviews by keyboard are kept", () =>
  visit(address("FACT_VIEW_SMALL"), async (page) => {
    await accepted(page);
    const pressed = (kind, value) => page.waitForSelector(`.decide .${kind}[aria-pressed="${value}"]`);
    await page.keyboard.press("a");
    await pressed("accept", true);
    await page.waitForSelector('[aria-selected="true"] .review.accepted');
    assert.match(await page.textContent("#said"), /accepted/);
    await page.keyboard.press("r");
    await pressed("reject", true);
    await pressed("accept", false);
    await page.keyboard.press("c");
    await page.keyboard.type(`j ${MARKUP}`);
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => document.activeElement === document.body);
    await page.reload();
    await page.waitForSelector('[aria-selected="true"] .review.rejected');
    await pressed("reject", true);
    assert.equal(await page.inputValue("#comment"), `j ${MARKUP}`);
    // The next one without a review is another one.
    const before = await page.textContent(".head .id");
    await page.keyboard.press("n");
    await page.waitForFunction((id) => document.querySelector(".head .id").textContent !== id, before);
    await page.selectOption("[name=review]", "rejected");
    await page.waitForFunction(() => document.querySelector("#found").textContent === "1 of 12 samples");
    await page.locator("[role=option]").first().click();
    await pressed("reject", true);
    await page.fill("#comment", "");
    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    await pressed("reject", false);
    await page.waitForFunction(() => document.querySelector("#review-state").textContent === "Not reviewed.");
  }));

test("text of data, models and files stays text", () =>
  visit(address("FACT_VIEW_HOSTILE"), async (page) => {
    await ready(page);
    for (let at = 1; at <= 4; at += 1) {
      const id = await page.textContent(".head .id");
      assert.ok((await page.textContent(".head h2")).includes(MARKUP), id);
      assert.ok((await page.textContent(".program, .cards")).includes("onerror=alert(1)"), id);
      assert.equal(await page.locator('img[src="x"]').count(), 0);
      assert.equal(await page.locator("body script").count(), 0);
      if (at < 4) {
        await page.keyboard.press("j");
        await page.waitForFunction((id) => document.querySelector(".head .id").textContent !== id, id);
      }
    }
    assert.ok((await page.title()).length > 0);
    assert.ok((await page.locator(".row .question").first().textContent()).includes("<img src=x"));
  }));

test("a picture that cannot be shown has its reason in its place", () =>
  visit(address("FACT_VIEW_HOSTILE"), async (page) => {
    await ready(page);
    for (const why of [/truncated/, /not an image/, /./]) {
      const id = await page.textContent(".head .id");
      await page.keyboard.press("j");
      await page.waitForFunction((id) => document.querySelector(".head .id").textContent !== id, id);
      await page.waitForSelector(".frame .empty[role=note]");
      assert.match(await page.textContent(".frame"), why);
      assert.match(await page.textContent(".frame"), /^No picture: /);
    }
  }));

test("a list of a million samples has a few rows in the page", () =>
  visit(address("FACT_VIEW_SMALL"), async (page) => {
    await ready(page);
    const total = 1_000_000;
    await page.route("**/api/samples?*", async (route) => {
      const from = Number(new URL(route.request().url()).searchParams.get("from"));
      const rows = Array.from({ length: Math.min(100, total - from) }, (_, i) => ({
        n: from + i, id: `s${from + i}`, question: `Question ${from + i}`, predicted: null, level: null,
        accepted: false, confidence: null, failure: null, tokens: null, lift: null, review: null,
      }));
      await route.fulfill({ json: { samples: total, matched: total, from, at: null, version: 1, rows } });
    });
    await page.selectOption("[name=order]", "length");
    await page.waitForFunction(() => document.querySelector("#found").textContent.startsWith("1,000,000"));
    const list = page.locator("#list");
    await list.evaluate((e) => e.scrollTo(0, e.scrollHeight));
    await page.waitForFunction(() => document.querySelector("#rows").textContent.includes("Question 999999"));
    assert.ok((await page.locator("[role=option]").count()) < 60);
    await list.evaluate((e) => e.scrollTo(0, e.scrollHeight / 2));
    await page.waitForFunction(() => /Question 4999\d\d|Question 5000\d\d/.test(document.querySelector("#rows").textContent));
    const inSight = await page.evaluate(() => {
      const box = document.querySelector("#list").getBoundingClientRect();
      return [...document.querySelectorAll(".row")].filter((r) => {
        const { top, bottom } = r.getBoundingClientRect();
        return top >= box.top && bottom <= box.bottom;
      }).length;
    });
    assert.ok(inSight >= 4, `${inSight} rows in sight`);
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious (${colorScheme})`, () =>
    visit(
      address("FACT_VIEW_SMALL"),
      async (page) => {
        const check = async (when) => {
          const { violations } = await page.evaluate(() => globalThis.axe.run());
          const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
          const told = serious.flatMap((v) => v.nodes.map((n) => `${when}: ${v.id}: ${n.target}: ${n.failureSummary}`));
          assert.deepEqual(told, []);
        };
        await accepted(page);
        await page.evaluate(axe.source);
        await check("sample");
        await page.click("#more summary");
        await page.locator(".sentence").first().focus();
        await check("lit");
        await page.keyboard.press("Escape");
        await page.selectOption("[name=accepted]", "no");
        await page.waitForFunction(() => document.querySelectorAll(".row .good").length === 0);
        await page.locator("[role=option]").first().click();
        await page.waitForSelector(".head .verdict.bad");
        await check("failed sample");
        await page.keyboard.press("?");
        await check("help");
      },
      { colorScheme, reducedMotion: "reduce" },
    ));
}
