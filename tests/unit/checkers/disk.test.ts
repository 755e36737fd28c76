import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { disk } from '../../../src/checkers/disk.ts';
import { createExec } from '../../../src/lib/exec.ts';
import { cannedExec, createMachine, runOn, type TestMachine } from '../../support/checker-world.ts';

let machine: TestMachine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const QUIET = { warning: null, critical: null, inodes_warning: null, inodes_critical: null };

/** Mounts as `device root path type [options of the mount [options of the file system]]`, each with a folder of its own. */
function mount(...lines: string[]): void {
  const text = lines.map((line, index) => {
    const [device, root, path = '', type, ofMount = 'rw,relatime', ofAll = 'rw'] = line.split(' ');
    mkdirSync(join(machine.folder, 'root', path.replaceAll('\\040', ' ')), { recursive: true });
    return `${30 + index} 1 ${device} ${root} ${path} ${ofMount} shared:1 - ${type} source ${ofAll}\n`;
  });
  machine.write('proc/self/mountinfo', text.join(''));
}

async function look(options: object = {}, exec = cannedExec().exec, remembered = {}) {
  const [result] = (await runOn(machine, disk.bind({ ...QUIET, ...options }), { exec, remembered })).results;
  return result;
}

const mountsOf = (result: Awaited<ReturnType<typeof look>>) => Object.keys(Object(result?.metrics.mounts)).toSorted();

describe('which mounts are looked at', () => {
  test.each<[string, string[], string[]]>([
    ['none without room', ['8:1 / / ext4', '0:5 / /dev devtmpfs', '0:6 / /run tmpfs', '7:0 / /snap/x squashfs'], ['/']],
    ['each file system once', ['8:1 / / ext4', '8:1 /srv /mnt/bind ext4'], ['/']],
    ['the whole rather than a part', ['8:1 / / ext4', '8:2 /a /a ext4', '8:2 / /long/path ext4'], ['/', '/long/path']],
    ['subvolumes of one btrfs once', ['0:30 /@ / btrfs', '0:30 /@home /home btrfs', '0:30 / /pool btrfs'], ['/']],
    ['layers of containers not', ['8:1 / / ext4', '0:50 / /var/lib/docker/x/merged overlay'], ['/']],
    ["but the container's own root", ['0:50 / / overlay', '8:1 /volumes/x /data ext4'], ['/', '/data']],
    ['network file systems not', ['8:1 / / ext4', '0:51 / /mnt/nas nfs4', '0:52 / /mnt/s3 fuse.s3fs'], ['/']],
    ['NTFS through FUSE is local', ['8:1 / / ext4', '8:3 / /win fuseblk'], ['/', '/win']],
    ['plain FUSE is not', ['8:1 / / ext4', '0:53 / /mnt/dav fuse'], ['/']],
    [
      'images that take no writes not',
      [
        '0:40 / / overlay ro,relatime ro,lowerdir=/a',
        '8:4 / /usr ext4 ro ro,errors=remount-ro',
        '8:5 / /sysroot xfs ro rw',
      ],
      ['/sysroot'],
    ],
    [
      'those that systemd protects from this service',
      ['8:1 / / ext4 ro,relatime rw', '8:2 / /boot vfat ro rw'],
      ['/', '/boot'],
    ],
    ['a path with a blank', ['8:1 / / ext4', '8:2 / /my\\040data xfs'], ['/', '/my data']],
    ['the later of two on one path', ['8:1 / / ext4', '0:6 / /a tmpfs', '8:2 / /a ext4'], ['/', '/a']],
  ])('%s', async (_, lines, expected) => {
    mount(...lines);
    expect(mountsOf(await look())).toEqual(expected);
  });

  test('single files of the host in a container are no mounts', async () => {
    mount('0:50 / / overlay');
    machine.write('root/etc/hosts', '');
    const line = '60 1 8:1 /var/lib/docker/x/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n';
    machine.write('proc/self/mountinfo', `50 1 0:50 / / rw - overlay overlay rw\n${line}`);
    expect(mountsOf(await look())).toEqual(['/']);
  });

  test('those named, of any type, and without those ignored', async () => {
    mount('8:1 / / ext4', '0:6 / /run tmpfs', '8:2 / /data ext4');
    expect(mountsOf(await look({ mounts: ['/run'] }))).toEqual(['/run']);
    expect(mountsOf(await look({ ignore: ['/data'] }))).toEqual(['/']);
  });

  test('those named that take no writes', async () => {
    mount('8:1 / / ext4', '8:4 / /usr erofs ro ro');
    expect(mountsOf(await look({ mounts: ['/usr'] }))).toEqual(['/usr']);
  });

  test('a slash at the end of a path means nothing', async () => {
    mount('8:1 / / ext4', '8:2 / /data ext4');
    expect(mountsOf(await look({ mounts: ['/data/', '/'] }))).toEqual(['/', '/data']);
    expect(mountsOf(await look({ ignore: ['/data//'] }))).toEqual(['/']);
  });

  test('one that is named and not mounted is critical', async () => {
    mount('8:1 / / ext4');
    expect(await look({ mounts: ['/', '/data'] })).toMatchObject({
      status: 'critical',
      message: '/data is not mounted',
    });
  });
});

describe('where nothing is local', () => {
  const byDefault = async (options: object = {}) => {
    const checks = disk.bind({ ...QUIET, ...options }).map((check) => ({ check, asked: false }));
    return (await runOn(machine, [], { checks })).results;
  };

  test.each([
    ['the root on NFS', ['0:51 / / nfs4', '0:6 / /run tmpfs']],
    ['the root in memory', ['0:6 / / tmpfs']],
    ['the root shared by the host', ['0:52 / / 9p']],
    ['an image', ['0:40 / / erofs ro ro', '0:6 / /run tmpfs']],
  ])('%s: left out, and unknown with the reason when asked for', async (_, lines) => {
    mount(...lines);
    expect(await byDefault()).toEqual([]);
    expect(await look()).toMatchObject({
      status: 'unknown',
      message: expect.stringMatching(/^not available here: no local file system that can be written to/),
    });
  });

  test('those that are named, or asked for, are looked at', async () => {
    mount('0:51 / / nfs4', '0:6 / /run tmpfs');
    expect(await byDefault({ mounts: ['/run'] })).toHaveLength(1);
    const { exec } = cannedExec([{ argv: ['stat', '-f'], stdout: '4096 1000 500 300 100 90\n' }]);
    expect(mountsOf(await look({ network: true }, exec))).toEqual(['/']);
  });
});

test('other platforms: one that is named and not mounted is critical', async () => {
  const options = { ...QUIET, mounts: ['/', '/not-mounted/'] };
  const [result] = (await runOn(machine, disk.bind(options), { platform: 'darwin' })).results;
  expect(result).toMatchObject({ status: 'critical', message: '/not-mounted is not mounted' });
  expect(mountsOf(result)).toContain('/not-mounted');
});

describe('how full they are', () => {
  test('as df counts it', async () => {
    mount('8:1 / / ext4');
    const place = join(machine.folder, 'root');
    const df = await createExec()(['df', '-P', '-k', place], { timeoutMs: 20_000 });
    const [, , used = 0, available = 0] = (df.stdout.trim().split('\n')[1] ?? '').split(/\s+/).map(Number);
    const found = (await look())?.metrics.disk_percent;
    expect(Math.abs(Number(found) - (used / (used + available)) * 100)).toBeLessThan(1);
  });

  test('thresholds for space and for inodes, and what they name', async () => {
    mount('8:1 / / ext4', '8:2 / /data ext4');
    expect(await look({ warning: 0 })).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(/^\/(data)? at [\d.]+% \(warning at 0%\), [\d.]+ \wiB free; \/(data)? at /),
    });
    expect(await look({ inodes_critical: 0 })).toMatchObject({
      status: 'critical',
      message: expect.stringMatching(/inodes at [\d.]+% \(critical at 0%\)/),
    });
  });

  test('of many, three are told and the others counted', async () => {
    mount(...Array.from({ length: 25 }, (_, index) => `8:${index} / /m${index} ext4`));
    const result = await look({ critical: 0 });
    expect(result?.message).toMatch(/^(\/m\d+ at [^;]+; ){3}and 22 more$/);
    expect(mountsOf(result)).toHaveLength(20);
    expect(result?.metrics.mount_count).toBe(25);
  });
});

describe('file systems that may hang', () => {
  const nas = { mounts: ['/mnt/nas'] };
  const argv = ['stat', '-f'];

  test('are asked by a child process', async () => {
    mount('0:51 / /mnt/nas nfs4');
    const { exec } = cannedExec([{ argv, stdout: '4096 1000 500 300 100 90\n' }]);
    expect(await look({ ...nas, warning: 60 }, exec)).toMatchObject({
      status: 'warning',
      message: '/mnt/nas at 62.5% (warning at 60%), 1.2 MiB free',
      metrics: { inodes_percent: 10 },
    });
  });

  test('and tell what the real one says', async () => {
    mount('0:51 / /mnt/nas nfs4');
    expect(await look(nas, createExec())).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^\/mnt\/nas at [\d.]+%, /),
    });
  });

  test('that do not answer are unknown, while the others are told', async () => {
    mount('8:1 / / ext4', '0:51 / /mnt/nas nfs4');
    const { exec } = cannedExec([{ argv, timedOut: true, code: null }]);
    const result = await look({ network: true }, exec);
    expect(result).toMatchObject({ status: 'unknown', message: '/mnt/nas did not answer within 5 s' });
    expect(mountsOf(result)).toEqual(['/', '/mnt/nas']);
  });
});

describe('a path leads to the device that was meant', () => {
  /** Lines of mountinfo: `id parent device path type`. */
  const tree = (...lines: string[]) =>
    machine.write(
      'proc/self/mountinfo',
      lines
        .map((line) => line.split(' '))
        .map(([id, parent, device, path, type]) => `${id} ${parent} ${device} / ${path} rw - ${type} source rw\n`)
        .join(''),
    );

  test.each<[string, string[], string[]]>([
    ['one over its parent hides it', ['1 0 8:1 / ext4', '2 1 8:2 /a/b ext4', '3 1 0:9 /a tmpfs'], ['/']],
    ['one on top of that does not', ['1 0 8:1 / ext4', '3 1 0:9 /a tmpfs', '2 3 8:2 /a/b ext4'], ['/', '/a/b']],
    [
      'one that is hidden itself hides nothing',
      ['1 0 8:1 / ext4', '2 1 0:9 /a/b tmpfs', '3 1 8:3 /a ext4', '4 3 8:4 /a/b/c ext4'],
      ['/', '/a', '/a/b/c'],
    ],
    ['the real root over the first one', ['1 0 0:1 / rootfs', '2 1 8:1 / ext4', '3 2 8:2 /a ext4'], ['/', '/a']],
    ['lines in any order', ['3 2 8:2 /a ext4', '2 1 8:1 / ext4', '1 0 0:1 / rootfs'], ['/', '/a']],
  ])('%s', async (_, lines, expected) => {
    for (const path of ['', 'a', 'a/b', 'a/b/c']) mkdirSync(join(machine.folder, 'root', path), { recursive: true });
    tree(...lines);
    expect(mountsOf(await look())).toEqual(expected);
  });

  test('one that is named and hidden is critical, with what hides it', async () => {
    tree('1 0 8:1 / ext4', '2 1 8:2 /a/b ext4', '3 1 0:9 /a tmpfs');
    expect(await look({ mounts: ['/a/b'] })).toMatchObject({
      status: 'critical',
      message: '/a/b is hidden by the mount on /a',
    });
  });
});

describe('each mount is an alert of its own', () => {
  test('with a state and thresholds of its own', async () => {
    mount('8:1 / / ext4', '8:2 / /srv ext4', '8:3 / /data ext4');
    const overrides = { '/srv': { warning: null, critical: null }, '/data': { critical: 0 } };
    const result = await look({ warning: 0, critical: 100, overrides });
    expect(result?.items?.map((item) => [item.name, item.status]).toSorted()).toEqual([
      ['disk:/', 'warning'],
      ['disk:/data', 'critical'],
      ['disk:/srv', 'ok'],
    ]);
    expect(result?.items?.[0]).toMatchObject({ title: 'Disk usage of /data', labels: { mount: '/data' } });
  });

  test('its thresholds must be in order with those of all', () => {
    expect(() => disk.bind({ overrides: { '/srv': { warning: 97 } } })).toThrow(
      'must not be beyond critical, which is 95',
    );
    expect(() => disk.bind({ overrides: { '/srv': { warnin: 97 } } })).toThrow('warnin');
  });
});

describe('a file system gone read-only', () => {
  const writable = { disk: { writable: { '/var': 'ext4 source' } } };
  const readOnly = () => mount('8:1 / / ext4', '8:2 / /var ext4 rw,relatime ro,errors=remount-ro');
  const itemsOf = (result: Awaited<ReturnType<typeof look>>) =>
    Object.fromEntries((result?.items ?? []).map((item) => [item.name, item.status]));

  test('is an alert of its own, beside its space', async () => {
    readOnly();
    const result = await look({}, undefined, writable);
    expect(itemsOf(result)).toEqual({ 'disk:/': 'ok', 'disk:/var': 'ok', 'disk:/var:read-only': 'critical' });
    expect(result).toMatchObject({
      status: 'critical',
      message: '/var has gone read-only: it could be written to before',
    });
  });

  test('goes on being one, and ends when it is writable again or another', async () => {
    mount('8:1 / / ext4', '8:2 / /var ext4');
    const checks = disk.bind(QUIET);
    const first = await runOn(machine, checks);
    expect(itemsOf(first.results[0])).not.toHaveProperty('disk:/var:read-only');
    readOnly();
    const second = await runOn(machine, checks, { remembered: first.remember });
    const third = await runOn(machine, checks, { remembered: second.remember });
    expect(itemsOf(third.results[0])).toHaveProperty('disk:/var:read-only', 'critical');
    mount('8:1 / / ext4', '8:2 / /var ext4');
    const fourth = await runOn(machine, checks, { remembered: third.remember });
    expect(itemsOf(fourth.results[0])).not.toHaveProperty('disk:/var:read-only');
  });

  test.each<[string, () => void, object, string | undefined]>([
    ['an image that never took writes', () => {}, {}, undefined],
    ['another file system at that path', () => {}, { disk: { writable: { '/var': 'xfs source' } } }, undefined],
    ['/etc/fstab', () => machine.write('root/etc/fstab', 'UUID=1 /var ext4 defaults 0 2\n'), {}, 'critical'],
    [
      '/etc/fstab wants it so',
      () => machine.write('root/etc/fstab', '# /var\nUUID=1 /var ext4 ro,noatime 0 2\n'),
      {},
      undefined,
    ],
    [
      'errors of ext4',
      () => {
        mkdirSync(join(machine.folder, 'sys/dev/block'), { recursive: true });
        symlinkSync('../../devices/sda/sda2', join(machine.folder, 'sys/dev/block/8:2'));
        machine.write('sys/fs/ext4/sda2/errors_count', '3\n');
      },
      {},
      'critical',
    ],
  ])('%s', async (_, prepare, remembered, status) => {
    readOnly();
    prepare();
    expect(itemsOf(await look({}, undefined, remembered))['disk:/var:read-only']).toBe(status);
  });

  test('what the kernel gave up while it took writes', async () => {
    mount('8:1 / / ext4', '8:2 / /var ext4 rw,relatime rw,emergency_ro');
    expect(itemsOf(await look())).toHaveProperty('disk:/var:read-only', 'critical');
  });

  test('its state can be chosen, for all and for one', async () => {
    readOnly();
    const stateOf = async (options: object) => itemsOf(await look(options, undefined, writable))['disk:/var:read-only'];
    expect(await stateOf({ read_only: 'warning' })).toBe('warning');
    expect(await stateOf({ overrides: { '/var': { read_only: 'ok' } } })).toBe('ok');
  });
});

describe('who asks', () => {
  const asked = async (...lines: string[]) => {
    mount('8:1 / / ext4', ...lines);
    const { exec, calls } = cannedExec([{ argv: ['stat', '-f'], stdout: '4096 1000 500 300 100 90\n' }]);
    const paths = lines.map((line) => line.split(' ')[2] ?? '');
    await look({ mounts: paths }, exec);
    return calls.map((argv) => argv.at(-1)?.replace(join(machine.folder, 'root'), '')).toSorted();
  };

  test.each<[string, string[], string[]]>([
    ['file systems of this kernel: this process', ['8:2 / /a ext4', '8:3 / /b xfs', '0:9 / /c tmpfs'], []],
    ['NTFS through FUSE: another', ['8:2 / /a fuseblk', '8:3 / /b fuseblk.ntfs-3g'], ['/a', '/b']],
    ['a type that nobody knows: another', ['0:9 / /a newfs'], ['/a']],
    ['what lies behind one that may hang: another', ['0:9 / /a fuse.sshfs', '8:2 / /a/b ext4'], ['/a', '/a/b']],
    ['what an automount leads to: another', ['0:9 / /a autofs'], ['/a']],
    ['an overlay of others: another', ['0:9 / /a overlay'], ['/a']],
  ])('%s', async (_, lines, paths) => {
    expect(await asked(...lines)).toEqual(paths);
  });

  test.each([
    ['a suspended device', '8:2 / /a xfs', 'sys/dev/block/8:2/dm/suspended', '1'],
    ['a drive that is gone', '8:2 / /a xfs', 'sys/dev/block/8:2/device/state', 'offline'],
    ['a suspended pool', '0:9 / /a zfs', 'proc/spl/kstat/zfs/source/state', 'SUSPENDED'],
  ])('%s: another', async (_, line, file, text) => {
    machine.write(file, `${text}\n`);
    expect(await asked(line)).toEqual(['/a']);
  });

  test('the program of an earlier run that still waits is not joined by one more', async () => {
    mount('8:1 / / ext4', '0:51 / /mnt/nas nfs4');
    const words = ['stat', '-f', '-c', '%S %b %f %a %c %d', '--', join(machine.folder, 'root/mnt/nas')];
    const waiting = (state: string, name = 'stat', args = words) => {
      machine.write('proc/uptime', '1000.0 1.0\n');
      machine.write('proc/77/stat', `77 (${name}) ${state} 1 77 77 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99990 0 0\n`);
      machine.write('proc/77/cmdline', `${args.join('\0')}\0`);
    };
    const { exec, calls } = cannedExec([{ argv: ['stat', '-f'], stdout: '4096 1000 500 300 100 90\n' }]);
    const message = async () => (await look({ mounts: ['/mnt/nas'] }, exec))?.message;
    waiting('D');
    expect(await message()).toBe('/mnt/nas has still not answered an earlier question');
    expect(calls).toEqual([]);
    for (const other of [() => waiting('Z'), () => waiting('S'), () => waiting('D', 'stat', ['stat', '/mnt/nas'])]) {
      other();
      expect(await message()).toMatch(/^\/mnt\/nas at/);
    }
  });
});
