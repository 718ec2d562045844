// What a user of VS Code sees: the squiggle, the hover, the quick fix, the Problems panel, a notebook.
//
//   node tests/lsp/editors/vscode.js URL FOLDER PICTURES
//
// URL is that of a code-server that shows the folder FOLDER with the extension installed; see
// editors.py, which starts one. Prints what it saw, puts pictures of it into the folder PICTURES, and
// ends with status 1 if anything is missing.

"use strict";

const path = require("node:path");
const { chromium } = require("playwright-core");

const [url, folder, pictures] = process.argv.slice(2);
const PATIENCE = 60_000; // milliseconds

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(PATIENCE);
  const picture = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });
  try {
    await page.goto(`${url}/?folder=${encodeURIComponent(folder)}`);
    await page.locator('.explorer-folders-view [aria-label^="example.py"]').first().dblclick();

    await page.locator(".squiggly-error").first().waitFor();
    console.log("squiggle: seen");
    await picture("squiggle");

    // The cursor goes to the blamed call; the keyboard shows what the mouse would.
    await page.keyboard.press("Control+g");
    await page.keyboard.type("6:22");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+k");
    await page.keyboard.press("Control+i");
    const hover = page.locator(".monaco-hover .hover-contents");
    await hover.filter({ hasText: "A coroutine function" }).first().waitFor();
    const words = (await hover.allInnerTexts()).join(" ").replace(/\s+/g, " ");
    console.log(`hover: ${words.slice(0, 300)}`);
    await picture("hover");
    await page.keyboard.press("Escape");

    await page.keyboard.press("Control+Shift+m");
    const problems = page.locator(".markers-panel .monaco-list-row");
    await problems.filter({ hasText: "corolint" }).first().waitFor();
    console.log(`problems: ${(await problems.allInnerTexts()).join(" | ").replace(/\s+/g, " ")}`);
    await picture("problems");

    await page.locator(".view-line").filter({ hasText: "fetch(name)" }).first().click();
    await page.keyboard.press("Control+g");
    await page.keyboard.type("6:22");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+.");
    const rows = page.locator(".action-widget .monaco-list-row.action");
    await rows.first().waitFor();
    console.log(`quick fixes: ${(await rows.allInnerTexts()).join(" | ").replace(/\s+/g, " ")}`);
    await picture("quick-fixes");
    await page.keyboard.press("Enter");
    await page.locator(".squiggly-error").first().waitFor({ state: "detached" });
    console.log("squiggle after the fix: gone");
    await picture("fixed");

    await page.keyboard.press("F1");
    await page.keyboard.type("corolint: Restart");
    await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+z");
    await page.locator(".squiggly-error").first().waitFor();
    console.log("squiggle after undo and restart: seen");

    await page.locator('.explorer-folders-view [aria-label^="notebook.ipynb"]').first().dblclick();
    const second = page.locator(".notebookOverlay .cell-list-container .monaco-list-row").nth(1);
    await second.locator(".squiggly-error").first().waitFor();
    console.log("squiggle in the second cell of a notebook: seen");
    await picture("notebook");
  } catch (error) {
    await picture("failure");
    throw error;
  } finally {
    await browser.close();
  }
  console.log("all seen");
}

main().catch((error) => {
  console.log(`missing: ${error}`);
  process.exitCode = 1;
});
