import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startBrowser } from '../support/browser.ts';
import { items, wire } from '../support/cluster-push.ts';
import { axeFindings, settled, type WatchedPage, watchPage } from '../support/dashboard-page.ts';
import { type DashboardWorld, minutesAgo, pushed, startDashboardWorld } from '../support/dashboard-world.ts';
import { eventually } from '../support/hub.ts';

const chromium = findChromium();
const inChromium = chromium === null ? describe.skip : describe;

inChromium(
  `what people set in Chromium, and what is announced to them${chromium === null ? ': it is not installed here (Debian: apt-get install chromium)' : ''}`,
  () => {
    let world: DashboardWorld;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;
    beforeAll(async () => {
      [world, browser] = await Promise.all([startDashboardWorld(), startBrowser(chromium ?? '')]);
      await fire('web-01', 'Disk usage', 'critical');
      await fire('db-01', 'Memory usage', 'warning');
      // The one of the disk, and the hub's own: a channel refuses the notice of the first.
      await eventually(async () => expect(await items(world.hub.url, 'incidents?severity=critical')).toHaveLength(2));
    });
    afterAll(async () => {
      await browser?.close();
      await world?.stop();
    });
    beforeEach(async () => {
      watched = await watchPage(browser);
      page = watched.page;
    });
    afterEach(async () => {
      const { faults } = watched;
      await watched.close();
      expect(faults).toEqual([]);
    });
    const fire = (instance: string, name: string, severity: string) =>
      pushed(world.hub.url, instance, [
        wire(`${name} ${instance}`, { name, severity, started_at: minutesAgo(1), labels: { instance_id: instance } }),
      ]);
    const go = async (path: string) => {
      await page.goto(`${world.hub.url}${path}`);
      await settled(page);
    };

    test('a new critical incident is said to screen readers, in the title of the tab and in its icon', async () => {
      await go('/channels');
      await page.waitForSelector('.live:has-text("Live")');
      await eventually(async () => expect(await page.title()).toBe('(2) Channels · monitor'));
      await fire('cache-01', 'Process redis', 'critical');
      await page.waitForSelector('[role=status][aria-live=polite]:has-text("New critical incident: Process redis")', {
        state: 'attached',
      });
      await eventually(async () => expect(await page.title()).toBe('(3) Channels · monitor'));
      expect(await page.getAttribute('link[rel=icon]', 'href')).toContain('d4352b');
    });

    test('the tone and the single keys are switched, and stay so', async () => {
      await go('/incidents');
      await page.click('.side .account');
      await page.check('dialog label:has-text("A tone") input');
      await page.uncheck('dialog label:has-text("Single keys") input');
      expect(await axeFindings(page)).toEqual([]);
      await page.click('dialog button:has-text("Close")');
      await page.reload();
      await settled(page);
      expect(await page.evaluate("localStorage.getItem('monitor.sound')")).toBe('on');
      await page.keyboard.press('?');
      await page.keyboard.press('j');
      await page.keyboard.press('ArrowDown');
      await page.waitForSelector('.inc.cur');
      expect(await page.locator('dialog[open]').count()).toBe(0);
      await page.click('.side .account');
      await page.check('dialog label:has-text("Single keys") input');
      await page.click('dialog button:has-text("Close")');
      await page.keyboard.press('?');
      await page.waitForSelector('dialog[open]:has-text("Keys")');
    });

    test('what is acknowledged and then silenced is shown to be both', async () => {
      const [one] = await items(world.hub.url, 'incidents?severity=warning');
      await go(`/incidents/${one?.id}`);
      await page.click('.acts button:has-text("Acknowledge")');
      await page.waitForSelector('.ihead .chip:has-text("Acknowledged")');
      await page.click('.acts button:has-text("Silence")');
      await page.fill('dialog label:has-text("Why") input', 'trying it out');
      await page.click('dialog button[type=submit]');
      await page.waitForSelector('.ihead .chip:has-text("Silenced until")');
    });

    test('a view of the alerts gets a name, is found again, and goes', async () => {
      await go('/alerts?severity=warning');
      await page.click('button[aria-label="Views"]');
      await page.click('[role=menuitem]:has-text("Save this view")');
      await page.fill('dialog input', 'memory <b>only</b>');
      await page.click('dialog button:has-text("Save view")');
      await page.waitForSelector('button[aria-label="Views: memory <b>only</b>"]');
      await go('/alerts');
      await page.click('button[aria-label="Views"]');
      expect(await axeFindings(page)).toEqual([]);
      await page.click('[role=menuitem]:has-text("memory <b>only</b>")');
      await page.waitForURL('**/alerts?severity=warning');
      await page.click('button[aria-label^="Views: memory"]');
      await page.click('[role=menuitem]:has-text("Remove memory")');
      await page.waitForSelector('button[aria-label="Views"]');
    });
  },
);
