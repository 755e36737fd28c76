// npm run bench -- dashboard [--alerts 10000] [--rounds 5]
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { findChromium, startBrowser } from '../tests/support/browser.ts';
import { pushMany, startDashboardWorld } from '../tests/support/dashboard-world.ts';
import { median, printTable, quantile, verdict } from './figures.ts';

const FRAMES = 240;
// What design calls smooth: of 100 frames 95 within one frame at a row a frame, within two at a page a frame.
const ROW_MS = 16.7;
const PAGE_MS = 33;
const USABLE_MS = 1000;
const NOW_MS = 500;

/** How soon pages can be used, and the frames of scrolling through many alerts, in Chromium without a screen. */
export async function benchDashboard(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      alerts: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const chromium = findChromium();
  console.log(`\n# dashboard: ${values.alerts} open alerts, ${values.rounds} rounds\n`);
  if (chromium === null) {
    console.log('left out: Chromium is not installed (Debian: apt-get install chromium)');
    return;
  }
  const world = await startDashboardWorld();
  const browser = await startBrowser(chromium);
  try {
    await pushMany(world.hub.url, Number(values.alerts));
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const usable: number[] = [];
    const now: number[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      usable.push(await openedIn(page, `${world.hub.url}/alerts`, '.vrow[data-id]'));
      now.push(await openedIn(page, `${world.hub.url}/`, '.inc'));
    }
    await page.goto(`${world.hub.url}/alerts`);
    await page.waitForSelector('.vrow[data-id]');
    // All rows are read before: what is measured is drawing.
    await scrolled(page, 20_000, FRAMES);
    const byRow = await scrolled(page, 32, FRAMES);
    const byPage = await scrolled(page, 32 * 22, FRAMES);
    const heap = await page.evaluate<number>('performance.memory.usedJSHeapSize');
    const nodes = await page.evaluate<number>('document.getElementsByTagName("*").length');
    const ms = (figures: readonly number[]) => [median(figures).toFixed(1), quantile(figures, 0.95).toFixed(1)];
    printTable(
      ['milliseconds', 'median', 'p95'],
      [
        ['alerts usable', ...ms(usable)],
        ['Now usable', ...ms(now)],
        ['frame, a row at a time', ...ms(byRow)],
        ['frame, a page at a time', ...ms(byPage)],
      ],
    );
    console.log(`\nheap ${(heap / 1e6).toFixed(1)} MB, ${nodes} nodes in the page\n`);
    const within = (what: string, figure: number, budget: number) =>
      verdict(what, `${figure.toFixed(1)} ms`, figure <= budget + 0.2, `${budget} ms`);
    within('alerts usable, median', median(usable), USABLE_MS);
    within('Now usable, median', median(now), NOW_MS);
    within('frame at a row a frame, p95', quantile(byRow, 0.95), ROW_MS);
    within('frame at a page a frame, p95', quantile(byPage, 0.95), PAGE_MS);
  } finally {
    await browser.close();
    await world.stop();
  }
}

/** Milliseconds from asking for a page until what it shows is there. */
async function openedIn(page: Page, url: string, selector: string): Promise<number> {
  await page.goto('about:blank');
  const started = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForSelector(selector);
  return performance.now() - started;
}

/** Scrolls by so many pixels in each frame; gives how long each frame took, in milliseconds. */
function scrolled(page: Page, pixels: number, frames: number): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const body = document.querySelector('.vbody');
    body.scrollTop = 0;
    const times = [];
    let last = performance.now();
    const step = (now) => {
      times.push(now - last);
      last = now;
      body.scrollTop += ${pixels};
      if (times.length > ${frames}) resolve(times.slice(1));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
}
