// Measures a page: `node measure.mjs URL`. What does not depend on the machine must be perfect; how fast it is, is printed.
import { readFile } from "node:fs/promises";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const MUST_BE_PERFECT = ["accessibility", "best-practices", "seo"];
const PRINTED = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "total-byte-weight"];

const [url] = process.argv.slice(2);
const flags = await readFile(new URL("../chromium.flags", import.meta.url), "utf8");
const chrome = await launch({ chromeFlags: flags.trim().split("\n") });
try {
  const presets = { mobile: undefined, desktop: desktopConfig };
  for (const [preset, config] of Object.entries(presets)) {
    const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: "error" }, config);
    if (lhr.runtimeError) throw new Error(`${preset}: ${lhr.runtimeError.message}`);
    report(preset, lhr);
  }
} finally {
  chrome.kill();
}

function report(preset, { categories, audits }) {
  const scores = Object.values(categories).map(({ id, score }) => `${id} ${Math.round(score * 100)}`);
  const figures = PRINTED.map((id) => `${id} ${audits[id].displayValue ?? audits[id].numericValue}`);
  console.log(`${preset}: ${scores.join(", ")} (${figures.join(", ")})`);
  for (const { id, score, auditRefs } of Object.values(categories)) {
    if (!MUST_BE_PERFECT.includes(id) || score === 1) continue;
    process.exitCode = 1;
    for (const { id: audit, weight } of auditRefs) {
      const { score, title, details } = audits[audit];
      if (weight > 0 && score !== null && score < 1) console.error(`  ${id}: ${title} (${audit})`, JSON.stringify(details?.items));
    }
  }
}
