// A page of `fact view` in Chromium, which must not complain about anything.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** The address of a server that the caller started: `cargo test --workspace --test view` does. */
export function address(name) {
  const url = process.env[name];
  assert.ok(url, `${name} is not set; run these tests by \`cargo test --workspace --test view\``);
  return url;
}

const program = () => {
  const named = process.env.CHROMIUM ?? "chromium";
  return ["", "/usr/bin/", "/usr/local/bin/"].map((folder) => folder + named).find(existsSync) ?? named;
};

export const launch = () =>
  // Without its sandbox, as it may be run by root in a container; it sees no page but ours.
  chromium.launch({ executablePath: program(), args: ["--no-sandbox"] });

/**
 * A page at an address. `complaints` gathers what must not happen: errors of scripts, refusals by the
 * policy, dialogs that a page's text opened, requests to elsewhere.
 */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  const own = new URL(url).origin;
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A picture that cannot be had is said on the page; the browser says it, too.
    const picture = /\/images\/\d+$/.test(message.location().url);
    if (message.type() === "error" && !picture) complaints.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(`${own}/`) && !to.startsWith(`blob:${own}/`)) complaints.push(`request: ${to}`);
  });
  // ASSETS=FOLDER tries changes of the page without building it into the program.
  if (process.env.ASSETS) {
    await page.route(/\.(js|css|svg)$/, (route) => route.fulfill({ path: process.env.ASSETS + new URL(route.request().url()).pathname }));
  }
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  return { page, context, complaints };
}

/** Waits until a sample is shown. */
export async function ready(page) {
  await page.waitForSelector("#sample h2");
  await page.waitForSelector(".frame img, .frame .empty[role=note]");
}
