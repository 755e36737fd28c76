import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startBrowser } from '../support/browser.ts';
import { ask, items, wire } from '../support/cluster-push.ts';
import { axeFindings, settled, type WatchedPage, watchPage } from '../support/dashboard-page.ts';
import {
  type DashboardWorld,
  fillDashboardWorld,
  minutesAgo,
  pushed,
  startDashboardWorld,
} from '../support/dashboard-world.ts';
import { eventually } from '../support/hub.ts';

const chromium = findChromium();
const inChromium = chromium === null ? describe.skip : describe;

inChromium(
  `what people do in Chromium${chromium === null ? ', which is not installed here (Debian: apt-get install chromium)' : ''}`,
  () => {
    let world: DashboardWorld;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;
    beforeAll(async () => {
      [world, browser] = await Promise.all([startDashboardWorld(), startBrowser(chromium ?? '')]);
      await fillDashboardWorld(world);
    });
    afterAll(async () => {
      await browser?.close();
      await world?.stop();
    });
    beforeEach(async () => {
      watched = await watchPage(browser, {}, /\/api\/v1\/session\b/);
      page = watched.page;
    });
    afterEach(async () => {
      const { faults } = watched;
      await watched.close();
      expect(faults).toEqual([]);
    });

    const go = async (path: string) => {
      await page.goto(`${world.hub.url}${path}`);
      await settled(page);
    };
    const incidentOf = async (part: string) => {
      const found = (await items(world.hub.url, 'incidents?limit=100')).find(({ key }) => String(key).includes(part));
      return found as { readonly id: string; readonly status: string; readonly acknowledged_by: string | null };
    };
    /** Waits for what a toast says, and holds it, as a pointer over it does: else it goes after some seconds. */
    const toast = (text: string) =>
      page.dispatchEvent(`.toast:has-text(${JSON.stringify(text)})`, 'focusin', { bubbles: true });

    test('acknowledge from the list by keys alone, and undo', async () => {
      await go('/');
      await page.keyboard.press('j');
      const id = await page.getAttribute('.inc.cur', 'data-id');
      expect(id).toBe((await incidentOf('web-server-03')).id);
      await page.keyboard.press('a');
      await toast('Acknowledged: Process nginx');
      expect((await incidentOf('web-server-03')).status).toBe('acknowledged');
      await page.click('.toast button:has-text("Undo")');
      await toast('No longer acknowledged');
      expect((await incidentOf('web-server-03')).status).toBe('open');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/incidents/${id}`);
    });

    test('silence an incident in one step, with what it would mute shown before', async () => {
      await go(`/incidents/${(await incidentOf('mail-09')).id}`);
      await page.keyboard.press('s');
      await page.waitForSelector('dialog .preview:has-text("Matches 1 firing alert of 1 incident.")');
      expect(await page.inputValue('dialog input.mono')).toBe('instance_id=mail-09');
      expect(await axeFindings(page)).toEqual([]);
      await page.click('dialog button[type=submit]');
      await page.waitForSelector('dialog .fault:has-text("Say why")');
      await page.fill('dialog label:has-text("Why") input', 'it is being rebuilt');
      await page.click('dialog .seg button:has-text("4 h")');
      await page.click('dialog button[type=submit]:has-text("Silence for 4 h")');
      await toast('Silenced until');
      await page.waitForSelector('.ihead .chip:has-text("Silenced until")');
      const [silence] = await items(world.hub.url, 'silences?limit=1');
      expect(silence).toMatchObject({ comment: 'it is being rebuilt', status: 'active' });
    });

    test('write a note, and find it in the time line', async () => {
      await go(`/incidents/${(await incidentOf('worker-11')).id}`);
      await page.keyboard.press('n');
      await page.waitForSelector('textarea:focus');
      await page.keyboard.type('NTP was blocked <b>by</b> the firewall');
      await page.keyboard.press('Control+Enter');
      await page.waitForSelector('.tl li:has-text("NTP was blocked <b>by</b> the firewall")');
    });

    test('resolve, after being told what still fires', async () => {
      await go(`/incidents/${(await incidentOf('ip-10-42')).id}`);
      await page.click('.acts .menu > button');
      await page.waitForSelector('[role=menuitem]:focus');
      await page.keyboard.press('Enter');
      await page.waitForSelector('dialog:has-text("1 alert still fires. It reopens when one of them reports again.")');
      await page.fill('dialog input', 'restarted');
      await page.keyboard.press('Enter');
      await toast('Resolved: CPU usage');
      await page.waitForSelector('.facts dd:has-text("Resolved")');
    });

    /** Presses keys and types into what has the focus then, with nothing drawn in between, as on a busy machine. */
    const inOneGo = async (keys: readonly string[], typed = '') => {
      await page.evaluate(`(async () => {
        const drawn = async () => { for (let at = 0; at < 100; at += 1) await null; };
        const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        for (const key of ${JSON.stringify(keys)}) { press(key); await drawn(); }
        for (const letter of ${JSON.stringify(typed)}) {
          press(letter);
          if (letter === '\\n') press('Enter');
          else document.execCommand('insertText', false, letter);
          await drawn();
        }
      })()`);
      // What was put off until something is drawn has had its time.
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
      );
    };
    const focused = () => page.evaluate('document.activeElement.value ?? document.activeElement.outerHTML');

    const OPENED_BY_KEYS: readonly (readonly [what: string, path: () => Promise<string>, keys: readonly string[]])[] = [
      ['the note of an incident', async () => `/incidents/${(await incidentOf('worker-11')).id}`, ['n']],
      ['the search', async () => '/channels', ['/']],
      ['the search of a page just opened', async () => '/', ['g', 'c', '/']],
      ['the filter of alerts', async () => '/alerts', ['/']],
      ['the filter, from a row', async () => '/alerts', ['j', '/']],
      ['the filter of a page just opened', async () => '/', ['g', 'h', '/']],
    ];
    test.each(OPENED_BY_KEYS)('%s has the focus before the next key comes', async (_, path, keys) => {
      await go(await path());
      await inOneGo(keys, 'as n');
      expect(await focused()).toBe('as n');
    });

    const SILENCED_BY_KEYS: readonly (readonly [what: string, path: () => Promise<string>, keys: readonly string[]])[] =
      [
        ['an incident', async () => `/incidents/${(await incidentOf('worker-11')).id}`, ['s']],
        ['an incident of the list', async () => '/', ['j', 's']],
        ['an alert', async () => '/alerts', ['j', 's']],
        ['an instance', async () => '/instances/worker-11', ['s']],
      ];
    test.each(SILENCED_BY_KEYS)('the silence of %s has the focus before the next key comes', async (_, path, keys) => {
      await go(await path());
      await page.waitForSelector('.vrow[data-id], .inc, .ihead');
      await inOneGo(keys, 'x');
      expect(await page.locator('dialog').count()).toBe(1);
      expect(await page.inputValue('dialog input.mono')).toContain('x');
    });

    test('a filter keeps what is typed while the first letters of it are looked up', async () => {
      await go('/alerts');
      await page.click('[data-filter]');
      await page.evaluate(`(() => {
        const { replaceState } = history;
        history.replaceState = (...given) => {
          replaceState.apply(history, given);
          history.replaceState = replaceState;
          document.execCommand('insertText', false, 'x loop');
        };
      })()`);
      // In one piece, so that these are the first letters, however slow the machine.
      await page.keyboard.insertText('cra');
      await page.waitForURL('**/alerts?q=crax+loop');
      expect(await focused()).toBe('crax loop');
    });

    test('Enter opens what is found for the whole text', async () => {
      await go('/channels');
      await inOneGo(['/'], 'db-replica-05\n');
      await page.waitForURL('**/instances/db-replica-05');
    });

    test('find an instance from anywhere, and open it', async () => {
      await go('/channels');
      await page.keyboard.press('/');
      await page.waitForSelector('dialog input:focus');
      await page.keyboard.type('db-replica-05');
      await page.waitForSelector('.hit.cur:has-text("db-replica-05")');
      expect(await axeFindings(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/instances/db-replica-05');
    });

    test('select several alerts, and acknowledge their incidents at once', async () => {
      await go('/alerts?label=cluster%3Deu-1');
      await page.waitForSelector('.vrow[data-id]');
      for (const key of ['j', 'x', 'j', 'j', 'X']) await page.keyboard.press(key);
      await page.waitForSelector('.bulk:has-text("3 selected")');
      expect(await axeFindings(page)).toEqual([]);
      await page.keyboard.press('a');
      await toast('Acknowledged 1 incident');
      await page.waitForSelector('.bulk', { state: 'detached' });
    });

    test('filters stand in the address, go back with it, and can be taken away', async () => {
      await go('/alerts');
      await page.click('.seg button:has-text("Critical")');
      await page.waitForURL('**/alerts?severity=critical');
      await page.fill('[data-filter]', 'instance_id=db-primary-01');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/alerts?severity=critical&label=instance_id%3Ddb-primary-01');
      await page.waitForSelector('.vfoot:has-text("1–1 of 1")');
      await page.goBack();
      await page.waitForURL('**/alerts?severity=critical');
      await page.goForward();
      await page.click('.tok button');
      await page.waitForURL('**/alerts?severity=critical');
    });

    test('what is new arrives by itself, and waits while somebody is in the list', async () => {
      await go('/alerts');
      await page.waitForSelector('.vrow[data-id]');
      await page.keyboard.press('j');
      await page.waitForSelector('.vrow.cur:focus');
      await pushed(world.hub.url, 'web-server-07', [
        wire('fresh', { name: 'Fresh trouble', severity: 'critical', started_at: minutesAgo(1) }),
      ]);
      await page.waitForSelector('.newpill:has-text("1 new")');
      expect(await page.locator('.vrow:has-text("Fresh trouble")').count()).toBe(0);
      await page.keyboard.press('.');
      await page.waitForSelector('.vrow:has-text("Fresh trouble")');
      await go('/');
      await page.waitForSelector('.inc:has-text("Fresh trouble")');
    });

    test('a dead letter can be sent again, and a channel tried', async () => {
      await go('/channels');
      const attempts = async () => (await items(world.hub.url, 'deliveries?channel=teams-ops&limit=100')).length;
      const before = await attempts();
      await page.click('.li.dead button:has-text("Redrive")');
      await toast('Redriven: 1 notice');
      await eventually(async () => expect(await attempts()).toBeGreaterThan(before));
      await page.click('button[aria-label="Send test to slack-ops"]');
      await toast('slack-ops: the test arrived in');
      expect(world.told.requests.length).toBeGreaterThan(0);
    });

    test('a lost connection is said, with the age of what is shown, and it comes back', async () => {
      await go('/');
      await page.waitForSelector('.live:has-text("Live")');
      const { port } = new URL(world.hub.url);
      await world.hub.kill();
      await page.waitForSelector('.top.lost:has-text("Connection lost. Showing data from")');
      expect(await page.locator('.inc').count()).toBeGreaterThan(3);
      expect(await axeFindings(page)).toEqual([]);
      await page.keyboard.press('j');
      await page.keyboard.press('a');
      await toast('Not saved: the hub cannot be reached.');
      world.hub = await world.home.serve({ MONITOR_PORT: port });
      // It may have come back by itself before anybody can press that.
      await page.evaluate("document.querySelector('.top.lost button')?.click()");
      await page.waitForSelector('.top:not(.lost)');
      await page.waitForSelector('.live:has-text("Live")');
      await page.click('.toast button:has-text("Retry")');
      await toast('cknowledged');
      await pushed(world.hub.url, 'web-server-08', [
        wire('after', { name: 'After the break', severity: 'critical', started_at: minutesAgo(1) }),
      ]);
      await page.waitForSelector('.verdict:has-text("critical")');
      await page.mouse.move(5, 500);
      await page.evaluate('document.activeElement.blur()');
      await page.waitForSelector('.inc:has-text("After the break")');
      // What the browser itself says of requests that reach nobody.
      watched.faults.splice(0, watched.faults.length, ...watched.faults.filter((fault) => !fault.includes('ERR_')));
      expect(await ask(world.hub.url, 'incidents?limit=1')).toHaveProperty('items');
    });

    test('the colours can be chosen, and stay', async () => {
      await go('/');
      await page.click('[aria-label^="Colours"]');
      await page.waitForSelector('[aria-label^="Colours: light"]');
      await page.click('[aria-label^="Colours"]');
      await page.waitForSelector('html[data-theme=dark]');
      await page.reload();
      await settled(page);
      expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    });
  },
);
