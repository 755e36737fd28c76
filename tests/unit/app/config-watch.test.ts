import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createConfigWatch } from '../../../src/app/config-watch.ts';
import { configFingerprint } from '../../../src/config/fingerprint.ts';
import type { Part } from '../../../src/lib/lifecycle.ts';
import { handClock } from '../../support/hand-clock.ts';

let folder: string;
let time: ReturnType<typeof handClock>;
let reloads: number;
let watch: Part;
const at = (name: string) => join(folder, name);
const begin = async (configFile?: string) => {
  watch = createConfigWatch({
    clock: time.clock,
    fingerprint: () => configFingerprint(configFile === undefined ? {} : { configFile }, folder),
    reload: async () => {
      reloads += 1;
      if (reloads === 99) throw new Error('broken');
    },
    onFailure: () => {},
  });
  await watch.start();
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-watch-'));
  time = handClock();
  reloads = 0;
  writeFileSync(at('monitor.yaml'), 'port: 1\n');
  mkdirSync(at('conf.d'));
});
afterEach(async () => {
  await watch.stop();
  rmSync(folder, { recursive: true, force: true });
});

const CHANGES: readonly (readonly [string, () => void])[] = [
  ['a file that is written anew', () => writeFileSync(at('monitor.yaml'), 'port: 22\n')],
  [
    'a file that another takes the place of, of the same length',
    () => {
      writeFileSync(at('new'), 'port: 2\n');
      renameSync(at('new'), at('monitor.yaml'));
    },
  ],
  ['a fragment that is added', () => writeFileSync(at('conf.d/a.yaml'), '')],
  ['a file that goes', () => rmSync(at('monitor.yaml'))],
  ['a file of variables', () => writeFileSync(at('.env'), 'MONITOR_PORT=1\n')],
];

test.each(CHANGES)('%s is read again, once', async (_, change) => {
  await begin();
  await time.tick(10_000);
  expect(reloads).toBe(0);
  change();
  await time.tick(2000);
  expect(reloads).toBe(1);
  await time.tick(60_000);
  expect(reloads).toBe(1);
});

test('a fragment that changes, and one that goes', async () => {
  writeFileSync(at('conf.d/a.yaml'), 'a');
  await begin();
  writeFileSync(at('conf.d/a.yaml'), 'longer');
  await time.tick(2000);
  rmSync(at('conf.d/a.yaml'));
  await time.tick(2000);
  expect(reloads).toBe(2);
});

test('a link that leads elsewhere, as where Kubernetes mounts a ConfigMap', async () => {
  for (const version of ['v1', 'v2']) {
    mkdirSync(at(version));
    writeFileSync(join(folder, version, 'monitor.yaml'), 'port: 1\n');
  }
  symlinkSync('v1', at('..data'));
  mkdirSync(at('mount'));
  symlinkSync('../..data/monitor.yaml', at('mount/monitor.yaml'));
  await begin(at('mount/monitor.yaml'));
  await time.tick(5000);
  expect(reloads).toBe(0);
  symlinkSync('v2', at('..data_tmp'));
  renameSync(at('..data_tmp'), at('..data'));
  await time.tick(2000);
  expect(reloads).toBe(1);
});

test('what goes on being written is read when it stands still', async () => {
  await begin();
  for (let size = 1; size < 10; size += 1) {
    writeFileSync(at('monitor.yaml'), 'x'.repeat(20 + size));
    await time.tick(1000);
  }
  expect(reloads).toBe(0);
  await time.tick(1000);
  expect(reloads).toBe(1);
});

test('a reload that fails does not end the watch, and a watch that is stopped reads nothing', async () => {
  reloads = 98;
  await begin();
  writeFileSync(at('monitor.yaml'), 'port: 22\n');
  await time.tick(3000);
  writeFileSync(at('monitor.yaml'), 'port: 333\n');
  await time.tick(3000);
  expect(reloads).toBe(100);
  await watch.stop();
  writeFileSync(at('monitor.yaml'), 'port: 4444\n');
  await time.tick(10_000);
  expect(reloads).toBe(100);
});
