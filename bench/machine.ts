import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { driverPackage, loadDriver } from '../src/stores/sqlite/driver.ts';
import { median } from './figures.ts';
import { wrkVersion } from './load/run.ts';
import { temporaryFolder } from './processes.ts';

const SYNCS = 50;
const PAGE = 4096;
// What `statfs` calls some file systems (linux/magic.h).
const FILE_SYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x794c7630, 'overlayfs'],
  [0x01021994, 'tmpfs (a sync costs nothing there)'],
]);

/** Describes what the figures of a run were measured with, in a few lines. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const cores = `${availableParallelism()} cores (${cpu?.model ?? 'unknown'}), ${(totalmem() / 1e9).toFixed(0)} GB`;
  const wrk = wrkVersion();
  const generator =
    wrk === null
      ? 'Node.js (install wrk!): it takes most of a core from the server, so rates are too low and ratios flattering'
      : `wrk ${wrk} -t1, requests prepared and signed beforehand`;
  return [
    `machine       ${cores}, Linux ${release()}`,
    `programs      Node.js ${process.version}, ${sqliteVersion()}, Alertmanager ${alertmanagerVersion() ?? 'not installed'}`,
    `disk          ${disk()}`,
    `generator     ${generator}`,
  ].join('\n');
}

function sqliteVersion(): string {
  const db = new (loadDriver())(':memory:');
  const version = db.prepare('SELECT sqlite_version()').pluck().get();
  db.close();
  return `SQLite ${version} (${driverPackage(Number(process.versions.napi)).name})`;
}

function alertmanagerVersion(): string | null {
  const { stdout, stderr, error } = spawnSync('prometheus-alertmanager', ['--version'], { encoding: 'utf8' });
  return error === undefined ? (/version (\S+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'of unknown version') : null;
}

/** File system and sync latency of the folder that holds the stores. */
function disk(): string {
  const folder = temporaryFolder();
  const { type } = statfsSync(folder);
  const descriptor = openSync(join(folder, 'sync'), 'w');
  const page = Buffer.alloc(PAGE, 1);
  const times = Array.from({ length: SYNCS }, () => {
    writeSync(descriptor, page);
    const begun = performance.now();
    fdatasyncSync(descriptor);
    return performance.now() - begun;
  });
  closeSync(descriptor);
  rmSync(folder, { recursive: true, force: true });
  const name = FILE_SYSTEMS.get(type) ?? `file system 0x${type.toString(16)}`;
  return `${name}; a sync of one page takes ${median(times).toFixed(2)} ms (median of ${SYNCS})`;
}
