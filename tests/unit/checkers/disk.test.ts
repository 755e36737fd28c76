import { mkdirSync } from 'node:fs';
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

async function look(options: object = {}, exec = cannedExec().exec) {
  const [result] = (await runOn(machine, disk.bind({ ...QUIET, ...options }), { exec })).results;
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
