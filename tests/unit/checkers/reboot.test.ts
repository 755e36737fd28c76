import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { reboot } from '../../../src/checkers/reboot.ts';
import { createMachine, runOn, START, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const UPTIME = 'proc/uptime';
const BOOT_ID = 'proc/sys/kernel/random/boot_id';

async function look(remembered: unknown = null, options: object = {}) {
  const kept = remembered === null ? {} : { reboot: remembered };
  const { results, remember } = await runOn(machine, reboot.bind(options), { remembered: kept });
  return { ...results[0], remember: remember.reboot };
}

describe('restarted since the last run', () => {
  beforeEach(() => {
    machine.write(UPTIME, '90061.00 1.0\n');
    machine.write(BOOT_ID, 'this-boot\n');
  });
  const kept = { boot_id: 'this-boot', booted_at: START - 90_061_000 };

  test.each([
    ['nothing remembered', null, 'ok', 'Up 1 d 1 h'],
    ['the same boot', kept, 'ok', 'Up 1 d 1 h'],
    ['another boot', { ...kept, boot_id: 'other' }, 'warning', 'The machine restarted since the last run; up 1 d 1 h'],
    ['without ids, the same start', { ...kept, boot_id: null }, 'ok', 'Up 1 d 1 h'],
    ['without ids, a clock set right', { booted_at: START - 90_061_000 - 60_000 }, 'ok', 'Up 1 d 1 h'],
    [
      'without ids, an earlier start',
      { booted_at: START - 200_000_000 },
      'warning',
      'The machine restarted since the last run; up 1 d 1 h',
    ],
    ['what was kept is not ours', ['x'], 'ok', 'Up 1 d 1 h'],
  ])('%s', async (_, remembered, status, message) => {
    expect(await look(remembered)).toMatchObject({ status, message, remember: kept });
  });

  test('it is warning once: the next run compares with this one', async () => {
    const first = await look({ ...kept, boot_id: 'other' });
    expect((await look(first.remember)).status).toBe('ok');
  });

  test('its state can be chosen', async () => {
    expect((await look({ ...kept, boot_id: 'other' }, { restarted: 'critical' })).status).toBe('critical');
    expect((await look({ ...kept, boot_id: 'other' }, { restarted: 'ok' })).status).toBe('ok');
  });
});

describe('restart required', () => {
  function mark(file: string, ageMs: number, packages = ''): void {
    machine.write(`root/${file}`, '*** System restart required ***\n');
    machine.write(`root/${file}.pkgs`, packages);
    utimesSync(join(machine.folder, 'root', file), START / 1000, (START - ageMs) / 1000);
  }

  test.each(['run/reboot-required', 'var/run/reboot-required', 'run/reboot-needed'])('marked by %s', async (file) => {
    mark(file, 90_000_000, 'linux-base\n');
    expect(await look()).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/; restart required by linux-base, for 1 d 1 h$/),
      metrics: { restart_required: true, restart_required_by: ['linux-base'] },
    });
  });

  test.each([
    [{}, 'warning'],
    [{ required_warning: null }, 'ok'],
    [{ required_warning: '7d' }, 'ok'],
    [{ required_warning: '1d', required_critical: '1d' }, 'critical'],
    [{ required_critical: '30d' }, 'warning'],
  ])('with %j', async (options, status) => {
    mark('run/reboot-required', 2 * 86_400_000);
    expect((await look(null, options)).status).toBe(status);
  });

  test('the longer time cannot be the milder state', () => {
    expect(() => reboot.bind({ required_warning: '2d', required_critical: '1d' })).toThrow('must not be beyond');
  });
});

describe('a container that is started anew keeps the boot id of its host', () => {
  const seen = (more: object) => ({ boot_id: 'b1', booted_at: START - 10 * 86_400_000, ...more });
  const DAY = 86_400_000;

  test.each([
    ['less uptime than before', seen({ uptime_ms: DAY }), 30, true],
    ['a clock that was set meanwhile', seen({ uptime_ms: 1000, booted_at: START - 300 * DAY }), 60, false],
    ['as much as before', seen({ uptime_ms: 60_000 }), 60, false],
    ['an older version kept no uptime', seen({}), 30, true],
    ['the same, and a clock set right by an hour', seen({}), 10 * 86_400 - 3600, false],
  ])('%s', async (_, remembered, uptime, restarted) => {
    machine.write('proc/sys/kernel/random/boot_id', 'b1\n');
    machine.write('proc/uptime', `${uptime}.00 5.00\n`);
    const [result] = (await runOn(machine, reboot.bind({}), { remembered: { reboot: remembered } })).results;
    expect(result?.metrics.restarted).toBe(restarted);
  });
});
