import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadExplained } from '../../../src/config/load.ts';
import { readPeerKeys } from '../../../src/config/peers/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-peer-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const SECRET = '0123456789abcdef';

function read(yaml: string, env: Record<string, string> = {}) {
  writeFileSync(join(folder, 'monitor.yaml'), yaml);
  const { settings, problems } = loadExplained({ cwd: folder, env: { HOME: folder, ...env } });
  const found = readPeerKeys(settings, { cwd: folder, env });
  return { keys: found.keys, problems: [...problems, ...found.problems] };
}

describe('peer_keys', () => {
  test('are read with their secrets, wherever these stand', () => {
    writeFileSync(join(folder, 'a.secret'), `${SECRET}-file\n`);
    const { keys, problems } = read(
      [
        'peer_keys:',
        `  - {key: a, secret: "${SECRET}", name: hub a}`,
        '  - {key: b, secret: "file:a.secret"}',
        '  - {key: c, secret: "env:MONITOR_PEER_C"}',
        '  - {key: d, secret: "env:MONITOR_PEER_D"}',
      ].join('\n'),
      { MONITOR_PEER_C: `${SECRET}-env`, MONITOR_PEER_D_FILE: join(folder, 'a.secret') },
    );
    expect(problems).toEqual([]);
    expect(keys.map(({ id, name, secret }) => [id, name, secret.reveal()])).toEqual([
      ['a', 'hub a', SECRET],
      ['b', 'b', `${SECRET}-file`],
      ['c', 'c', `${SECRET}-env`],
      ['d', 'd', `${SECRET}-file`],
    ]);
    expect(JSON.stringify(keys)).not.toContain(SECRET);
  });

  test('that cannot be used are all told, with their lines', () => {
    const { problems } = read(
      [
        'peer_keys:',
        `  - {key: a, secret: "${SECRET}"}`,
        `  - {key: a, secret: "${SECRET}"}`,
        '  - {key: b, secret: short}',
        '  - {key: "c d", secret: "env:NOBODY_SET_IT"}',
        '  - {key: e, secret: "env:NOBODY_SET_IT"}',
        `  - {key: f, secret: "${SECRET}", nam: x}`,
        '  - x',
      ].join('\n'),
    );
    expect(problems.map((one) => one.slice(folder.length + 1))).toEqual([
      'monitor.yaml:3: peer_keys[1].key: stands there twice; remove one of them',
      expect.stringMatching(/^monitor.yaml:4: peer_keys\[2\].secret: must be a secret of at least 16 bytes/),
      expect.stringMatching(/^monitor.yaml:5: peer_keys\[3\].key: must be 1 to 200 letters/),
      expect.stringMatching(
        /^monitor.yaml:6: peer_keys\[4\].secret: the environment variable NOBODY_SET_IT is not set/,
      ),
      'monitor.yaml:7: peer_keys[5].nam: unknown setting; did you mean name?',
      'monitor.yaml:8: peer_keys[6]: must hold settings in the form "name: value"',
    ]);
    expect(read('peer_keys: {a: b}').problems).toEqual([expect.stringMatching(/peer_keys: must be a list$/)]);
    expect(read('').keys).toEqual([]);
  });
});
