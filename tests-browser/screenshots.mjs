// Pictures for the documentation: node screenshots.mjs URL FOLDER [REPORT.html]

import { pathToFileURL } from "node:url";
import { launch, open, ready } from "./browser.mjs";

const [url, folder, report] = process.argv.slice(2);
const browser = await launch();
for (const colorScheme of ["light", "dark"]) {
  const { page, context, complaints } = await open(browser, url, {
    colorScheme,
    reducedMotion: "reduce",
    viewport: { width: 1440, height: 1000 },
  });
  await ready(page);
  await page.selectOption("[name=accepted]", "yes");
  if (process.env.SEARCH) await page.fill("[name=q]", process.env.SEARCH);
  await page.waitForTimeout(1500);
  await page.locator("[role=option]", { hasText: process.env.ID ?? "" }).first().click();
  await page.waitForSelector(".frame img");
  await page.locator(".sentence").nth(Number(process.env.SENTENCE ?? 0)).click();
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${folder}/viewer-${colorScheme}.png` });
  await page.locator(".candidates").scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  if (process.env.MORE) await page.screenshot({ path: `${folder}/viewer-more-${colorScheme}.png` });
  if (report) {
    if (complaints.length) console.error(complaints.splice(0));
    await page.setViewportSize({ width: 1100, height: 1000 });
    await page.goto(pathToFileURL(report).href);
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${folder}/report-${colorScheme}.png` });
    if (process.env.MORE) await page.screenshot({ path: `${folder}/report-full-${colorScheme}.png`, fullPage: true });
  }
  if (!report && complaints.length) console.error(complaints);
  await context.close();
}
await browser.close();
