// What a person waits for on a large run: node speed.mjs URL (see benchmarks/view.sh).

import { launch, open, ready } from "./browser.mjs";

const browser = await launch();
const { page } = await open(browser, process.argv[2]);
await ready(page);
const found = () => page.textContent("#found");
const report = (name, milliseconds) => console.log(`${name.padEnd(38)} ${milliseconds.toFixed(1).padStart(8)} ms`);

let begun = performance.now();
await page.reload();
await page.waitForSelector("[role=option]");
report("browser: load to the first rows", performance.now() - begun);

await ready(page);
let before = await found();
begun = performance.now();
await page.fill("[name=q]", "yellow");
await page.waitForFunction((text) => document.querySelector("#found").textContent !== text, before);
report("browser: search typed to found", performance.now() - begun);
await page.click("#clear");
await page.waitForFunction((text) => document.querySelector("#found").textContent === text, before);

// Jumps through the whole list, then steady scrolling: the time of each frame.
const frames = await page.evaluate(async () => {
  const list = document.querySelector("#list");
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  let last = performance.now();
  for (let i = 0; i < 240; i += 1) {
    if (i % 40 === 0) list.scrollTop = (list.scrollHeight * i) / 240;
    else list.scrollTop += 90;
    await frame();
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times.sort((a, b) => a - b);
});
report("browser: frame while scrolling, median", frames[frames.length >> 1]);
report("browser: frame while scrolling, 95th", frames[Math.floor(0.95 * frames.length)]);

const steps = [];
for (let i = 0; i < 20; i += 1) {
  const id = await page.textContent(".head .id");
  begun = performance.now();
  await page.keyboard.press("j");
  await page.waitForFunction((id) => document.querySelector(".head .id").textContent !== id, id);
  steps.push(performance.now() - begun);
}
steps.sort((a, b) => a - b);
report("browser: next sample, median", steps[10]);
report("browser: next sample, slowest of 20", steps[19]);
await browser.close();
