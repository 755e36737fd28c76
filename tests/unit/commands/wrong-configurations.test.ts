import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkConfig } from '../../../src/commands/config/check.ts';

// Mistakes of operators, each with what they are told: where it stands, what is wrong, and what mends it.

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'monitor-wrong-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function told(yaml: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(cwd, 'monitor.yaml'), yaml, { mode: 0o600 });
  const found = await checkConfig(undefined, true, { cwd, env: { HOME: cwd, ...env } });
  const bare = (lines: readonly string[]) => lines.map((line) => line.replaceAll(`${cwd}/`, ''));
  return { ...found, problems: bare(found.problems), warnings: bare(found.warnings) };
}

const OPS = '  channels:\n    ops: {type: webhook, url: "env:OPS_URL"}\n';
const OPS_URL = { OPS_URL: 'https://ops.example/hook' };

test.each<[string, string, Readonly<Record<string, string>>, string]>([
  ['a tab', 'notify:\n\tchannels: {}\n', {}, 'monitor.yaml:2: is not valid YAML: a tab indents this line; use blanks'],
  [
    'a name with a slip',
    'notify:\n  chanels: {}\n',
    {},
    'monitor.yaml:2: notify.chanels: unknown setting; did you mean notify.channels?',
  ],
  ['a variable with a slip', '', { MONITOR_HSOT: '::' }, 'MONITOR_HSOT: unknown setting; did you mean MONITOR_HOST?'],
  [
    'a secret in the file',
    'api_token: 0123456789abcdef0123\n',
    {},
    'monitor.yaml:1: api_token: secrets are not allowed in this file: set MONITOR_API_TOKEN, or api_token_file to the path of a file that holds it',
  ],
  [
    'an address without its scheme',
    'hub_url: hub.example.com\n',
    {},
    'monitor.yaml:1: hub_url: must be a base address such as https://hub.example.com, without user name, query or fragment',
  ],
  [
    'a route to a channel that is not there',
    `notify:\n${OPS}  routes: [{channels: [opps]}]\n`,
    OPS_URL,
    'monitor.yaml:4: notify.routes[0].channels[0]: there is no channel "opps"; did you mean ops?',
  ],
  [
    'a condition without quotation marks',
    'endpoints:\n  - name: web\n    url: https://a.example\n    conditions:\n      - [STATUS] == 200\n',
    {},
    'monitor.yaml:5: is not valid YAML: something stands behind a value that has ended; text that begins with [, { or a quotation mark and goes on needs quotation marks around all of it, such as "[STATUS] == 200"',
  ],
  [
    'a time zone that there is not, by which nothing goes yet',
    `notify:\n  zone: Europe/Berln\n${OPS}`,
    OPS_URL,
    'monitor.yaml:2: notify.zone: "Europe/Berln" is no time zone: use an IANA name such as Europe/Berlin or UTC',
  ],
  [
    'a number that is text',
    'instance_id: 0123\n',
    {},
    'monitor.yaml:1: instance_id: must be text of 1 to 255 characters, not blank and without control characters, not 123; it must be text: put it in quotation marks, as it is to be read',
  ],
  [
    'a driver with a slip',
    'webhooks: {without_auth: [alertmanger]}\n',
    {},
    'MONITOR_WEBHOOKS_WITHOUT_AUTH: there is no driver "alertmanger"; did you mean alertmanager?',
  ],
  [
    'a matcher that is no regular expression',
    `notify:\n${OPS}  routes: [{matchers: severity=~"crit(", channels: [ops]}]\n`,
    OPS_URL,
    'monitor.yaml:4: notify.routes[0].matchers: the regular expression "crit(" cannot be read: missing closing ): `crit(`',
  ],
  [
    'a channel whose secret is set nowhere',
    `notify:\n${OPS}`,
    {},
    'monitor.yaml:3: notify.channels.ops.url: the environment variable OPS_URL is not set',
  ],
])('%s', async (_, yaml, env, problem) => {
  const { problems } = await told(yaml, env);
  expect(problems).toEqual([problem]);
});

test.each<[string, string, Readonly<Record<string, string>>, string]>([
  [
    'history for some seconds, where days were meant',
    'retention: {history: 90}\n',
    {},
    'monitor.yaml:1: retention.history: what is over is removed after 90 s; if days are meant, write 90d',
  ],
  [
    'a channel that the hub does not contact',
    `notify:\n${OPS}`,
    { OPS_URL: 'http://10.0.0.5/canary' },
    'notify.channels.ops: 10.0.0.5 is not a public address, so nothing is sent there; if it is meant, add its network to MONITOR_ALLOW_PRIVATE_TARGETS',
  ],
])('it is allowed, and warned of: %s', async (_, yaml, env, warning) => {
  const { problems, warnings } = await told(yaml, env);
  expect([problems, warnings]).toEqual([[], [warning]]);
  expect(JSON.stringify(warnings)).not.toContain('canary');
});

test('what is meant so is not warned of', async () => {
  expect((await told('retention: {history: 2h}\n')).warnings).toEqual([]);
  const env = { OPS_URL: 'http://10.0.0.5/hook', MONITOR_ALLOW_PRIVATE_TARGETS: '10.0.0.0/8' };
  expect((await told(`notify:\n${OPS}`, env)).warnings).toEqual([]);
});

test('who pushes to a hub, or looks for one, is not told to notify people', async () => {
  expect(await told('')).toMatchObject({ notifies: false });
  expect(await told('hub_url: https://hub.example.com\n')).toMatchObject({ notifies: null });
  const probe = { MONITOR_MODE: 'probe', MONITOR_PEER_URL: 'https://hub.example.com', MONITOR_NODE_ID: 'p1' };
  expect(await told('', probe)).toMatchObject({ notifies: null });
});
