import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { hopsOf } from '../../src/core/policy/route.ts';
import { importAlertmanager } from '../../src/imports/alertmanager/convert.ts';
import { notifyConfig } from '../support/notify-config.ts';
import { leftOut } from '../support/peers.ts';
import fc from '../support/property.ts';

// Random trees of Alertmanager, imported, and random labels: they go where its own program sends them.
const missing = await leftOut('amtool');
const only = missing === '' ? test : test.skip;
const folder = mkdtempSync(join(tmpdir(), 'amtool-routes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RECEIVERS = ['a', 'b', 'c', 'd'];
const label = fc.constantFrom('team', 'job', 'severity');
const value = fc.constantFrom('db', 'web', 'web1', 'x"y', '');
const pattern = fc.constantFrom('db|web', 'web.*', '.+', '.*', '[dw].*', '(?i)DB', 'web\\d', '');
const quoted = (text: string) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;
const matcher = fc.oneof(
  fc.tuple(label, fc.constantFrom('=', '!='), value).map(([name, sign, text]) => `${name}${sign}${quoted(text)}`),
  fc.tuple(label, fc.constantFrom('=~', '!~'), pattern).map(([name, sign, text]) => `${name}${sign}${quoted(text)}`),
);
const route = fc.letrec((tie) => ({
  node: fc.record(
    {
      receiver: fc.constantFrom(...RECEIVERS),
      matchers: fc.array(matcher, { minLength: 1, maxLength: 2 }),
      match: fc.dictionary(label, fc.constantFrom('db', 'web'), { maxKeys: 1, noNullPrototype: true }),
      continue: fc.boolean(),
      routes: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('node'), { maxLength: 3 })),
    },
    { requiredKeys: ['receiver'] },
  ),
})).node;
const labels = fc.dictionary(label, fc.constantFrom('db', 'web', 'web1', 'DB', 'x"y'), { noNullPrototype: true });

only(`routes go as in Alertmanager${missing}`, async () => {
  const trees = fc.sample(
    fc.tuple(fc.array(route, { minLength: 1, maxLength: 4 }), fc.array(labels, { minLength: 4, maxLength: 4 })),
    { numRuns: 25, seed: 20261128 },
  );
  for (const [index, [routes, sets]] of trees.entries()) {
    const receivers = RECEIVERS.map((name) => ({ name, webhook_configs: [{ url: 'https://example.com/hook' }] }));
    const file = { route: { receiver: 'a', routes }, receivers };
    const path = join(folder, `${index}.yml`);
    writeFileSync(path, JSON.stringify(file));
    const imported = importAlertmanager(file, () => path);
    expect(imported.problems).toEqual([]);
    const config = notifyConfig(stringify(imported.configuration.notify));
    const env = Object.fromEntries([...imported.variables.keys()].map((name) => [name, 'https://example.com/hook']));
    const prepared = await config.prepare(env);
    config.remove();
    for (const set of sets) {
      const words = Object.entries(set).map(([name, text]) => `${name}=${quoted(text)}`);
      const { stdout } = await promisify(execFile)('amtool', [
        'config',
        'routes',
        'test',
        `--config.file=${path}`,
        ...words,
      ]);
      const own = prepared && hopsOf(prepared.policy.root, set, 0).map(({ channels }) => channels.value.join());
      expect({ index, set, goes: own?.join() }).toEqual({ index, set, goes: stdout.trim() });
    }
  }
});
