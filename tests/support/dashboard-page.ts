import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** A page in a browser, and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console, what scripts threw, and what the policy of the page forbade. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** How a page is looked at. */
export interface Look {
  readonly isPhone?: boolean;
  readonly isDark?: boolean;
  readonly headers?: Record<string, string>;
}

/** Opens one. A request that the hub refuses is a fault, too, unless `allowed` matches its address. */
export async function watchPage(browser: Browser, look: Look = {}, allowed = /^$/): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: look.isPhone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    ...(look.isPhone && { hasTouch: true, isMobile: true }),
    colorScheme: look.isDark ? 'dark' : 'light',
    timezoneId: 'UTC',
    ...(look.headers && { extraHTTPHeaders: look.headers }),
  });
  const page = await context.newPage();
  // As `eventually` waits: on a busy machine a page takes long, and is no fault.
  page.setDefaultTimeout(120_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !allowed.test(message.location().url))
      faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(`${error.message}\n${error.stack}`));
  page.on('dialog', (dialog) => {
    faults.push(`a script opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(
    "document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))",
  );
  return { page, context, faults, close: () => context.close() };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds against WCAG 2.2 A and AA, each in one line with where it is; empty when there is nothing. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Not as a script of the page, which its policy forbids.
  await page.evaluate(`window.axe ?? (() => { ${AXE} })()`);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const options = JSON.stringify({ runOnly: { type: 'tag', values: tags } });
  const { violations } = await page.evaluate<{ readonly violations: readonly Violation[] }>(
    `axe.run(document, ${options})`,
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      const why = failureSummary.split('\n').slice(1).join(' ').trim();
      return `${impact} ${id} at ${target.join(' ')}: ${why}`;
    }),
  );
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** Waits until nothing is loaded any more for the first time: no bars stand where rows will be. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('#main');
  await page.waitForSelector('.waiting, .vg[data-ready="false"]', { state: 'detached' });
}
