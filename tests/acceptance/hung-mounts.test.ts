import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ROOT } from '../support/sources.ts';

const MONITOR = `${process.execPath} ${join(ROOT, 'bin/monitor')}`;
const STUB = join(ROOT, 'tests/support/fuse_stub.py');
const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const canMount =
  process.geteuid?.() === 0 && existsSync('/dev/fuse') && has('python3', '-V') && has('unshare', '-m', 'true');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-hung-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script in mounts of its own, in which `$D/hung` never answers; gives what it prints, by line. */
function besideHungMount(kind: string, script: string): string[] {
  const source = kind === 'fuseblk' ? '$(losetup -f --show $D/image)' : 'stub';
  const whole = `
    D=${folder}; cd $D; mkdir hung; truncate -s 16M image; SOURCE=${source}
    python3 ${STUB} $D/hung ${kind} $SOURCE >$D/up & STUB=$!
    until [ -s $D/up ]; do sleep 0.05; done
    ${script}
    kill $STUB; wait $STUB; umount -l $D/hung
    case $SOURCE in /dev/*) losetup -d $SOURCE;; esac`;
  const env = { PATH: process.env.PATH, HOME: folder, MONITOR_STATE_DIR: join(folder, 'state') };
  const { stdout } = spawnSync('unshare', ['-m', 'bash', '-c', whole], { env, encoding: 'utf8', timeout: 240_000 });
  return stdout.trim().split('\n');
}

/** Runs a script where each of these files is one of a program that never answers, as lxcfs is in containers. */
function besideHungFiles(files: readonly string[], script: string): string[] {
  const up = files.map(
    (file, at) => `python3 ${STUB} ${file} fuse.lxcfs lxcfs >$D/up${at} & STUBS="$STUBS $!"
      until [ -s $D/up${at} ]; do sleep 0.05; done`,
  );
  const whole = `D=${folder}; cd $D; STUBS=
    ${up.join('\n')}
    ${script}
    kill $STUBS; wait $STUBS; umount -l ${files.join(' ')}`;
  const env = { PATH: process.env.PATH, HOME: folder, MONITOR_STATE_DIR: join(folder, 'state') };
  const { stdout } = spawnSync('unshare', ['-m', 'bash', '-c', whole], { env, encoding: 'utf8', timeout: 100_000 });
  return stdout.trim().split('\n');
}

/** How many programs wait in it. */
const WAITING = "echo waiting: $(ps -eo args | grep -c '^stat -f .*'$D/hung'$')";
const CHECK = `timeout 30 ${MONITOR} check disk --set disk.timeout=1s`;

(canMount ? describe : describe.skip)('a file system that never answers', () => {
  test.each([
    ['one over the network, by name', 'fuse.sshfs', `--set "disk.mounts=[$D/hung]"`],
    ['a local one, by itself', 'fuseblk', ''],
  ])('%s: every run ends, with unknown, and one program waits for all of them', (_, kind, flags) => {
    const check = `${CHECK} ${flags} | grep "$D/hung"; echo code: \${PIPESTATUS[0]}`;
    const lines = besideHungMount(kind, `${check}; ${check}; ${check}; ${WAITING}`);
    const place = join(folder, 'hung');
    expect(lines).toEqual([
      expect.stringContaining(`${place} did not answer within 0.5 s`),
      'code: 3',
      expect.stringContaining(`${place} has still not answered an earlier question`),
      'code: 3',
      expect.stringContaining('has still not answered'),
      'code: 3',
      'waiting: 1',
    ]);
  });

  test('pushes of cron find the program of the push before', () => {
    writeFileSync(join(folder, 'monitor.yaml'), 'checkers: {disk: {timeout: 1s}}\n', { mode: 0o600 });
    const push = `HUB_URL=http://127.0.0.1:9 timeout 30 ${MONITOR} push-to-hub --checkers disk >/dev/null 2>&1; echo code: $?`;
    const lines = besideHungMount('fuseblk', `${push}; ${push}; ${push}; ${WAITING}`);
    expect(lines).toEqual(['code: 1', 'code: 1', 'code: 1', 'waiting: 1']);
  });

  test('a signal ends a run that waits', () => {
    const script = `
      timeout -s KILL 60 ${MONITOR} check disk --set disk.timeout=300s --set "disk.mounts=[$D/hung]" >$D/out & P=$!
      until ps -eo args | grep -q '^stat -f .*'$D/hung'$'; do sleep 0.05; done
      kill -TERM $(pgrep -P $P); wait $P; echo code: $?; head -1 $D/out`;
    const lines = besideHungMount('fuse.sshfs', script);
    expect(lines).toEqual(['code: 3', expect.stringMatching(/^unknown {2}disk {2}stopped before it had an answer/)]);
  });

  test('a plugin that is on it does not keep the others from an answer', () => {
    const plugins = {
      hung: { command: [join(folder, 'hung/check_it')], timeout: '1s' },
      fine: { command: ['/bin/true'] },
    };
    writeFileSync(join(folder, 'monitor.yaml'), `checkers: ${JSON.stringify({ plugin: { plugins } })}\n`, {
      mode: 0o600,
    });
    const check = `timeout 30 ${MONITOR} check plugin | head -2; echo code: \${PIPESTATUS[0]}`;
    expect(besideHungMount('fuse.sshfs', check)).toEqual([
      expect.stringMatching(/^unknown {2}plugin:hung {2}did not end within 1 s and was killed/),
      expect.stringMatching(/^ok +plugin:fine/),
      'code: 3',
    ]);
  });
});

// Those that Node.js itself does not read before it runs a line of any program, as it does /proc/meminfo.
const LAID = ['/proc/stat', '/proc/loadavg', '/proc/uptime'];

(canMount ? test : test.skip)(
  'files of /proc that never answer: every check does, and one program waits for each',
  () => {
    const all = 'cpu load memory reboot disk network process --set process.processes=[bash]';
    const check = `timeout -k 1 60 ${MONITOR} check ${all} >$D/out; echo code: $?`;
    // ps reads such files, too.
    const waiting = `W=0; for P in /proc/[0-9]*; do
    [ "$(tr '\\0' ' ' 2>/dev/null <$P/cmdline)$(readlink $P/ns/mnt)" = "cat -- /proc/stat $(readlink /proc/self/ns/mnt)" ] && W=$((W + 1))
    done; echo waiting: $W`;
    const lines = besideHungFiles(
      LAID,
      `${check}; grep -c 'did not answer within 2 s' $D/out
    ${check}; grep -c 'has still not answered an earlier question' $D/out
    HUB_URL=http://127.0.0.1:9 timeout -k 1 60 ${MONITOR} push-to-hub --checkers cpu >/dev/null 2>&1; echo code: $?
    ${waiting} 2>/dev/null`,
    );
    expect(lines).toEqual(['code: 3', '4', 'code: 3', '4', 'code: 1', 'waiting: 1']);
  },
);
