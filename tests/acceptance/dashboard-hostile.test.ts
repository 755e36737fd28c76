import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findChromium, startBrowser } from '../support/browser.ts';
import { items, wire } from '../support/cluster-push.ts';
import { settled, watchPage } from '../support/dashboard-page.ts';
import { type DashboardWorld, minutesAgo, post, pushed, startDashboardWorld } from '../support/dashboard-world.ts';
import { HOSTILE_TEXTS } from '../support/hostile-text.ts';

const chromium = findChromium();
const inChromium = chromium === null ? describe.skip : describe;

inChromium(
  `hostile text in every field${chromium === null ? ': Chromium is not installed here (Debian: apt-get install chromium)' : ''}`,
  () => {
    let world: DashboardWorld;
    let browser: Browser;
    const paths: string[] = [];
    beforeAll(async () => {
      [world, browser] = await Promise.all([startDashboardWorld(), startBrowser(chromium ?? '')]);
      const { url } = world.hub;
      for (const [index, text] of HOSTILE_TEXTS.entries()) {
        const instance = `${text.slice(0, 60)} ${index}`;
        const fields = {
          ...{ name: text, severity: index % 2 === 0 ? 'critical' : 'warning', started_at: minutesAgo(index) },
          labels: { [text.slice(0, 40)]: text, service: text, instance_id: instance, checker: text, host: text },
          annotations: {
            message: `${text} https://example.com/?q=${text}`,
            [text.slice(0, 40)]: text,
            runbook_url: text,
            summary: text,
          },
          metrics: { [text.slice(0, 40)]: text, value: 1 },
        };
        await pushed(url, instance, [wire(`${index} ${text}`, fields)]);
      }
      const incidents = await items(url, 'incidents?limit=50');
      for (const [index, { id }] of incidents.entries()) {
        const text = HOSTILE_TEXTS[index % HOSTILE_TEXTS.length] ?? '';
        const said = { by: text.replaceAll(/\p{Cc}/gu, ''), comment: text };
        await post(url, `incidents/${id}/note`, said);
        await post(url, `incidents/${id}/assign`, { ...said, assignee: said.by });
        await post(url, `incidents/${id}/acknowledge`, said);
        if (index < 4) paths.push(`/incidents/${id}`);
      }
      for (const text of HOSTILE_TEXTS.slice(0, 6)) {
        const matcher = { name: 'service', value: text, is_regex: false, is_equal: true };
        await post(url, 'silences', { matchers: [matcher], for: '2h', by: text, comment: text });
      }
      const alerts = await items(url, 'alerts?limit=50&source=cluster');
      paths.push(...alerts.slice(0, 4).map(({ id }) => `/alerts/${id}`));
      paths.push(
        ...HOSTILE_TEXTS.slice(0, 4).map(
          (text, index) => `/instances/${encodeURIComponent(`${text.slice(0, 60)} ${index}`)}`,
        ),
      );
      for (const page of ['', 'incidents', 'alerts', 'instances', 'silences', 'channels', 'sources', 'people', 'audit'])
        paths.push(`/${page}`);
      for (const text of HOSTILE_TEXTS.slice(0, 5)) {
        const given = encodeURIComponent(text);
        paths.push(
          `/alerts?q=${given}&label=${given}%3D${given}&source=${given}`,
          `/incidents/${given}`,
          `/channels/${given}`,
          `/incidents?q=${given}&assignee=${given}`,
        );
      }
    });
    afterAll(async () => {
      await browser?.close();
      await world?.stop();
    });

    test('is text on every page: nothing of it runs, loads, or becomes a link', async () => {
      const { page, faults, close } = await watchPage(browser, {}, /\/api\/v1\//);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      let seen = 0;
      for (const path of paths) {
        await page.goto(`${world.hub.url}${path}`);
        await settled(page);
        const found = await page.evaluate<{ hacked: unknown; foreign: string[]; links: string[]; text: string }>(`({
        hacked: window.hacked,
        foreign: [...document.querySelectorAll('#root script, #root iframe, #root img, #root base, #root meta, #root math, #root b[onclick], #root [onerror], #root [onload]')].map((one) => one.outerHTML),
        links: [...document.querySelectorAll('#root a[href]:not(.skip)')].map((one) => one.protocol + one.getAttribute('href')).filter((href) => !/^https?:(\\/(?!\\/)|https?:\\/\\/)/.test(href)),
        text: document.body.innerText,
      })`);
        expect([path, found.hacked, found.foreign, found.links]).toEqual([path, undefined, [], []]);
        expect(found.text).not.toContain('\u202e');
        if (found.text.includes('<script>window.hacked=1</script>')) seen += 1;
      }
      // It was there to be seen.
      expect(seen).toBeGreaterThan(6);
      expect(asked.filter((url) => !url.startsWith(`${world.hub.url}/`) && !url.startsWith('data:'))).toEqual([]);
      expect(faults).toEqual([]);
      await close();
    });
  },
);
