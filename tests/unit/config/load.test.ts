import { chmodSync, chownSync, lchownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../src/config/error.ts';
import { type LoadInput, loadSettings } from '../../../src/config/load.ts';

const SECRET = '0123456789abcdef-canary';
let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'monitor-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(cwd, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function load(env: Record<string, string> = {}, more: LoadInput = {}) {
  return loadSettings({ env: { HOME: '/home/someone', ...env }, cwd, ...more });
}

function problems(env: Record<string, string>, more: LoadInput = {}): readonly string[] {
  try {
    load(env, more);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('without anything', () => {
  test('there are defaults', () => {
    const settings = load();
    expect(settings).toMatchObject({
      clusterEnabled: false,
      instanceId: hostname(),
      host: '127.0.0.1',
      port: 8080,
      logLevel: 'info',
      pushIntervalMs: 60_000,
      pushTimeoutMs: 30_000,
      url: 'http://127.0.0.1:8080',
      insecure: false,
      webhooksWithoutAuth: [],
      proxy: {},
      cluster: { requireV2: false, sharedSecret: true, staleAfterMs: 900_000 },
      incidents: { groupBy: [], reopenWithinMs: 600_000 },
      limits: { perCredentialPerSecond: 100, burst: 200 },
      spool: { maxAlerts: 10_000, maxBytes: 8_388_608 },
      checkers: {},
      drivers: {},
    });
    expect(Object.keys(settings)).not.toEqual(
      expect.arrayContaining(['hubUrl', 'databaseUrl', 'clusterSecret', 'configFile']),
    );
    expect(settings.webhookSecrets.cluster).toEqual([]);
    expect(settings.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('the value is frozen in all its depth', () => {
    const settings = load({ WEBHOOK_SECRET_CLUSTER: SECRET });
    expect(
      [settings, settings.cluster, settings.incidents.groupBy, settings.webhookSecrets.cluster].every(Object.isFrozen),
    ).toBe(true);
  });

  test('an empty variable is an unset one, also one that is unknown', () => {
    expect(load({ MONITOR_PORT: '', INSTANCE_ID: '', WEBHOOK_SECRET_CLUSTER: '', MONITOR_NOTHING: '' }).port).toBe(
      8080,
    );
  });

  test('the hub to ask is the local one, wherever it listens', () => {
    expect(load({ MONITOR_HOST: '0.0.0.0', MONITOR_PORT: '9000' }).url).toBe('http://127.0.0.1:9000');
    expect(load({ MONITOR_HOST: '::1' }).url).toBe('http://[::1]:8080');
    expect(load({ MONITOR_URL: 'https://hub.example.com/' }).url).toBe('https://hub.example.com');
  });
});

describe('the environment', () => {
  test('says everything', () => {
    const settings = load({
      HUB_URL: 'https://hub.example.com/',
      CLUSTER_ENABLED: '1',
      INSTANCE_ID: 'web-server-03',
      WEBHOOK_SECRET_CLUSTER: SECRET,
      WEBHOOK_SECRET_CLUSTER_PREVIOUS: `${SECRET}-old`,
      WEBHOOK_SECRET_GRAFANA: SECRET,
      MONITOR_STATE_DIR: 'state',
      MONITOR_PUSH_INTERVAL: '5m',
      MONITOR_CLUSTER_KEY: `k1.${SECRET}`,
      MONITOR_INCIDENTS_GROUP_BY: 'service, env',
      HTTPS_PROXY: 'upper:1',
      https_proxy: 'lower:1',
      NO_PROXY: 'localhost',
    });
    expect(settings).toMatchObject({
      hubUrl: 'https://hub.example.com',
      clusterEnabled: true,
      instanceId: 'web-server-03',
      stateDir: join(cwd, 'state'),
      pushIntervalMs: 300_000,
      incidents: { groupBy: ['service', 'env'] },
      proxy: { https: 'http://lower:1', no: 'localhost' },
    });
    expect(settings.webhookSecrets.cluster?.map((one) => one.reveal())).toEqual([SECRET, `${SECRET}-old`]);
    expect(settings.webhookSecrets.grafana?.map((one) => one.reveal())).toEqual([SECRET]);
    expect(settings.clusterSecret?.reveal()).toBe(SECRET);
    expect(settings.clusterKey?.id).toBe('k1');
    expect(JSON.stringify(settings)).not.toContain(SECRET);
  });

  test('a misspelt variable is answered with the right one', () => {
    expect(problems({ MONITOR_PROT: '1', WEBHOOK_SECRET_GRAFFANA: SECRET })).toEqual([
      'MONITOR_PROT: unknown setting; did you mean MONITOR_PORT?',
      'WEBHOOK_SECRET_GRAFFANA: unknown setting; did you mean WEBHOOK_SECRET_GRAFANA?',
    ]);
  });

  test('what Kubernetes sets for a service called monitor is no misspelt setting, and MONITOR_PORT is explained', () => {
    const links = {
      MONITOR_SERVICE_HOST: '10.0.0.1',
      MONITOR_SERVICE_PORT: '80',
      MONITOR_PORT_80_TCP_ADDR: '10.0.0.1',
      MONITOR_HUB_PORT: 'tcp://10.0.0.1:80',
    };
    expect(problems(links)).toEqual([]);
    expect(problems({ MONITOR_PORT: 'tcp://10.0.0.1:80' })).toEqual([
      expect.stringContaining('enableServiceLinks: false'),
    ]);
  });

  test('what systemd tells a unit that another one started by its end is no misspelt setting', () => {
    const told = {
      MONITOR_SERVICE_RESULT: 'exit-code',
      MONITOR_EXIT_CODE: 'exited',
      MONITOR_EXIT_STATUS: '1',
      MONITOR_INVOCATION_ID: '9b1c7a52e8d04f36a7c5e2f1b0d98364',
      MONITOR_UNIT: 'backup.service',
    };
    expect(problems(told)).toEqual([]);
    expect(problems({ MONITOR_UNITS: 'x' })).toEqual([expect.stringContaining('MONITOR_UNITS: unknown setting')]);
  });

  test('what a command wants instead of the file goes before the file, and gives way to the environment', () => {
    const configFile = write('given.yaml', 'port: 1\nlog:\n  level: debug\n');
    const more = { configFile, insteadOfFile: { MONITOR_PORT: '2' } };
    expect(load({}, more)).toMatchObject({ port: 2, logLevel: 'debug' });
    expect(load({ MONITOR_PORT: '3' }, more).port).toBe(3);
    expect(load({ MONITOR_PORT: '3' }, { ...more, flags: { MONITOR_PORT: '4' } }).port).toBe(4);
  });

  test('a flag goes before it and is named as it was written', () => {
    expect(load({ MONITOR_PORT: '1' }, { flags: { MONITOR_PORT: '2', MONITOR_HOST: undefined } }).port).toBe(2);
    expect(problems({}, { flags: { MONITOR_PORT: 'x' } })).toEqual([
      '--port: must be a whole number from 0 to 65535, not "x"; for example --port 8080',
    ]);
  });
});

test('all problems are told at once, and no secret with them', () => {
  const file = write(
    'my.yaml',
    'port: abc\nhub_urll: x\nlog:\n  level: loud\nwebhook_secrets:\n  cluster: 0123456789-canary-in-the-file\n',
  );
  const found = problems(
    {
      CLUSTER_ENABLED: 'maybe',
      WEBHOOK_SECRET_CLUSTER: 'canary',
      HUB_URL: 'https://user:canary@hub',
      MONITOR_CLUSTER_SHARED_SECRET: 'canary',
      DATABASE_URL: 'mysql://u:canary@h',
    },
    { configFile: file },
  );
  expect(found).toEqual([
    `${file}:2: hub_urll: unknown setting; did you mean hub_url?`,
    `${file}:6: webhook_secrets.cluster: secrets are not allowed in this file: set WEBHOOK_SECRET_CLUSTER, or webhook_secrets.cluster_file to the path of a file that holds it`,
    expect.stringMatching(/^HUB_URL: must be a base address/),
    'CLUSTER_ENABLED: must be true or false (or 1 or 0), not "maybe"; for example CLUSTER_ENABLED=1',
    expect.stringMatching(/^DATABASE_URL: must be an address/),
    `${file}:1: port: must be a whole number from 0 to 65535, not "abc"`,
    `${file}:4: log.level: must be one of trace, debug, info, warn, error, fatal, silent, not "loud"`,
    expect.stringMatching(/^MONITOR_CLUSTER_SHARED_SECRET: must be true or false/),
    expect.stringMatching(/^WEBHOOK_SECRET_CLUSTER: must be a secret of at least 16 bytes/),
  ]);
  expect(found.join()).not.toContain('canary');
});

describe('a secret in a file', () => {
  test('is read without the end of its line', () => {
    expect(load({ WEBHOOK_SECRET_CLUSTER_FILE: write('secret', `${SECRET}\r\n`) }).clusterSecret?.reveal()).toBe(
      SECRET,
    );
    expect(load({ MONITOR_API_TOKEN_FILE: 'secret' }).apiToken?.reveal()).toBe(SECRET);
  });

  test('is not given twice', () => {
    expect(problems({ MONITOR_API_TOKEN: SECRET, MONITOR_API_TOKEN_FILE: write('secret', SECRET) })).toEqual([
      'MONITOR_API_TOKEN: is set, and so is MONITOR_API_TOKEN_FILE; remove one of them',
    ]);
  });

  test('that is missing, empty or short is named', () => {
    const [empty, short] = [write('empty', '\n'), write('short', 'short\n')];
    expect(problems({ MONITOR_API_TOKEN_FILE: join(cwd, 'none') })).toEqual([
      expect.stringContaining(`MONITOR_API_TOKEN_FILE: cannot read ${cwd}/none: ENOENT`),
    ]);
    for (const path of [empty, short]) {
      expect(problems({ MONITOR_API_TOKEN_FILE: path })).toEqual([
        expect.stringContaining(`MONITOR_API_TOKEN_FILE: ${path}: must be a secret of at least 16 bytes`),
      ]);
    }
  });

  test.each([
    [0o600, []],
    [0o640, []],
    [0o644, ['0644']],
    [0o602, ['0602']],
  ])('of mode %o that everybody may use is told, whoever names it', (mode, told) => {
    const path = write('token', SECRET);
    chmodSync(path, mode);
    const lines = (name: string) =>
      told.map((octal) => `${name}: every user of this machine may use ${path} (mode ${octal}); run chmod o= ${path}`);
    expect(load({ MONITOR_API_TOKEN_FILE: 'token' }).warnings).toEqual(lines('MONITOR_API_TOKEN_FILE'));
    const named = { configFile: write('my.yaml', 'api_token_file: token') };
    expect(load({}, named).warnings).toEqual(lines('api_token_file'));
    expect(load({}).warnings).toEqual([]);
  });

  test('may be named in the configuration file, from its folder on', () => {
    write('token', SECRET);
    expect(load({}, { configFile: write('my.yaml', 'api_token_file: token') }).apiToken?.reveal()).toBe(SECRET);
  });

  test('of before is nothing without the one of now', () => {
    expect(problems({ WEBHOOK_SECRET_CLUSTER_PREVIOUS: SECRET })).toEqual([
      'WEBHOOK_SECRET_CLUSTER_PREVIOUS: is set without WEBHOOK_SECRET_CLUSTER; set that, too',
    ]);
  });
});

describe('a driver that there is not', () => {
  test.each([
    ['drivers: {graphana: {}}', {}, 'drivers.graphana: there is no such driver; did you mean grafana?'],
    [
      '',
      { MONITOR_WEBHOOKS_WITHOUT_AUTH: 'zabix' },
      /WITHOUT_AUTH: there is no driver "zabix"; did you mean zabbix\?$/,
    ],
    ['drivers: {x: {}}', {}, /^drivers\.x: there is no such driver; there are .*grafana, .*zabbix/],
  ])('%s %j', (file, env, text) => {
    write('monitor.yaml', file);
    expect(problems(env)).toEqual([expect.stringMatching(text)]);
  });
});

describe('the configuration file', () => {
  test('is the one named, then that of the folder, and the environment goes before it', () => {
    write(
      'monitor.yaml',
      'port: 1\ncluster: {enabled: true, stale_after: 2h}\nincidents:\n  group_by: [a, b]\nhost:\n',
    );
    const named = write('named.yaml', 'port: 2');
    const other = write('other.yaml', 'port: 3');
    expect(load()).toMatchObject({
      port: 1,
      clusterEnabled: true,
      host: '127.0.0.1',
      configFile: join(cwd, 'monitor.yaml'),
    });
    expect(load()).toMatchObject({
      cluster: { staleAfterMs: 7_200_000, requireV2: false },
      incidents: { groupBy: ['a', 'b'] },
    });
    expect(load({ MONITOR_CONFIG: named }).port).toBe(2);
    expect(load({ MONITOR_CONFIG: named }, { configFile: other }).port).toBe(3);
    expect(load({ MONITOR_PORT: '4' }).port).toBe(4);
  });

  test('that was named must be there', () => {
    expect(problems({}, { configFile: 'none.yaml' })).toEqual([
      expect.stringContaining(`${cwd}/none.yaml: cannot be used: ENOENT`),
    ]);
  });

  test.each([
    ['port: [1', /:1: is not valid YAML: /],
    ['a: 1\nport: 1\nport: 2', /:3: is not valid YAML: this name stands there twice/],
    ['port: !!js/function "x"', /:1: is not valid YAML: a tag/],
    ['- port', /must hold settings in the form/],
    ['--- {}\n---\nport: 1', /is not valid YAML/],
    [
      `a: &a [x]\n${'bcdefg'.replace(/./g, (key) => `${key}: &${key} [${`*${String.fromCharCode(key.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
      /its aliases/,
    ],
    ['log: debug', /:1: log: must hold settings in the form/],
    ['sources: [mytool]', /:1: sources: must hold settings in the form/],
    ['drivers: true', /:1: drivers: must hold settings in the form/],
    ['source: {mytool: {}}', /:1: source: unknown setting; did you mean sources\?/],
    ['__proto__:\n  port: 1', /:1: __proto__: unknown setting/],
    ['constructor: 1', /:1: constructor: unknown setting/],
  ])('%j is refused', (text, message) => {
    expect(problems({}, { configFile: write('bad.yaml', text) })).toEqual(
      expect.arrayContaining([expect.stringMatching(message)]),
    );
  });

  test('of another one, or open to all, is not picked up from the current folder', () => {
    chmodSync(write('monitor.yaml', 'port: 1'), 0o666);
    expect(problems({})).toEqual([expect.stringMatching(/monitor\.yaml: cannot be used: it is world-writable/)]);
    expect(load({}, { configFile: 'monitor.yaml' }).port).toBe(1);
  });

  const asRoot = process.geteuid?.() === 0 ? test : test.skip;
  asRoot('behind a link that another user has laid is not picked up', () => {
    symlinkSync(write('own.yaml', 'port: 1'), join(cwd, 'monitor.yaml'));
    expect(load({}).port).toBe(1);
    lchownSync(join(cwd, 'monitor.yaml'), 12_345, 12_345);
    expect(problems({})).toEqual([expect.stringMatching(/belongs to another user \(uid 12345\)/)]);
  });

  asRoot('of another user is not picked up either', () => {
    chownSync(write('monitor.yaml', 'port: 1'), 12_345, 12_345);
    expect(problems({})).toEqual([expect.stringMatching(/belongs to another user \(uid 12345\)/)]);
  });
});

describe('checkers', () => {
  test('accept their options, which are kept as they were written', () => {
    const configFile = write('my.yaml', 'checkers:\n  cpu:\n    warning: 50\n  memory: false\n');
    expect(load({ MONITOR_CHECKERS: 'cpu, disk' }, { configFile })).toMatchObject({
      checkers: { cpu: { warning: 50 }, memory: false },
      checkersEnabled: ['cpu', 'disk'],
    });
  });

  test('refuse them with their place', () => {
    const configFile = write('my.yaml', 'checkers:\n  cpu:\n    warning: hot\n  dsk: {}\n');
    const found = problems({ MONITOR_CHECKERS: 'cpuu' }, { configFile });
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/my\.yaml:3: checkers\.cpu\.warning: /),
        expect.stringMatching(/my\.yaml:4: checkers\.dsk: .*did you mean disk\?/),
        expect.stringMatching(/^MONITOR_CHECKERS: .*did you mean cpu\?/),
      ]),
    );
  });
});

test('the state of root lies in /var/lib, that of others at home', () => {
  const state = load({ XDG_STATE_HOME: '/home/someone/state' }).stateDir;
  expect(state).toBe(process.geteuid?.() === 0 ? '/var/lib/monitor' : '/home/someone/state/monitor');
});

test('certificates that cannot be read are told at start', () => {
  expect(problems({ MONITOR_CA_FILE: 'none.pem' })).toEqual([
    expect.stringContaining(`MONITOR_CA_FILE: cannot be read: ENOENT`),
  ]);
});

describe('secrets of channels', () => {
  const OPS = { MONITOR_CHANNEL_OPS_URL: 'https://example.com/hook' };

  test('belong to a channel of the file; without one they are no settings', () => {
    expect(problems(OPS)).toEqual(['MONITOR_CHANNEL_OPS_URL: unknown setting; no channel stands in notify.channels']);
    const configFile = write('channels.yaml', 'notify:\n  channels:\n    ops: {type: slack}\n');
    expect(problems(OPS, { configFile })).toEqual([]);
  });

  test('a variable that the file points to is known', () => {
    const configFile = write('channels.yaml', 'notify:\n  channels:\n    ops: {type: slack, url: env:MONITOR_SLACK}\n');
    expect(problems({ MONITOR_SLACK: 'https://example.com/hook' }, { configFile })).toEqual([]);
  });

  test('what the file says is kept as it is written, with the way to its lines', () => {
    const configFile = write(
      'channels.yaml',
      'notify:\n  url_file: x\n  routes:\n    - channels: ops\n    - channels:\n        - ops\n',
    );
    const { policyFile } = load(
      {},
      { configFile: write('a.yaml', 'notify:\n  routes:\n    - channels: ops\n    - channels:\n        - ops\n') },
    );
    expect(policyFile?.values).toEqual({ routes: [{ channels: 'ops' }, { channels: ['ops'] }] });
    const line = (...keys: string[]) => policyFile?.at(keys).split(':').at(-1);
    expect([
      line('routes'),
      line('routes', '1'),
      line('routes', '1', 'channels', '0'),
      line('routes', '0', 'nothing'),
    ]).toEqual(['2', '4', '5', '3']);
    expect(problems({}, { configFile }).join()).toContain('cannot read');
  });
});

test('an agent asks its hub, whoever is a hub asks itself', () => {
  const HUB_URL = 'https://hub.example.com';
  expect(load({ HUB_URL }).url).toBe(HUB_URL);
  expect(load({ HUB_URL, CLUSTER_ENABLED: '1' }).url).toBe('http://127.0.0.1:8080');
  expect(load({ HUB_URL, MONITOR_URL: 'https://other.example.com' }).url).toBe('https://other.example.com');
});

describe('names that other programs have for a setting', () => {
  test('are read where ours is not set, also with _FILE', () => {
    const uptop = { UPTOP_CLUSTER_MODE: 'probe', UPTOP_PEER_URL: 'https://a/,https://b', UPTOP_NODE_ID: 'p1' };
    const token = write('token', 'a-token-of-a-probe\n');
    const { mode, probe } = load({
      ...uptop,
      UPTOP_NODE_REGION: 'eu',
      MONITOR_NODE_REGION: 'us',
      UPTOP_CLUSTER_SECRET_FILE: token,
    });
    expect([mode, probe.hubs, probe.id, probe.region]).toEqual(['probe', ['https://a', 'https://b'], 'p1', 'us']);
    expect(probe.token?.equals('a-token-of-a-probe')).toBe(true);
    expect(load({ GATUS_MODE: 'agent' }).mode).toBe('agent');
  });

  test('are named where what they say is wrong', () => {
    expect(problems({ UPTOP_CLUSTER_MODE: 'boss' })).toEqual([
      expect.stringMatching(/^UPTOP_CLUSTER_MODE: must be one of leader, follower, probe, agent/),
    ]);
  });
});
