import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../src/config/error.ts';
import { loadSettings } from '../../../src/config/load.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-messages-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is wrong, with the file shown as FILE. */
function problems(yaml: string, env: Record<string, string> = {}): readonly string[] {
  const configFile = join(folder, 'monitor.yaml');
  writeFileSync(configFile, yaml);
  try {
    loadSettings({ env: { HOME: folder, ...env }, cwd: folder, configFile });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((one) => one.replace(configFile, 'FILE'));
    throw error;
  }
  return [];
}

/** How schemas and the parser of YAML say it, and people do not. */
const RAW = /Invalid|Expected|received|pattern|\\d|YAML\.|Unresolved|must be unique|flow (sequence|map)/i;

describe('a file', () => {
  test.each([
    ['cluster: {enabled: yess}', 'FILE:1: cluster.enabled: must be true or false (or 1 or 0), not "yess"'],
    ['checkers_enabled:\n  - memory\n  - foo', 'FILE:3: checkers_enabled: there is no checker "foo"; available:'],
    [
      'checkers:\n  memory: {warning: 95}',
      'FILE:2: checkers.memory.warning: must not be beyond critical, which is 90 by default;',
    ],
    [
      'checkers:\n  disk: {critical: 50}',
      'FILE:2: checkers.disk.critical: must not be below warning, which is 80 by default;',
    ],
    [
      'checkers:\n  disk: {warning: 60, critical: 50}',
      'FILE:2: checkers.disk.warning: must not be beyond critical, which is 50',
    ],
    [
      'checkers:\n  reboot: {required_warning: 2d, required_critical: 1d}',
      'FILE:2: checkers.reboot.required_warning: must not be beyond required_critical, which is 1d',
    ],
    ['checkers:\n  memory: {timeout: 10x}', 'FILE:2: checkers.memory.timeout: must be a time from 0.1 s to 300 s'],
    ['checkers: {memory: 5}', 'FILE:1: checkers.memory: must be options in the form "name: value", or false'],
    ['checkers: {memory: [1]}', 'FILE:1: checkers.memory: must be options in the form'],
    ['checkers: {process: {processes: [5]}}', 'FILE:1: checkers.process.processes.0: must be'],
    ['port: 1\n---\nport: 2', 'FILE:2: is not valid YAML: a second document begins here'],
    [
      'instance_id: 0123',
      'FILE:1: instance_id: must be text of 1 to 255 characters, not blank and without control characters, not 123; it must be text: put it in quotation marks',
    ],
    ['port: [1', 'FILE:1: is not valid YAML:'],
    ['port: *x', 'FILE: is not valid YAML: an alias'],
    ['port: !foo 1', 'FILE:1: is not valid YAML: a tag'],
    ['port: "a\\qb"', 'FILE:1: is not valid YAML: an escape'],
    ['\tport: 1', 'FILE:1: is not valid YAML: a tab'],
    ['port: a: b', 'FILE:1: is not valid YAML: there are two values on one line'],
  ])('%j', (yaml, message) => {
    const found = problems(yaml);
    expect(found).toEqual([expect.stringContaining(message)]);
    expect(found.join()).not.toMatch(RAW);
  });

  test.each(['1', '0', 'true', 'false'])('a switch may be %s, as its message says', (word) => {
    expect(problems(`cluster: {enabled: ${word}}`)).toEqual([]);
  });
});

describe('the environment', () => {
  test.each([
    ['MONITOR_HUB_URL', 'did you mean HUB_URL?'],
    ['MONITOR_INSTANCE_ID', 'did you mean INSTANCE_ID?'],
    ['MONITOR_CLUSTER_ENABLE', 'did you mean CLUSTER_ENABLED?'],
    ['MONITOR_STATEDIR', 'did you mean MONITOR_STATE_DIR?'],
    ['MONITOR_FOO', 'remove it'],
    ['CLUSTER_ENABLE', 'did you mean CLUSTER_ENABLED?'],
    ['HUB_UR', 'did you mean HUB_URL?'],
    ['HUBURL', 'did you mean HUB_URL?'],
    ['INSTANCEID', 'did you mean INSTANCE_ID?'],
    ['WEBHOOK_SECRETS_CLUSTER', 'did you mean WEBHOOK_SECRET_CLUSTER?'],
  ])('%s', (name, advice) => {
    expect(problems('', { [name]: 'x' })).toEqual([`${name}: unknown setting; ${advice}`]);
  });

  test.each(['INSTANCE_IP', 'HUB_USER', 'CLUSTER_NAME', 'GITHUB_URL', 'DATABASE_URI', 'PATH', 'http_proxies'])(
    '%s is another program’s',
    (name) => {
      expect(problems('', { [name]: 'x' })).toEqual([]);
    },
  );

  test('names of checkers are told where they stand', () => {
    expect(problems('checkers_enabled: [cpu]', { MONITOR_CHECKERS: 'foo' })).toEqual([
      expect.stringMatching(/^MONITOR_CHECKERS: there is no checker "foo"/),
    ]);
  });
});
