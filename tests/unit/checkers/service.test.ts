import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
