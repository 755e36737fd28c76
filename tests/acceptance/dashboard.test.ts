import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome();
  hub = await home.serve();
});
afterAll(() => home.remove());

const get = (path: string, headers: Record<string, string> = {}) => request(`${hub.url}${path}`, { headers });
const assetsOf = (page: string) => [...page.matchAll(/\/assets\/[\w.-]+/g)].map(([path]) => path);

describe('the dashboard, as the hub serves it', () => {
  test('every address of it is the one page, which holds no code and no style of its own', async () => {
    const { status, headers, text } = await get('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    });
    expect(text).not.toMatch(/<style|<script(?![^>]* src=)|\son\w+=|style=/);
    expect(
      [...text.matchAll(/(?:src|href)="([^"]*)"/g)].filter(([, to = '']) => !/^(\/assets\/|data:)/.test(to)),
    ).toEqual([]);
    for (const path of ['/incidents/x', '/alerts', '/instances/web-03?range=6h', '/people'])
      expect((await get(path)).text).toBe(text);
  });

  test('what it loads is named by its content, kept for ever, and sent compressed', async () => {
    const page = (await get('/')).text;
    expect(assetsOf(page).length).toBe(3);
    for (const path of assetsOf(page)) {
      const plain = await get(path);
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(plain.headers['content-type']).toMatch(/^text\/(javascript|css); charset=utf-8$/);
      const small = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
      expect(small.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
      expect(Number(small.headers['content-length'])).toBeLessThan(Number(plain.headers['content-length']));
    }
  });

  test('is not sent again to who has it', async () => {
    const { headers } = await get('/incidents');
    const again = await get('/alerts', { 'if-none-match': String(headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('leaves every other path to whom it belongs', async () => {
    const statusOf = async (path: string) => (await get(path)).status;
    expect(await statusOf('/alerts/webhook/cluster/')).toBe(200);
    for (const path of [
      '/alerts/nothing',
      '/assets/',
      '/assets/..%2fmain.js',
      '/assets/index.html',
      '/index.html',
      '/nothing',
    ])
      expect([path, await statusOf(path)]).toEqual([path, 404]);
    expect((await request(`${hub.url}/`, { method: 'POST' })).status).toBe(404);
  });

  test('weighs no more than it may: 100 kB of scripts and 14 kB of styles, compressed', async () => {
    const sizes = { js: 0, css: 0 };
    for (const path of assetsOf((await get('/')).text)) {
      const { headers } = await get(path, { 'accept-encoding': 'gzip' });
      sizes[path.endsWith('.css') ? 'css' : 'js'] += Number(headers['content-length']);
    }
    expect(sizes.js).toBeLessThan(100_000);
    expect(sizes.css).toBeLessThan(14_000);
  });
});
