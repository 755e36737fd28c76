import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
beforeEach(() => {
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu' });
});
afterEach(() => home.remove());

const inFolder = () => readdirSync(join(home.folder, 'conf.d')).toSorted();
const read = (name: string) => readFileSync(join(home.folder, 'conf.d', name), 'utf8').trim();

test('a probe is added, given a new token beside the old one, and removed again', async () => {
  const added = await home.run(['probes', 'add', 'p1', '--region', 'eu', '--name', 'Frankfurt']);
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S{40,}\n$/) });
  expect([inFolder(), read('probe-p1.token')]).toEqual([['probe-p1.token', 'probe-p1.yaml'], added.stdout.trim()]);
  expect(statSync(join(home.folder, 'conf.d/probe-p1.token')).mode & 0o077).toBe(0);
  expect((await home.run(['config', 'check'])).code).toBe(0);
  expect(await home.run(['probes', 'add', 'p1'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/already/) });

  const rotated = await home.run(['probes', 'rotate', 'p1', '--json']);
  const { token } = JSON.parse(rotated.stdout) as { readonly token: string };
  expect([read('probe-p1.token'), read('probe-p1.previous-token')]).toEqual([token, added.stdout.trim()]);
  expect(read('probe-p1.yaml')).toContain('"name":"Frankfurt","region":"eu"');
  expect(token).not.toBe(added.stdout.trim());
  expect((await home.run(['probes', 'rotate', 'p1', '--end'])).code).toBe(0);
  expect(inFolder()).toEqual(['probe-p1.token', 'probe-p1.yaml']);
  expect((await home.run(['config', 'check'])).code).toBe(0);

  expect((await home.run(['probes', 'remove', 'p1'])).code).toBe(0);
  expect(inFolder()).toEqual([]);
});

test('what is wrong is said, and nothing is written for it', async () => {
  writeFileSync(join(home.folder, 'monitor.yaml'), 'probes: [{id: own, token: written-by-hand-000}]\n');
  const said = async (...words: string[]) => {
    const { code, stderr } = await home.run(['probes', ...words]);
    return [code, stderr.split('\n')[0]?.replace(home.folder, '.')];
  };
  expect(await said('rotate', 'own')).toEqual([1, expect.stringMatching(/probe own was written by hand/)]);
  expect(await said('remove', 'p9')).toEqual([1, expect.stringMatching(/there is no probe p9/)]);
  expect(await said('add', 'local')).toEqual([2, expect.stringMatching(/local is the hub itself/)]);
  expect(await said('add', '../p1')).toEqual([2, expect.stringMatching(/1 to 64 letters/)]);
  expect(readdirSync(home.folder)).not.toContain('conf.d');
});
