import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const BIN = join(import.meta.dirname, '../../bin/monitor');
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'monitor-deploy-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [BIN, 'deploy', ...args], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).error === undefined;

test('units and cron lines start this Node.js with this program, by absolute paths', () => {
  for (const args of [['systemd', 'hub'], ['systemd', 'agent'], ['cron']]) {
    const { status, stdout } = run(...args, '--root', root);
    expect([args, status, stdout]).toEqual([args, 0, expect.stringMatching(/ is written\.\n$/)]);
  }
  const unit = (name: string) => readFileSync(join(root, 'etc/systemd/system', name), 'utf8');
  expect(unit('monitor-hub.service')).toContain(`\nExecStart=${process.execPath} ${BIN} serve --config`);
  expect(unit('monitor-agent.service')).toContain(`\nExecStart=${process.execPath} ${BIN} push-to-hub --config`);
  const cron = readFileSync(join(root, 'etc/cron.d/monitor'), 'utf8');
  expect(cron).toContain(`\n* * * * *  monitor  ${process.execPath} ${BIN} push-to-hub >/dev/null\n`);
  expect(statSync(join(root, 'etc/cron.d/monitor')).mode & 0o777).toBe(0o644);
  for (const text of [unit('monitor-hub.service'), unit('monitor-agent.service'), cron]) {
    expect(text).not.toContain('/usr/local/bin/monitor');
    for (const [, page = ''] of text.matchAll(/^Documentation=file:(.*)$/gm)) expect(existsSync(page)).toBe(true);
  }
  expect(run('systemd', 'hub', '--root', root)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('--force'),
  });
  expect(run('systemd', 'hub', '--root', root, '--force').status).toBe(0);
  expect(run('systemd', 'hub', '--print').stdout.trimEnd()).toBe(unit('monitor-hub.service').trimEnd());
});

test.each([
  [['systemv'], /the system must be systemd or cron, not "systemv"/],
  [['systemd', 'both'], /the part must be hub or agent, not "both"/],
  [['cron', 'hub'], /a hub runs all the time/],
])('%j is wrong usage', (args, message) => {
  expect(run(...args, '--print')).toMatchObject({ status: 2, stderr: expect.stringMatching(message), stdout: '' });
});

(hasAnalyze ? test : test.skip)('systemd finds no fault with the units (needs systemd-analyze)', () => {
  for (const name of ['monitor-hub.service', 'monitor-agent.service', 'monitor-agent.timer']) {
    const place = join(root, 'etc/systemd/system', name);
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', place], { encoding: 'utf8' });
    const own = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('monitor-'));
    expect([name, own]).toEqual([name, []]);
  }
});
