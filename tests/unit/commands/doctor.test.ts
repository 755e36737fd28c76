import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { worstOf } from '../../../src/commands/doctor/finding.ts';
import { examineProgram, examineState } from '../../../src/commands/doctor/machine.ts';
import { examineHub } from '../../../src/commands/doctor/network.ts';
import { examineSchedule } from '../../../src/commands/doctor/schedule.ts';
import { loadSettings } from '../../../src/config/load.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'monitor-doctor-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const settings = (env: Record<string, string> = {}) => loadSettings({ env: { HOME: root, ...env }, cwd: root });
const AGENT = { HUB_URL: 'https://hub.example.com' };

test.each([
  ['v20.18.9', 'problem'],
  ['v20.19.0', 'ok'],
  ['v22.0.0', 'ok'],
  ['v18.20.0', 'problem'],
])('Node.js %s: %s', (node, status) => {
  expect(examineProgram('1.0.0', node).status).toBe(status);
});

describe('the state folder', () => {
  test('one that is not made yet is looked at where it will be made', () => {
    const { status, message } = examineState(join(root, 'a/b'));
    expect(['ok', 'warning']).toContain(status);
    expect(message).toMatch(/a\/b \(not made yet\), \d+ MiB free$/);
  });

  test('one in which others may write', () => {
    chmodSync(root, 0o777);
    expect(examineState(root)).toMatchObject({ status: 'problem', message: expect.stringContaining('chmod go-w') });
  });
});

describe('what starts it', () => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const enable = (target: string, name: string) => {
    mkdirSync(join(root, `etc/systemd/system/${target}.wants`), { recursive: true });
    symlinkSync(`../${name}`, join(root, `etc/systemd/system/${target}.wants/${name}`));
  };
  const CRON =
    '# * * * * * monitor push-to-hub\n* * * * *  monitor  /usr/bin/node /opt/bin/monitor push-to-hub >/dev/null\n';

  test('nothing', () => {
    expect(examineSchedule(settings(AGENT), root)).toEqual({
      ...{ part: 'schedule', status: 'warning', message: 'nothing here starts the agent, as far as can be seen' },
      fix: 'sudo monitor deploy systemd agent',
    });
    expect(examineSchedule(settings({ ...AGENT, CLUSTER_ENABLED: '1' }), root).fix).toBe(
      'sudo monitor deploy systemd agent and sudo monitor deploy systemd hub',
    );
  });

  test('a line of cron, and not one that is commented out', () => {
    write('etc/cron.d/monitor', CRON);
    expect(examineSchedule(settings(AGENT), root)).toMatchObject({
      status: 'ok',
      message: join(root, 'etc/cron.d/monitor'),
    });
    write('etc/cron.d/monitor', CRON.split('\n')[0] ?? '');
    expect(examineSchedule(settings(AGENT), root).status).toBe('warning');
  });

  test('a timer and a service count only where they are enabled', () => {
    write('etc/systemd/system/monitor-agent.service', '[Service]\nExecStart=/usr/bin/monitor push-to-hub\n');
    write('etc/systemd/system/monitor-agent.timer', '[Timer]\nOnCalendar=minutely\n');
    write('etc/systemd/system/monitor-hub.service', '[Service]\nExecStart=/usr/bin/node /opt/monitor serve\n');
    expect(examineSchedule(settings(AGENT), root).status).toBe('warning');
    enable('timers.target', 'monitor-agent.timer');
    expect(examineSchedule(settings(AGENT), root).status).toBe('ok');
    expect(examineSchedule(settings(), root).status).toBe('warning');
    enable('multi-user.target', 'monitor-hub.service');
    expect(examineSchedule(settings(), root).status).toBe('ok');
  });

  test('both cron and a timer', () => {
    write('etc/cron.d/monitor', CRON);
    write('etc/systemd/system/monitor-agent.service', '[Service]\nExecStart=/usr/bin/monitor push-to-hub\n');
    write('etc/systemd/system/monitor-agent.timer', '');
    enable('timers.target', 'monitor-agent.timer');
    expect(examineSchedule(settings(AGENT), root).message).toMatch(/^the agent is started twice: /);
  });
});

describe('the hub of an agent', () => {
  let server: Server;
  let url = '';
  let answer = { status: 200, date: 'Sat, 28 Nov 2026 12:00:00 GMT' };
  const now = () => Date.parse('2026-11-28T12:00:01Z');
  beforeEach(async () => {
    server = createServer((_, response) =>
      response.writeHead(answer.status, { date: answer.date }).end('{"message":"held up"}'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['is fine', { status: 200, date: 'Sat, 28 Nov 2026 12:00:00 GMT' }, ['ok', 'ok']],
    ['has another clock', { status: 200, date: 'Sat, 28 Nov 2026 12:01:00 GMT' }, ['ok', 'warning']],
    [
      'has a clock with which pushes are refused',
      { status: 200, date: 'Sat, 28 Nov 2026 11:00:00 GMT' },
      ['ok', 'problem'],
    ],
    ['is not ready', { status: 503, date: '' }, ['problem']],
    ['is no hub', { status: 404, date: '' }, ['problem']],
  ])('%s', async (_, given, statuses) => {
    answer = given;
    expect((await examineHub(settings(), url, now)).map(({ status }) => status)).toEqual(statuses);
  });

  test('is not there', async () => {
    const [finding] = await examineHub(settings(), 'http://127.0.0.1:1', now);
    expect(finding).toMatchObject({ status: 'problem', message: expect.stringContaining('refused the connection') });
  });
});

test('the worst of what was found', () => {
  const finding = (status: 'ok' | 'warning' | 'problem' | 'unknown') => ({ part: 'x', status, message: '' });
  expect(worstOf([finding('ok'), finding('unknown'), finding('warning')])).toBe('warning');
  expect(worstOf([finding('warning'), finding('problem')])).toBe('problem');
  expect(worstOf([])).toBe('ok');
});
