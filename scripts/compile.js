// Writes the compiled code of the agent's bundle beside it, as `src/lib/files/precompiled.ts` takes it. V8 compiles a
// function when it is first called, so the agent is run once, for a hub that takes everything and keeps nothing.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';

const path = process.argv[2];
const sha256 = (data) => createHash('sha256').update(data).digest();
const hub = createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"status":"success"}'));
});
await new Promise((resolve) => hub.listen(0, '127.0.0.1', resolve));
const state = mkdtempSync(join(tmpdir(), 'monitor-build-'));
process.env.HUB_URL = `http://127.0.0.1:${hub.address().port}`;
process.env.MONITOR_STATE_DIR = state;
process.env.WEBHOOK_SECRET_CLUSTER = 'a secret of the build alone';
process.argv = [process.execPath, 'monitor', 'push-to-hub', '--json'];

const script = new Script(readFileSync(path, 'latin1'), { filename: path });
process.on('exit', () => {
  rmSync(state, { recursive: true, force: true });
  const code = script.createCachedData();
  const build = JSON.stringify([process.platform, process.arch, process.versions, process.config.variables]);
  writeFileSync(`${path}.${sha256(build).toString('hex').slice(0, 16)}.code`, Buffer.concat([sha256(code), code]));
});
script.runInThisContext()(createRequire(path), path);
