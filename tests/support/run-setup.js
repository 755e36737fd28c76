// Jest calls this once before the first test file. It makes the folder for what the files of a run share, which is the
// PostgreSQL server that the first one to need it starts (shared-postgres.ts). Folder and server go when the run ends,
// also when it is killed.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = join(dirname(fileURLToPath(import.meta.url)), 'remove-after.sh');

export default function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-run-'));
  // The user that runs the server has to get through.
  chmodSync(folder, 0o711);
  // In a session of its own: Ctrl-C ends the run, and so the other end of its standard input, but not the script itself.
  const remover = spawn('sh', [script, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  remover.unref();
  remover.stdin.unref();
  process.env.TEST_RUN_FOLDER = folder;
  globalThis.monitorTestRun = { remover };
}
