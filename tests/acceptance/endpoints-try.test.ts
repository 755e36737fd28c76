import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { startServer, type TestServer } from '../support/look-world.ts';
import { type TrustedServer, trustedServer } from '../support/trusted-server.ts';

let trusted: TrustedServer;
let server: TestServer;
let home: HubHome;
let url: string;
beforeAll(async () => {
  trusted = trustedServer();
  const { cert, key } = trusted.server;
  server = await startServer(createServer({ cert, key }, (_, response) => response.end('{"state":"UP"}')));
  url = `https://127.0.0.1:${server.port}/`;
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu' });
});
afterAll(async () => {
  await home.remove();
  await server.close();
  trusted.remove();
});

const tried = (...args: readonly string[]) => home.run(['endpoints', 'try', ...args]);

test('exits 0 where all conditions hold, with the time split', async () => {
  const { code, stdout } = await tried(url, '--ca-file', trusted.caFile, '--condition', '[BODY].state == UP');
  expect([code, stdout.split('\n')[0]]).toEqual([0, `${url}  up`]);
  expect(stdout).toMatch(/^ {2}time {3}(dns .* ms · )?connect .* ms · tls .* ms · first byte .* ms · total .* ms$/m);
});

test('exits 1 where one does not, shows what was seen, and as JSON', async () => {
  const conditions = ['--condition', '[STATUS] == 200', '--condition', '[BODY].state == DOWN'];
  const { code, stdout } = await tried(url, '--ca-file', trusted.caFile, ...conditions, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ url, success: false, status: 200, error: null },
    conditions: [
      { condition: '[STATUS] == 200', success: true },
      { condition: '[BODY].state (UP) == DOWN', success: false },
    ],
    timings: { tls_ms: expect.any(Number), total_ms: expect.any(Number) },
  });
});

test('exits 2 for what cannot be read, with the place of the character', async () => {
  const { code, stderr } = await tried(url, '--condition', '[STATUS] = 200');
  expect([code, stderr.trimEnd().split('\n').slice(-2)]).toEqual([2, ['  [STATUS] = 200', '           ^']]);
});

test('names the option by which a certificate is trusted, and of an endpoint of the configuration the setting', async () => {
  const { code, stdout } = await tried(url);
  expect([code, stdout]).toEqual([1, expect.stringContaining('hint   here that is --ca-file FILE')]);
  const config = join(home.folder, 'endpoints.yaml');
  writeFileSync(config, `endpoints:\n  - {name: web, group: core, url: "${url}"}\n`);
  const configured = await tried('core/web', '--config', config);
  expect([configured.code, configured.stdout]).toEqual([1, expect.stringContaining('client.tls.ca_file')]);
  expect(configured.stdout).not.toContain('--ca-file');
});
