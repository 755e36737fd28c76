import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../../../src/checkers/service.ts';
import { type Answer, cannedExec, createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine({ 'root/run/systemd/system/.keep': '' });
});
afterEach(() => machine.remove());

async function look(options: object, answer: Partial<Answer>, remembered: Record<string, unknown> = {}) {
  const { exec, calls } = cannedExec([{ argv: ['systemctl'], ...answer }]);
  const { results, remember } = await runOn(machine, service.bind(options), { exec, remembered });
  return { ...results[0], remember, calls };
}

const show = (state: string, sub: string, restarts = 0, result = 'success', load = 'loaded') => ({
  stdout: `Result=${result}\nNRestarts=${restarts}\nLoadState=${load}\nActiveState=${state}\nSubState=${sub}\n`,
});

test.each([
  ['active', show('active', 'running'), 'ok', 'nginx.service is active (running)'],
  ['a oneshot that has done its work', show('active', 'exited'), 'ok', 'nginx.service is active (exited)'],
  ['reloading', show('reloading', 'reload'), 'ok', 'nginx.service is reloading (reload)'],
  ['on its way', show('activating', 'auto-restart'), 'warning', 'nginx.service is activating (auto-restart)'],
  ['stopped', show('inactive', 'dead'), 'critical', 'nginx.service is inactive (dead)'],
  ['failed', show('failed', 'failed', 0, 'oom-kill'), 'critical', 'nginx.service is failed, result oom-kill'],
  ['not there', show('inactive', 'dead', 0, 'success', 'not-found'), 'critical', 'nginx.service does not exist'],
  [
    'systemctl fails',
    { code: 1, stderr: 'Failed to connect to bus' },
    'unknown',
    'systemctl failed: Failed to connect to bus',
  ],
  ['systemctl hangs', { code: null, timedOut: true }, 'unknown', 'systemctl did not answer in time'],
  ['systemctl says nothing', { stdout: '' }, 'unknown', 'systemctl says nothing of nginx.service'],
])('a unit: %s', async (_, answer, status, message) => {
  expect(await look({ units: ['nginx'] }, answer)).toMatchObject({ checker: 'service:nginx.service', status, message });
});

test.each([
  ['none at the first run', undefined, 7, {}, 'ok'],
  ['none since', 7, 7, {}, 'ok'],
  ['some since', 5, 7, {}, 'warning'],
  ['many since', 2, 7, { critical: 5 }, 'critical'],
  ['counted anew since the unit was started', 9, 2, {}, 'warning'],
])('restarts: %s', async (_, before, now, options, status) => {
  const remembered = before === undefined ? {} : { 'service:nginx.service': before };
  const found = await look({ units: ['nginx'], ...options }, show('active', 'running', now), remembered);
  expect(found).toMatchObject({ status, remember: { 'service:nginx.service': now } });
});

test('without units, those that failed', async () => {
  const line = (unit: string) => `${unit} loaded failed failed Some description\n`;
  expect(await look({}, { stdout: '' })).toMatchObject({
    checker: 'service',
    status: 'ok',
    message: 'No unit has failed',
  });
  expect(await look({ inactive: 'warning' }, { stdout: line('a.service') + line('b.timer') })).toMatchObject({
    status: 'warning',
    message: '2 failed: a.service, b.timer',
    metrics: { failed: 2, failed_units: ['a.service', 'b.timer'] },
  });
});

test('a name of a unit cannot be taken for a flag', async () => {
  expect(() => service.bind({ units: ['--version'] })).toThrow('must be the name of a unit');
  const { calls } = await look({ units: ['a@b.service'] }, show('active', 'running'));
  expect(calls[0]?.slice(-2)).toEqual(['--', 'a@b.service']);
});

test('a machine without systemd is told', async () => {
  machine.remove();
  machine = createMachine();
  expect(await look({}, {})).toMatchObject({
    status: 'unknown',
    message: 'not available here: systemd does not run this machine',
  });
});

describe('names of systemd.unit(5)', () => {
  test.each([
    ['nginx', 'nginx.service'],
    ['home-data.automount', 'home-data.automount'],
    ['-.mount', '-.mount'],
    ['-.slice', '-.slice'],
    ['dev-disk-by\\x2dlabel-x.device', 'dev-disk-by\\x2dlabel-x.device'],
    ['getty@tty1', 'getty@tty1.service'],
    ['a.b', 'a.b.service'],
    ['app@*.service', 'app@*.service'],
    ['app-*', 'app-*'],
    ['app-?', 'app-?.service'],
  ])('%s is %s', (written, name) => {
    expect(service.bind({ units: [written] }).map((check) => check.name)).toEqual([`service:${name}`]);
  });

  test.each(['', '--version', '-x', 'a b', 'a/b', 'a'.repeat(256), 'a\n'])('%j is none', (written) => {
    expect(() => service.bind({ units: [written] })).toThrow('must be the name of a unit');
  });
});

describe('several units', () => {
  const list = [
    'app@1.service loaded active running One',
    'app@2.service loaded failed failed Two',
    'app@3.service loaded activating auto-restart Three',
  ].join('\n');
  const told = (found: Awaited<ReturnType<typeof look>>) => found.items?.map((item) => [item.name, item.status]);

  test('that a pattern fits: each is an alert of its own', async () => {
    const found = await look({ units: ['app@*'] }, { stdout: list });
    expect(found.calls[0]?.slice(-2)).toEqual(['--', 'app@*']);
    expect(found).toMatchObject({
      status: 'critical',
      message: 'app@2.service is failed, app@3.service is activating (auto-restart)',
    });
    expect(told(found)).toEqual([
      ['service:app@*:app@1.service', 'ok'],
      ['service:app@*:app@2.service', 'critical'],
      ['service:app@*:app@3.service', 'warning'],
    ]);
  });

  test('that a pattern does not fit', async () => {
    const found = await look({ units: ['app@*'] }, { stdout: '\n' });
    expect(found).toMatchObject({ status: 'critical', message: 'no unit is called app@*' });
  });

  test('that failed: each is an alert of its own, with a state of its own', async () => {
    const overrides = { 'b.timer': { inactive: 'warning' }, a: { inactive: 'warning' } };
    const failed = 'a.service loaded failed failed A\nb.timer loaded failed failed B\nc.mount loaded failed failed C\n';
    const found = await look({ overrides }, { stdout: failed });
    expect(found).toMatchObject({ status: 'critical', message: '3 failed: a.service, b.timer, c.mount' });
    expect(told(found)).toEqual([
      ['service:a.service', 'warning'],
      ['service:b.timer', 'warning'],
      ['service:c.mount', 'critical'],
    ]);
    expect(found.items?.[0]).toMatchObject({ title: 'Unit a.service failed', labels: { unit: 'a.service' } });
  });

  test('that are named have options of their own', async () => {
    const options = { units: ['nginx'], overrides: { nginx: { inactive: 'warning' } } };
    expect(await look(options, show('inactive', 'dead'))).toMatchObject({ status: 'warning' });
  });
});
