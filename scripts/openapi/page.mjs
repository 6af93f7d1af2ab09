// Opens the API page of a running adapter in Chromium, expands an operation, sends its example by "Try it out" and reads the
// answer. `node page.mjs URL OPERATION STATUS SCREENSHOT.png`; ends with 1 if the page is not as expected.
import { chromium } from "playwright-core";

const [url, operation, status, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
const wrong = [];
page.on("pageerror", (error) => wrong.push(`an error in the page: ${error.message}`));
page.on("request", (request) => {
  if (!request.url().startsWith(new URL(url).origin) && !request.url().startsWith("data:")) wrong.push(`it loads ${request.url()}`);
});

await page.goto(url, { waitUntil: "networkidle" });
const block = page.locator(`[id$="-${operation}"]`);
await block.locator(".opblock-summary-control").click();
await block.getByRole("button", { name: "Try it out" }).click();
await block.getByRole("button", { name: "Execute" }).click();
const answered = block.locator(".live-responses-table .response-col_status").last();
await answered.waitFor({ timeout: 20000 });
const text = (await answered.innerText()).trim();
if (!text.startsWith(status)) wrong.push(`it answers ${text}`);
await block.locator(".live-responses-table").scrollIntoViewIfNeeded();
await page.screenshot({ path: screenshot });
await browser.close();

for (const one of wrong) console.log(one);
console.log(`${operation} by the page: ${text}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
