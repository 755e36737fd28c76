import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startBrowser } from '../support/browser.ts';
import { request, wire } from '../support/cluster-push.ts';
import { axeFindings, type Look, settled, type WatchedPage, watchPage } from '../support/dashboard-page.ts';
import { type DashboardWorld, minutesAgo, pushed, startDashboardWorld } from '../support/dashboard-world.ts';
import { eventually } from '../support/hub.ts';

const chromium = findChromium();
const inChromium = chromium === null ? describe.skip : describe;

const API_TOKEN = 'of-the-operator-0123456789';
const PASSWORD = 'correct horse battery';

inChromium(
  `people in Chromium, at a hub that wants a login${chromium === null ? ': Chromium is not installed here (Debian: apt-get install chromium)' : ''}`,
  () => {
    let world: DashboardWorld;
    let browser: Browser;
    const opened: WatchedPage[] = [];
    beforeAll(async () => {
      [world, browser] = await Promise.all([
        startDashboardWorld({ MONITOR_API_TOKEN: API_TOKEN }),
        startBrowser(chromium ?? ''),
      ]);
      for (const [name, role, confined] of [
        ['mira', 'admin', null],
        ['jo', 'write', null],
        ['eve', 'read', null],
        ['web', 'write', 'team="web"'],
      ] as const)
        await api('POST', 'people', { name, password: PASSWORD, role, confined_to: confined });
      const fire = (instance: string, team: string) =>
        pushed(world.hub.url, instance, [
          wire(`disk ${instance}`, {
            ...{ name: 'Disk usage', severity: 'critical', started_at: minutesAgo(7) },
            labels: { instance_id: instance, team },
          }),
        ]);
      await fire('web-01', 'web');
      await fire('db-01', 'db');
    });
    afterAll(async () => {
      await browser?.close();
      await world?.stop();
    });
    beforeEach(() => void opened.splice(0));
    afterEach(async () => {
      // What the hub refuses, the browser calls an error; nothing else may go wrong.
      const faults = opened.flatMap((one) => one.faults);
      await Promise.all(opened.map((one) => one.close()));
      expect(faults).toEqual([]);
    });

    const api = async (method: string, path: string, body?: unknown, token = API_TOKEN) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      return request(`${world.hub.url}/api/v1/${path}`, { method, headers, ...text });
    };
    const open = async (path: string, look: Look = {}): Promise<Page> => {
      const watched = await watchPage(browser, look, /\/api\/v1\/|\/login/);
      opened.push(watched);
      await watched.page.goto(`${world.hub.url}${path}`);
      return watched.page;
    };
    const fill = async (page: Page, name: string, password = PASSWORD) => {
      await page.waitForSelector('form[action="/login"]');
      await page.fill('[name=name]', name);
      await page.fill('[name=password]', password);
      await page.click('button[type=submit]');
    };
    /** Opens a page as somebody, through the login page. */
    const logIn = async (name: string, path = '/', look: Look = {}) => {
      const page = await open(path, look);
      await fill(page, name);
      await page.waitForSelector('.live:has-text("Live")', { state: 'attached' });
      await settled(page);
      return page;
    };
    const addressOf = (page: Page) => page.url().slice(world.hub.url.length);
    const endSessions = (name: string) => api('POST', `people/${name}/logout`, {});
    const incidentId = async () => {
      const { items } = (await api('GET', 'incidents?limit=10')).json as { items: { id: string; key: string }[] };
      return String(items.find(({ key }) => key.includes('db-01'))?.id);
    };
    const statusOf = async (id: string) => (await api('GET', `incidents/${id}`)).json?.status;

    test.each<[string, Look]>([
      ['at a desk', {}],
      ['on a phone, in the dark', { isPhone: true, isDark: true }],
    ])('whom the hub does not know is led to the login, and on to what they wanted, %s', async (_, look) => {
      const page = await open('/alerts?severity=critical', look);
      await page.waitForSelector('form[action="/login"]');
      expect(await axeFindings(page)).toEqual([]);
      await fill(page, 'jo', 'not the password');
      await page.waitForSelector('[role=alert]:has-text("Name or password is wrong, or too many tries.")');
      await fill(page, 'jo');
      await page.waitForSelector('.vrow[data-id]');
      expect(addressOf(page)).toBe('/alerts?severity=critical');
    });

    test('a browser that keeps no cookies is told so, in place of one login after the other', async () => {
      const page = await open('/incidents');
      // As if the cookie were thrown away.
      await page.context().route('**/login', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        await route.fulfill({ status: 303, headers: { location: '/incidents', 'referrer-policy': 'same-origin' } });
      });
      await fill(page, 'jo');
      await page.waitForSelector('.top.lost:has-text("this browser did not keep the session")');
    });

    test('a session that ends while a page is open is said there, and the login leads back', async () => {
      const page = await logIn('jo', '/alerts?severity=critical');
      await page.waitForSelector('.vrow[data-id]');
      await endSessions('jo');
      await page.waitForSelector('.top.lost:has-text("Signed out. Showing data from")');
      expect(await page.locator('.vrow:has-text("db-01")').count()).toBe(1);
      expect(await axeFindings(page)).toEqual([]);
      await page.click('.top a:has-text("Log in again")');
      await fill(page, 'jo');
      await page.waitForSelector('.vrow[data-id]');
      expect(addressOf(page)).toBe('/alerts?severity=critical');
      await page.waitForSelector('.top:not(.lost)');
    });

    test('who logs in again in another tab keeps what they were writing', async () => {
      const id = await incidentId();
      const page = await logIn('jo', `/incidents/${id}`);
      await page.click('.acts button:has-text("Note")');
      await page.fill('textarea[aria-label=Note]', 'written before the session ended');
      await endSessions('jo');
      await page.waitForSelector('.top.lost:has-text("Signed out")');
      await page.click('button:has-text("Add note")');
      await page.waitForSelector('.toast.err:has-text("You are signed out.")');
      const other = await page.context().newPage();
      await other.goto(`${world.hub.url}/login?next=/channels`);
      await fill(other, 'jo');
      await other.waitForSelector('.live:has-text("Live")');
      await page.bringToFront();
      await page.evaluate("window.dispatchEvent(new Event('focus'))");
      await page.waitForSelector('.top:not(.lost)');
      expect(await page.inputValue('textarea[aria-label=Note]')).toBe('written before the session ended');
      await page.click('button:has-text("Add note")');
      await page.waitForSelector('.tl li:has-text("written before the session ended")');
      await page.waitForSelector('.live:has-text("Live")');
    });

    test('another login of the same browser is no obstacle to what an open page does', async () => {
      const id = await incidentId();
      const page = await logIn('jo', `/incidents/${id}`);
      const other = await page.context().newPage();
      await other.goto(`${world.hub.url}/login`);
      await fill(other, 'mira');
      await other.waitForSelector('.account:has-text("mira")');
      await page.click('.acts button:has-text("Assign")');
      await page.fill('dialog input', 'ann');
      await page.click('dialog button[type=submit]');
      await page.waitForSelector('.toast:has-text("Assigned to ann")');
      // Both pages are mira's by now, and say so.
      await page.waitForSelector('.account:has-text("mira")');
    });

    test('what a role may never do has no button and no key; what it may, has', async () => {
      const id = await incidentId();
      const reader = await logIn('eve', `/incidents/${id}`);
      expect(await reader.locator('.acts button:has-text("Acknowledge")').count()).toBe(0);
      expect(await reader.locator('.side a[href="/people"]').count()).toBe(0);
      await reader.keyboard.press('a');
      await reader.keyboard.press('s');
      await reader.goto(`${world.hub.url}/people`);
      await reader.waitForSelector('.empty:has-text("You need the role admin to see this")');
      await reader.waitForSelector('.empty:has-text("You are signed in as eve (read).")');
      expect(await reader.locator('dialog[open]').count()).toBe(0);
      expect(await statusOf(id)).toBe('open');
      const writer = await logIn('jo', `/incidents/${id}`);
      await writer.click('.acts button:has-text("Acknowledge")');
      await writer.waitForSelector('.facts dd:has-text("by jo")');
      await writer.click('.acts button:has-text("Unacknowledge")');
      await eventually(async () => expect(await statusOf(id)).toBe('open'));
    });

    test('a role that is taken away while a page is open is said, and its buttons go', async () => {
      await api('POST', 'people', { name: 'kim', password: PASSWORD, role: 'write', confined_to: null });
      const page = await logIn('kim', `/incidents/${await incidentId()}`);
      await page.waitForSelector('.acts button:has-text("Acknowledge")');
      await api('PATCH', 'people/kim', { role: 'read' });
      await page.click('.acts button:has-text("Acknowledge")');
      await page.waitForSelector('.toast.err:has-text("you need the role write for this; you are kim (read)")');
      await page.waitForSelector('.acts button:has-text("Acknowledge")', { state: 'detached' });
      await api('DELETE', 'people/kim');
    });

    test('an admin adds somebody who then logs in, and removes them while they look', async () => {
      const admin = await logIn('mira', '/people');
      await admin.click('button:has-text("Add a person")');
      await admin.fill('dialog label:has-text("Name") input', 'ann');
      await admin.fill('dialog label:has-text("Password") input', 'short');
      await admin.click('dialog .seg button:has-text("write")');
      await admin.click('dialog button[type=submit]');
      await admin.waitForSelector('dialog .fault:has-text("a password has 12 characters at least")');
      await admin.fill('dialog label:has-text("Password") input', PASSWORD);
      await admin.click('dialog button[type=submit]');
      await admin.waitForSelector('tr:has-text("ann"):has-text("write")');
      expect(await axeFindings(admin)).toEqual([]);
      const ann = await logIn('ann', '/people?tab=sessions');
      await ann.waitForSelector('tr:has-text("(this one)")');
      expect(await ann.locator('tbody tr').count()).toBe(1);
      await admin.click('[aria-label="Actions for ann"]');
      await admin.click('[role=menuitem]:has-text("Remove")');
      await admin.click('dialog button:has-text("Remove ann")');
      await admin.waitForSelector('tr:has-text("ann")', { state: 'detached' });
      await ann.waitForSelector('.top.lost:has-text("Signed out")');
    });

    test('a token is shown once, works, and is refused once it is revoked', async () => {
      const page = await logIn('mira', '/people?tab=tokens');
      await page.click('button:has-text("New token")');
      await page.fill('dialog label:has-text("Name") input', 'grafana');
      await page.click('dialog button[type=submit]');
      await page.waitForSelector('dialog input[aria-label=Token]');
      expect(await axeFindings(page)).toEqual([]);
      const token = await page.inputValue('dialog input[aria-label=Token]');
      expect((await api('GET', 'alerts', undefined, token)).status).toBe(200);
      await page.click('dialog button:has-text("Close")');
      await page.waitForSelector('tr:has-text("grafana")');
      expect(await page.content()).not.toContain(token);
      await page.click('[aria-label="Revoke grafana"]');
      await page.click('dialog button:has-text("Revoke token")');
      await page.waitForSelector('tr:has-text("grafana")', { state: 'detached' });
      expect((await api('GET', 'alerts', undefined, token)).status).toBe(401);
    });

    test('who signs out everywhere is signed out in every browser', async () => {
      const other = await logIn('eve', '/incidents');
      const page = await logIn('eve', '/', { isPhone: true });
      await page.click('.tabbar button:has-text("More")');
      await page.click('dialog .account');
      await page.waitForSelector('dialog:has-text("read: look")');
      expect(await axeFindings(page)).toEqual([]);
      await page.click('dialog button:has-text("Sign out everywhere")');
      await page.waitForSelector('form[action="/login"]');
      await other.waitForSelector('.top.lost:has-text("Signed out")');
    });

    test('a password is changed by whoever knows the present one', async () => {
      await api('POST', 'people', { name: 'liz', password: PASSWORD, role: 'read', confined_to: null });
      const page = await logIn('liz');
      await page.click('.side .account');
      await page.click('dialog button:has-text("Change password")');
      const change = async (present: string) => {
        await page.fill('dialog label:has-text("Present password") input', present);
        await page.fill('dialog label:has-text("New password") input', 'a wholly other phrase');
        await page.click('dialog button[type=submit]');
      };
      await page.waitForSelector('dialog label:has-text("Present password")');
      await change('not the present one');
      await page.waitForSelector('dialog .fault:has-text("password is not the present one")');
      await change(PASSWORD);
      await page.waitForSelector('.toast:has-text("Password changed")');
      const again = await open('/');
      await fill(again, 'liz', 'a wholly other phrase');
      await again.waitForSelector('.account:has-text("liz")');
    });

    test('who is confined sees their part, and is told that it is one', async () => {
      const page = await logIn('web');
      await page.waitForSelector('.confined:has-text("Showing team=\\"web\\" only")');
      for (const path of ['', 'incidents', 'alerts', 'instances', 'silences', 'channels']) {
        await page.goto(`${world.hub.url}/${path}`);
        await page.waitForSelector(path === 'alerts' ? '.vrow:has-text("web-01")' : '.panel, .list, .empty');
        expect([path, await page.locator('main:has-text("db-01")').count()]).toEqual([path, 0]);
        expect(await page.locator('.fault, .empty:has-text("a part of this hub")').count()).toBe(0);
      }
      expect(await axeFindings(page)).toEqual([]);
      await page.goto(`${world.hub.url}/sources`);
      await page.waitForSelector('.empty:has-text("You are shown a part of this hub")');
    });
  },
);
