import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// Tokens and people are made and ended by another process while the hub runs.
let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome();
  hub = await home.serve();
});
afterAll(() => home.remove());

const runWith = (input: string, ...args: string[]) => home.run(args, {}, input);

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await home.run([...args, '--json']);
  expect([args, code, stderr]).toEqual([args, 0, expect.any(String)]);
  return JSON.parse(stdout) as {
    readonly items?: readonly Record<string, unknown>[];
    readonly [name: string]: unknown;
  };
};

describe('monitor tokens', () => {
  test('makes a token that is shown once, lists it without its secret, and ends it', async () => {
    const made = await json(
      'tokens',
      'create',
      'deploy bot',
      '--role',
      'write',
      '--only',
      'team="web"',
      '--expires',
      '90d',
    );
    expect(made).toEqual({
      ...{ id: expect.stringMatching(/^[0-9a-f]{16}$/), name: 'deploy bot', role: 'write', confined_to: 'team="web"' },
      ...{ expires_at: expect.any(String), token: expect.stringMatching(/^mon_[0-9a-f]{16}_[\w-]{43}$/) },
    });
    const { stdout } = await home.run(['tokens', 'list']);
    expect(stdout).toContain('deploy bot  write  team="web"');
    expect(stdout).not.toContain(String(made.token).slice(-43));
    expect(await json('tokens', 'list')).toMatchObject({ items: [{ status: 'active', last_used_at: null }] });
    expect(await json('tokens', 'revoke', String(made.id))).toEqual({ id: made.id, status: 'revoked' });
    expect((await home.run(['tokens', 'revoke', String(made.id)])).code).toBe(1);
    expect(await json('tokens', 'list')).toEqual({ items: [] });
  });

  test('writes one into a new file for nobody else', async () => {
    const file = join(home.folder, 'backup.token');
    await json('tokens', 'create', 'backup', '--output', file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^mon_[0-9a-f]{16}_[\w-]{43}\n$/);
  });

  test.each([
    [['tokens', 'create', 'x', '--only', 'team=~"w.*"'], 'is a pattern'],
    [['tokens', 'create', 'x', '--role', 'root'], 'read, write, admin'],
    [['tokens', 'create', 'x', '--expires', 'soon'], '--expires'],
    [['people', 'add', 'a b'], 'letters, digits'],
    [['people', 'role', 'jo', 'root'], 'read, write, admin'],
  ])('%j is refused with the fix', async (args, fix) => {
    const { code, stderr } = await home.run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(fix)]);
  });
});

describe('monitor people', () => {
  const PASSWORD = 'correct horse battery';

  test('adds somebody by a password from stdin, changes them, and removes them', async () => {
    expect(await runWith(`${PASSWORD}\n`, 'people', 'add', 'Mira', '--role', 'admin')).toMatchObject({
      ...{ code: 0, stdout: 'mira may log in from now on, with the role admin.\n', stderr: '' },
    });
    expect(await runWith(PASSWORD, 'people', 'add', 'mira')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already'),
    });
    expect((await runWith('another horse battery\n', 'people', 'password', 'mira')).code).toBe(0);
    expect((await json('people', 'role', 'mira', 'read', '--only', 'team="web"')).role).toBe('read');
    const listed = await json('people', 'list');
    expect(listed).toMatchObject({ items: [{ name: 'mira', role: 'read', confined_to: 'team="web"', sessions: 0 }] });
    expect(JSON.stringify(listed)).not.toContain('scrypt');
    expect(await json('people', 'remove', 'mira')).toEqual({ name: 'mira', ended_sessions: 0 });
    expect((await home.run(['people', 'remove', 'mira'])).code).toBe(1);
  });

  test('refuses a weak password, and one that is not there', async () => {
    expect(await runWith('short\n', 'people', 'add', 'jo')).toMatchObject({ code: 2 });
    expect(await runWith('', 'people', 'add', 'jo')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stdin'),
    });
    expect(await json('people', 'list')).toEqual({ items: [] });
  });

  test('the hub that runs goes on', async () => {
    expect((await fetch(`${hub.url}/api/v1/alerts`)).status).toBe(200);
  });
});
