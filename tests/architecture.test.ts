import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as architecture from './support/architecture.ts';
import { ROOT, readSources } from './support/sources.ts';

const rules = { ...architecture };
type Name = keyof typeof rules;

describe('the sources keep the rules of the design', () => {
  const sources = readSources();
  test.each(Object.keys(rules) as Name[])('%s', (name) => {
    expect(sources.length).toBeGreaterThan(20);
    expect(rules[name](sources)).toEqual([]);
  });

  test('bin/monitor only loads the program', () => {
    expect(readFileSync(join(ROOT, 'bin/monitor'), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(10);
  });
});

/** Sources that break a rule, by path, and how often it is broken. */
const WRONG: readonly [Name, Record<string, string>, number][] = [
  ['floors', { 'core/a.ts': "import { b } from '../lib/b.ts';" }, 1],
  ['floors', { 'agent/a.ts': "import type { B } from '../pipeline/b.ts';" }, 1],
  ['floors', { 'config/a.ts': "const b = await import('../commands/b.ts');" }, 1],
  ['floors', { 'config/a.ts': "export { b } from '../../tests/b.ts';" }, 1],
  ['floors', { 'attic/a.ts': '', 'main.ts': '' }, 2],
  [
    'strangers',
    { 'checkers/cpu.ts': "import { read } from './memory.ts';\nimport { CHECKERS } from './registry.ts';" },
    2,
  ],
  [
    'registered',
    { 'drivers/registry.ts': "import { a } from './a.ts';", 'drivers/b.ts': '', 'drivers/a/part.ts': '' },
    1,
  ],
  ['registered', { 'drivers/list.ts': "export { a } from './a.ts';", 'drivers/a.ts': '', 'drivers/b.ts': '' }, 1],
  [
    'registered',
    { 'commands/registry.ts': "load: () => import('./a.ts')", 'commands/b.ts': 'export const command = {};' },
    1,
  ],
  [
    'pureCore',
    { 'core/a.ts': 'export const now = () => Date.now();', 'core/b.ts': "import { join } from 'node:path';" },
    2,
  ],
  [
    'pureCore',
    {
      'core/a.ts': 'new Date()',
      'core/b.ts': 'Math.random()',
      'core/c.ts': '`$' + '{process.pid}`',
      'core/d.ts': 'setTimeout(x)',
    },
    4,
  ],
  [
    'oneClock',
    { 'web/a.ts': 'const at = Date.now();', 'app/b.ts': 'new Date( )', 'dashboard/parts/c.tsx': 'Date.now()' },
    3,
  ],
  ['oneReader', { 'lib/a.ts': 'const home = process.env.HOME;', 'app/b.ts': 'const { env } = process;' }, 2],
  ['signals', { 'app/a.ts': "process.once('SIGTERM', stop);" }, 1],
  ['oneExit', { 'commands/check.ts': 'process.exit(1);' }, 1],
  ['noConsole', { 'web/a.ts': "console.log('x');" }, 1],
  ['noState', { 'lib/a.ts': 'let count = 0;', 'lib/b.ts': 'export const seen = new Map<string, number>();' }, 2],
  [
    'noState',
    {
      'lib/a.ts': 'const LIST = [1];\nfunction f() {\n  LIST.push(2);\n}',
      'lib/b.ts': 'const STATE = { n: 0 };\nf(() => STATE.n++);',
    },
    2,
  ],
  [
    'noState',
    { 'lib/a.ts': 'const BY_NAME: Record<string, number> = {};\nconst f = (n: string) => {\n  BY_NAME[n] = 1;\n};' },
    1,
  ],
  [
    'oneDoor',
    {
      'agent/a.ts': "import { spawn } from 'node:child_process';",
      'checkers/b.ts': "import { request } from 'node:https';",
    },
    2,
  ],
  [
    'oneDoor',
    {
      'app/a.ts': "import http from 'node:http';",
      'app/b.ts': 'await fetch(url);',
      'app/c.ts': "import { Client } from 'undici';",
    },
    3,
  ],
  ['oneDoor', { 'checkers/a.ts': "import { z } from 'zod';" }, 1],
  ['sizes', { 'lib/a.ts': 'x\n'.repeat(401), 'commands/b.ts': 'x\n'.repeat(121) }, 3],
  ['plainNames', { 'lib/utils.ts': '', 'web/user-manager.ts': '', 'common/a.ts': '' }, 3],
  [
    'oneSense',
    {
      'pipeline/a.ts': 'const deliveries = [];',
      'stores/b.ts': 'interface DeliveryRecord {}',
      'web/c.ts': 'type Waiting = Parcel;',
      'stores/d.ts': 'store.thin(table);',
    },
    4,
  ],
  [
    'documented',
    { 'lib/a.ts': 'export const a = 1;\n\n/** B. */\nexport function b(): void {}\nexport interface C {}' },
    2,
  ],
  [
    'lightStart',
    { 'commands/main.ts': "import { a } from '../config/a.ts';", 'config/a.ts': "import * as z from 'zod';" },
    1,
  ],
  ['lazyPackages', { 'commands/a.ts': "const { parse } = await import('yaml');" }, 1],
];

/** Sources that look like it and are none. */
const RIGHT: readonly [Name, Record<string, string>][] = [
  ['floors', { 'commands/a.ts': "import { b } from '../core/b.ts';\nimport './c.ts';" }],
  [
    'strangers',
    { 'drivers/cluster.ts': "import { a } from './cluster/signature.ts';\nimport type { B } from './contract.ts';" },
  ],
  [
    'pureCore',
    {
      'core/a.ts':
        "// Date.now() is not for us\nconst word = 'process.env';\nnew Date(time);\nconst quote = /[\"'`]/;\nconst after = 'x';",
    },
  ],
  [
    'oneSense',
    {
      'channels/a.ts': 'const delivery = 1;',
      'core/notice/b.ts': 'type DeliveryFailure = string;',
      'drivers/c.ts': "// The vendor's delivery id.\nconst header = 'X-GitHub-Delivery';\nwithin(things);",
    },
  ],
  ['oneReader', { 'config/a.ts': 'process.env.HOME', 'lib/b.ts': '/** Never reads process.env. */' }],
  [
    'noState',
    {
      'lib/a.ts':
        "const WORDS = new Set(['a']);\nexport const f = (w: string) => WORDS.has(w);\nfunction g() {\n  let n = 0;\n  n += 1;\n}",
    },
  ],
  [
    'oneDoor',
    {
      'web/a.ts': "import { createServer, type IncomingMessage } from 'node:http';",
      'app/b.ts': 'const fetchAll = store.fetch(id);',
      'dashboard/browser/c.ts': 'await fetch(path); Date.now();',
    },
  ],
  ['plainNames', { 'checkers/service.ts': '' }],
  ['lightStart', { 'commands/main.ts': "import type { z } from 'zod';\nconst yaml = () => import('yaml');" }],
];

const made = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => ({ path, text }));

describe('the rules find what breaks them', () => {
  test.each(WRONG)('%s %j', (name, files, count) => {
    expect(rules[name](made(files))).toHaveLength(count);
  });

  test.each(RIGHT)('and nothing else: %s %j', (name, files) => {
    expect(rules[name](made(files))).toEqual([]);
  });

  test('each of them is tried', () => {
    expect(Object.keys(rules).filter((name) => !WRONG.some(([tried]) => tried === name))).toEqual([]);
  });
});
