// Drives Chromium for tests/support/browser.py: a request a line on stdin, an answer a line on stdout, both JSON.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [modules, executablePath] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(`${modules}/playwright-core/index.mjs`));
const axe = await readFile(`${modules}/axe-core/axe.min.js`, "utf8");

// Chromium refuses its sandbox to root.
const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath, args });
let page = null;
let errors = [];
let requests = [];

const commands = {
  async open({ url, width, height, scheme }) {
    await page?.context().close();
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    page = await context.newPage();
    errors = [];
    requests = [];
    page.on("console", (said) => { if (["error", "warning"].includes(said.type())) errors.push(said.text()); });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("dialog", (dialog) => { errors.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => { if (request.url() !== url) requests.push(request.url()); });
    await page.goto(url);
  },
  evaluate: ({ script }) => page.evaluate(script),
  // Not playwright's own wait, which the page's policy refuses, since it evaluates text.
  async until({ script, seconds }) {
    for (const end = Date.now() + 1000 * seconds; ; await new Promise((later) => setTimeout(later, 50))) {
      if (await page.evaluate(script)) return;
      if (Date.now() > end) throw new Error(`not within ${seconds} s: ${script}`);
    }
  },
  press: ({ key }) => page.keyboard.press(key),
  type: ({ text }) => page.keyboard.type(text),
  hover: ({ selector, timeout }) => page.hover(selector, { timeout }),
  click: ({ selector }) => page.click(selector),
  drag: async ({ from, to }) => {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(...to, { steps: 5 });
    await page.mouse.up();
  },
  async axe() {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => axe.run());
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
  },
  screenshot: async ({ file, full }) => { await page.screenshot({ path: file, fullPage: full }); },
  pdf: async ({ file }) => { await page.pdf({ path: file, format: "A4" }); },
  seen: () => ({ errors, requests }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...given } = JSON.parse(line);
  const answer = await Promise.resolve(commands[command](given)).then((value) => ({ value }), (error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
