import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findChromium, startBrowser } from '../support/browser.ts';
import { items } from '../support/cluster-push.ts';
import { axeFindings, type Look, settled, type WatchedPage, watchPage } from '../support/dashboard-page.ts';
import { type DashboardWorld, fillDashboardWorld, startDashboardWorld } from '../support/dashboard-world.ts';
import { ENDPOINTS_YAML, fillEndpoints } from '../support/endpoint-world.ts';
import { eventually } from '../support/hub.ts';

const chromium = findChromium();
const inChromium = chromium === null ? describe.skip : describe;

inChromium(
  `the pages in Chromium${chromium === null ? ', which is not installed here (Debian: apt-get install chromium)' : ''}`,
  () => {
    let world: DashboardWorld;
    let browser: Browser;
    let incident = '';
    let alert = '';
    beforeAll(async () => {
      [world, browser] = await Promise.all([startDashboardWorld({}, ENDPOINTS_YAML), startBrowser(chromium ?? '')]);
      await fillDashboardWorld(world);
      await fillEndpoints(world.hub.url, join(world.home.folder, 'state', 'monitor.db'), 3);
      const open = await items(world.hub.url, 'incidents?limit=50');
      incident = String(open.find(({ key }) => String(key).includes('web-server-03'))?.id);
      alert = String((await items(world.hub.url, 'alerts?name=Disk*'))[0]?.id);
    });
    afterAll(async () => {
      await browser?.close();
      await world?.stop();
    });
    const open = async (path: string, look: Look = {}): Promise<WatchedPage> => {
      const watched = await watchPage(browser, look, /\/api\/v1\/(events|people|tokens|sessions|session)\b/);
      await watched.page.goto(`${world.hub.url}${path}`);
      await settled(watched.page);
      return watched;
    };

    const PAGES: readonly (readonly [title: string, path: () => string])[] = [
      ['Now', () => '/'],
      ['Incidents', () => '/incidents'],
      ['Process nginx on web-server-03 and 1 more', () => `/incidents/${incident}`],
      ['Alerts', () => '/alerts'],
      ['Disk usage', () => `/alerts/${alert}`],
      ['Instances', () => '/instances'],
      ['web-server-03', () => '/instances/web-server-03'],
      ['Silences and windows', () => '/silences'],
      ['Channels', () => '/channels'],
      ['teams-ops', () => '/channels/teams-ops'],
      ['Sources', () => '/sources'],
      ['People and tokens', () => '/people'],
      ['Audit', () => '/audit'],
      ['Endpoints', () => '/endpoints'],
      ['Endpoints', () => '/endpoints?view=cards'],
      ['core/web', () => '/endpoints/core_web'],
      ['Probes', () => '/probes'],
      ['Rules', () => '/rules'],
      ['Incidents', () => '/incidents/no-such-incident'],
    ];
    test.each(PAGES)('%s: no error, nothing forbidden, readable by everybody', async (title, path) => {
      const { page, faults, close } = await open(path());
      await eventually(async () => expect(await page.title()).toContain(`${title} · monitor`));
      expect(await axeFindings(page)).toEqual([]);
      expect(await page.evaluate('document.querySelectorAll("h1").length')).toBe(1);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(faults.filter((fault) => !fault.includes('no-such-incident'))).toEqual([]);
      await close();
    });

    test('instances and probes are gone through by keys row by row', async () => {
      for (const path of ['/instances', '/probes']) {
        const { page, faults, close } = await open(path);
        const links = page.locator('tbody [data-row]');
        await eventually(async () => expect(await links.count()).toBeGreaterThan(1));
        expect(await links.count()).toBe(await page.locator('tbody tr').count());
        const rows = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
        for (const key of ['j', 'k', 'j', 'Enter']) await page.keyboard.press(key);
        await page.waitForURL(`**${rows[1]}`);
        expect(faults).toEqual([]);
        await close();
      }
    });

    test('endpoints are found, opened, and looked at over another span by keys alone, and each is a link', async () => {
      const { page, faults, close } = await open('/endpoints');
      const names = () => page.locator('tbody [data-row]').allTextContents();
      expect((await names())[0]).toBe('core/web');
      expect(await page.locator('.side .dot').textContent()).toContain('needs attention');
      await page.keyboard.press('/');
      await page.keyboard.type('shop');
      await eventually(async () => expect(await names()).toEqual(['core/shop']));
      expect(new URL(page.url()).search).toBe('?q=shop');
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/endpoints/core_shop');
      await page.locator('.chart .line').waitFor({ state: 'attached' });
      const span = page.getByRole('button', { name: '7d' });
      await span.focus();
      await page.keyboard.press('Enter');
      await page.waitForURL('**/endpoints/core_shop?range=7d');
      const chart = page.getByRole('group', { name: /^Time of answers/ });
      await chart.focus();
      await page.keyboard.press('ArrowLeft');
      await eventually(async () =>
        expect(await chart.getAttribute('aria-label')).toMatch(/^Time of answers, [\d,]+ ms at /),
      );
      await page.keyboard.press('Escape');
      await page.waitForURL('**/endpoints');
      expect(faults).toEqual([]);
      await close();
    });

    test.each<[string, Look]>([
      ['on a phone', { isPhone: true }],
      ['on a phone in the dark', { isPhone: true, isDark: true }],
      ['in the dark', { isDark: true }],
    ])('%s, too', async (_, look) => {
      for (const path of ['/', '/alerts', `/incidents/${incident}`, '/silences', '/endpoints/core_web']) {
        const { page, faults, close } = await open(path, look);
        expect([path, await axeFindings(page), faults]).toEqual([path, [], []]);
        expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(look.isDark ? 'dark' : 'light');
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
        await close();
      }
    });
  },
);
