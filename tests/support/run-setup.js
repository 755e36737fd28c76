// Jest calls this once before the first test file. It makes the folder of the run: for what its files share, which is the
// PostgreSQL server that the first one to need it starts (shared-postgres.ts), and for what each of them writes. Folder
// and server go when the run ends, also when it is killed.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = join(dirname(fileURLToPath(import.meta.url)), 'remove-after.sh');
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 << 30;

export default function setUp() {
  const folder = makeFolder();
  const files = join(folder, 'files');
  mkdirSync(files);
  // The user that runs the server has to get through.
  for (const one of [folder, files]) chmodSync(one, 0o711);
  // In a session of its own: Ctrl-C ends the run, and so the other end of its standard input, but not the script itself.
  const remover = spawn('sh', [script, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  remover.unref();
  remover.stdin.unref();
  process.env.TEST_RUN_FOLDER = folder;
  process.env.TMPDIR = files;
  globalThis.monitorTestRun = { remover };
}

/**
 * In memory where there is room: what tests write need not outlive them, and on a busy disk each sync and each removal
 * takes milliseconds. `TMPDIR=/tmp npm test` has them on the disk.
 */
function makeFolder() {
  const make = (parent) => mkdtempSync(join(parent, 'monitor-run-'));
  if (process.env.TMPDIR || !hasRoom(MEMORY)) return make(tmpdir());
  const folder = make(MEMORY);
  if (runsPrograms(folder)) return folder;
  rmSync(folder, { recursive: true });
  return make(tmpdir());
}

function hasRoom(path) {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}

/** Some systems mount it with `noexec`. */
function runsPrograms(folder) {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  const { status } = spawnSync(program);
  rmSync(program);
  return status === 0;
}
