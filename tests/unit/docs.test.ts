import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import { SECTIONS } from '../../bench/sections.ts';
import { Exit, UsageError } from '../../src/commands/contract.ts';
import { report } from '../../src/commands/program.ts';
import { loadSettings } from '../../src/config/load.ts';
import { rows } from '../../src/config/rows.ts';
import { variablesOf } from '../../src/config/setting.ts';
import { LIMITS } from '../../src/core/alert/alert.ts';
import { decide } from '../../src/core/alert/decide.ts';
import { pluginExitCode } from '../../src/core/check.ts';
import { roleOf } from '../../src/core/role.ts';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { fingerprintOf } from '../../src/lib/crypto/digest.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { CLOCK_TOLERANCE_S, HEADERS, signV1, signV2 } from '../../src/lib/crypto/signature.ts';
import { ALERT_PARAMETERS, INCIDENT_PARAMETERS, INSTANCE_PARAMETERS, readQuery } from '../../src/web/api/queries.ts';
import { API_ROUTES } from '../support/api-routes.ts';
import { commandTree, faultOf } from '../support/command-tree.ts';
import { anchorsOf, blocks, callsOf, linksOf, readPages, section, tableOf } from '../support/pages.ts';
import { FLOORS, ROOT } from '../support/sources.ts';

const PAGES = readPages();
const MARKDOWN = PAGES.filter(({ path }) => path.endsWith('.md'));
const pageOf = (path: string) => PAGES.find((page) => page.path === path)?.text ?? '';
const API = pageOf('docs/http-api.md');
const PROTOCOL = pageOf('docs/protocol.md');

test.each(PAGES.map(({ path, text }) => [path, text]))(
  '%s holds no mark of a merge that was not finished',
  (_, text) => {
    expect(text).not.toMatch(/^(?:<{7}|>{7})(?: |$)/m);
  },
);

describe('docs/http-api.md', () => {
  const table = tableOf(section(API, 'Routes'));

  test('lists every route with its role, and no other', () => {
    expect(table.map(([route, role]) => `${route} ${role}`).toSorted()).toEqual(
      API_ROUTES.map(({ method, path, role }) => `${method} ${path} ${role}`).toSorted(),
    );
  });

  test('every route describes its answers, and every body that it reads, for docs/openapi.json', () => {
    const own = API_ROUTES.filter(({ path, isStream }) => path.startsWith('/api/v1/') && !isStream);
    const silent = own.filter(({ answers }) => Object.keys(answers).length === 0);
    expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    const unread = own.filter(({ method, body }) => (method === 'POST' || method === 'PATCH') && body === null);
    expect(unread.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  test('lists the route of every driver, and no other, with every way to prove it', () => {
    const made = tableOf(section(API, 'Webhooks'));
    expect(made.map(([route]) => route).toSorted()).toEqual(
      DRIVERS.map((driver) => `POST /alerts/webhook/${driver.name}/`).toSorted(),
    );
    const ways = tableOf(section(API, 'Webhooks').split('<!-- end -->')[1] ?? '').map(([way]) => way);
    expect(ways).toEqual(expect.arrayContaining(made.flatMap(([, proof]) => proof?.split(', ') ?? [])));
  });

  test('names parameters that the lists take', () => {
    const readers = { alerts: ALERT_PARAMETERS, incidents: INCIDENT_PARAMETERS, instances: INSTANCE_PARAMETERS };
    const lists = Object.keys(readers) as (keyof typeof readers)[];
    const samples: Record<string, string> = {
      ...{
        limit: '7',
        severity: 'info',
        sort: 'attention',
        count: 'true',
        counts: 'severity',
        since: '2h',
        label: 'team=db',
      },
      cursor: Buffer.from('01a1fd8c-abf7-71c9-be9b-c268f714a509').toString('base64url'),
    };
    const rowsOfTable = tableOf(section(API, 'Lists'));
    expect(rowsOfTable.length).toBeGreaterThan(12);
    for (const [name = '', of = '', means = ''] of rowsOfTable) {
      const sample = samples[name] ?? (name === 'status' ? (/^\w+/.exec(means)?.[0] ?? '') : 'x');
      for (const list of lists.filter((one) => of === 'all' || of.split(', ').includes(one)))
        expect(readQuery(readers[list] as z.ZodType, { [name]: sample })).toBeDefined();
    }
  });
});

describe('docs/protocol.md', () => {
  test('lists every header of a signature', () => {
    const documented = tableOf(section(PROTOCOL, 'Request')).map(([name]) => name?.toLowerCase());
    expect(documented).toEqual(expect.arrayContaining(Object.values(HEADERS)));
    expect(documented.filter((name) => name?.startsWith('x-')).toSorted()).toEqual(Object.values(HEADERS).toSorted());
  });

  test('has vectors that are right', () => {
    const vectors = section(PROTOCOL, 'Vectors');
    const body = blocks(vectors, 'text')[0]?.trimEnd() ?? '';
    expect(Buffer.byteLength(body)).toBe(113);
    const secret = new Secret('s3cret');
    const signed = { method: 'POST', path: '/alerts/webhook/cluster/' };
    const [timestamp, nonce] = ['1774785600', '0123456789abcdef0123456789abcdef'];
    expect(vectors).toContain(`timestamp \`${timestamp}\`, nonce \`${nonce}\``);
    const labels = { hostname: 'ip-10-0-1-42', instance_id: 'web-server-03' };
    for (const value of [
      signV1(secret, body),
      signV2(secret, { ...signed, timestamp, nonce }, body),
      fingerprintOf('CPU usage critical', labels),
    ])
      expect(vectors).toContain(`| \`${value}\` |`);
  });

  test('tells the bounds', () => {
    const numbers = [
      LIMITS.alerts,
      LIMITS.instanceId,
      LIMITS.fingerprint,
      LIMITS.name,
      LIMITS.depth,
      CLOCK_TOLERANCE_S,
    ];
    for (const number of numbers) expect(PROTOCOL).toContain(`${number.toLocaleString('en')}`);
    expect(LIMITS.bodyBytes).toBe(1024 ** 2);
    expect(PROTOCOL).toContain('body over 1 MiB');
  });
});

test('the README has the four roles', () => {
  const value = (cell: string | undefined) => !cell?.startsWith('unset');
  const table = tableOf(section(pageOf('README.md'), 'The four roles'));
  expect(table).toHaveLength(4);
  for (const [url, enabled, role] of table)
    expect(roleOf(value(url) ? 'http://hub' : undefined, value(enabled)).role).toBe(role);
});

test('docs/architecture.md draws every folder on its floor, and every room of the store', () => {
  const page = pageOf('docs/architecture.md');
  const folders = (path: string) =>
    readdirSync(join(ROOT, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  const drawn = tableOf(section(page, 'Floors')).map(([floor, folder]) => `${floor} ${folder}`);
  expect(drawn.toSorted()).toEqual(
    folders('src')
      .map((name) => `${FLOORS[name]} src/${name}`)
      .toSorted(),
  );
  const rooms = tableOf(section(page, 'The store')).flatMap(([cell = '']) => cell.split(', '));
  expect(rooms.toSorted()).toEqual(folders('src/stores').toSorted());
});

test('docs/architecture.md follows a push through 25 files at most, which are there', () => {
  const files = tableOf(section(pageOf('docs/architecture.md'), 'One push, file by file')).map(([file = '']) => file);
  expect(files.length).toBeGreaterThan(10);
  expect(new Set(files).size).toBeLessThanOrEqual(25);
  expect(files.filter((file) => !existsSync(join(ROOT, file.replaceAll('`', ''))))).toEqual([]);
});

test('docs/architecture.md has every decision with its reason', () => {
  const sent = { status: 'firing', severity: 'warning', observedAt: 2 } as const;
  const words: Record<string, object | undefined> = {
    nothing: undefined,
    firing: sent,
    resolved: { ...sent, status: 'resolved' },
    any: { ...sent, observedAt: 3 },
    'firing, same severity': sent,
    'firing, other severity': { ...sent, severity: 'critical' },
    'observed earlier than what is stored': sent,
    'the word of a person': { ...sent, status: 'resolved', heldUntil: 20 },
    'ended by hand': { ...sent, status: 'resolved', expiresAt: 20 },
    'firing, no worse': sent,
  };
  const table = tableOf(section(pageOf('docs/architecture.md'), 'The stages').replace(/^[\s\S]*?with its reason:/, ''));
  const told = table.map(([stored = '', incoming = '', action, reason]) => {
    expect(Object.keys(words)).toEqual(expect.arrayContaining([stored, incoming]));
    expect(decide(words[stored] as never, words[incoming] as never, 10)).toEqual({ action, reason });
    return reason;
  });
  expect(told).toEqual([
    ...['new', 'resolved_unseen', 'repeat', 'severity_changed', 'resolved', 'already_resolved', 'refired', 'stale'],
    ...['ended_by_hand', 'ended_by_hand', 'end_confirmed'],
  ]);
});

test('docs/cli.md has the exit codes', () => {
  const terminal = {
    out() {},
    err() {},
    colour: false,
    errColour: false,
    interactive: false,
    columns: 80,
    hasPrinted: () => true,
  };
  const codeOf = (error: Error, isCheck = false) => report(error, { isCheck, isJson: false }, terminal);
  const table = tableOf(pageOf('docs/cli.md'));
  expect(table).toEqual([
    ['0', 'fine'],
    [`${codeOf(new Error('x'))}`, 'failed'],
    [`${codeOf(new UsageError('x'))}`, 'wrong usage or configuration'],
  ]);
  expect(codeOf(new Exit(1))).toBe(1);
  const words = (['ok', 'warning', 'critical', 'unknown'] as const).map((word) => `${pluginExitCode(word)} ${word}`);
  expect(pageOf('docs/cli.md')).toContain(words.join(', '));
  expect(codeOf(new UsageError('x'), true)).toBe(pluginExitCode('unknown'));
});

describe('CONTRIBUTING.md', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };

  test('lists every script', () => {
    const documented = tableOf(section(pageOf('CONTRIBUTING.md'), 'Scripts')).map(([call]) => call?.split(' ').at(-1));
    expect(documented.toSorted()).toEqual(Object.keys(scripts).toSorted());
  });

  test('lists every section of the bench in its order, with its flags, and how many run without a name', () => {
    const text = section(pageOf('CONTRIBUTING.md'), 'Bench');
    const table = tableOf(text);
    expect(table.map(([name]) => name)).toEqual(SECTIONS.map(({ name }) => name));
    const always = SECTIONS.filter(({ always }) => always);
    expect(SECTIONS.slice(0, always.length)).toEqual(always);
    expect(text).toContain(`the first ${['no', 'one', 'two', 'three', 'four', 'five', 'six'][always.length]} run`);
    for (const [name, shows = ''] of table) {
      const source = readFileSync(join(ROOT, 'bench', `${name}.ts`), 'utf8');
      const flags = [...source.matchAll(/^ {6}(\w+): \{ type: '|options: \{ (\w+): \{ type/gm)].map(
        (match) => match[1] ?? match[2],
      );
      expect([name, [...shows.matchAll(/--(\w+)/g)].map((match) => match[1]).toSorted()]).toEqual([
        name,
        flags.toSorted(),
      ]);
    }
  });

  test.each(MARKDOWN.map(({ path, text }) => [path, text]))('%s calls only scripts that there are', (_, text) => {
    const called = [...text.matchAll(/npm run ([a-z-]+)/g)].map((match) => match[1]);
    expect(called.filter((name) => !Object.keys(scripts).includes(name ?? ''))).toEqual([]);
  });
});

describe('links lead somewhere', () => {
  test.each(MARKDOWN.map((page) => [page.path, page] as const))('%s', (path, { text }) => {
    const dead = linksOf(text).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const there = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(ROOT, there))) return true;
      return anchor !== undefined && !anchorsOf(pageOf(there)).includes(anchor);
    });
    expect(dead).toEqual([]);
  });
});

const commands = await commandTree();
const fault = (words: readonly string[]) => faultOf(words, commands);

describe('commands that are shown exist, with their flags', () => {
  test('the check finds what does not exist', () => {
    expect(fault(['chek'])).not.toBeNull();
    expect(fault(['check', '--bad'])).not.toBeNull();
    expect(fault(['keys', 'create', 'web', '--overlap', '1d'])).not.toBeNull();
    expect(fault(['alerts', '--status', 'firing'])).toBeNull();
  });

  test.each(PAGES.map((page) => [page.path, page] as const))('%s', (_, page) => {
    expect(callsOf(page).flatMap((words) => fault(words) ?? [])).toEqual([]);
  });

  test('there are some', () => {
    expect(PAGES.flatMap(callsOf).length).toBeGreaterThan(40);
  });
});

describe('settings that are shown exist', () => {
  const variables = rows().flatMap(({ setting }) =>
    variablesOf(setting).flatMap((name) => (setting.secret ? [name, `${name}_FILE`] : [name])),
  );
  const allowed = [...variables, 'MONITOR_CONFIG', 'MONITOR_ENV_FILE'];
  // Made up, to show how a new driver or a misspelt name is told.
  const examples = ['WEBHOOK_SECRET_SMOKE'];

  test.each(PAGES.map((page) => [page.path, page.text]))('%s', (_, text) => {
    const named = [...text.matchAll(/\b(?:MONITOR|WEBHOOK_SECRET)_[A-Z][A-Z_0-9]*[A-Z0-9]\b/g)].map(([name]) => name);
    // Those of channels are made of the names that the operator gives.
    const fixed = named.filter((name) => !name.startsWith('MONITOR_CHANNEL_'));
    expect(fixed.filter((name) => ![...allowed, ...examples].includes(name))).toEqual([]);
  });

  const folder = mkdtempSync(join(tmpdir(), 'monitor-docs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const files = MARKDOWN.flatMap(({ path, text }) =>
    [
      ...blocks(text, 'yaml'),
      ...[...text.matchAll(/cat > \S+\.yaml <<'EOF'\n([\s\S]*?)^EOF/gm)].map((m) => m[1] ?? ''),
    ].map((yaml) => [path, yaml] as const),
  );

  test.each(files)('monitor.yaml of %s', (_, yaml) => {
    const file = join(folder, 'monitor.yaml');
    writeFileSync(file, yaml);
    const load = () => loadSettings({ env: { HOME: folder }, cwd: folder, configFile: file });
    const problems = problemsOf(load).filter((problem) => !problem.includes('cannot read'));
    expect(problems).toEqual([]);
  });
});

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    return (error as { problems?: readonly string[] }).problems ?? [String(error)];
  }
}
