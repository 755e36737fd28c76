import { cpSync, rmSync } from 'node:fs';
import { load, residentMb, startHub, temporaryFolder, verdict } from './processes.ts';

const INSTANCES = 10_000;

/** Memory and start with 100,000 open alerts, all of them pushed over the wire. */
export async function benchMemory(): Promise<void> {
  console.log('\n# memory: 100,000 open alerts\n');
  const folder = temporaryFolder();
  const hub = await startHub(folder);
  const job = { connections: 16, seconds: 600, alertsPerPush: 10, pushes: INSTANCES, once: true };
  const pushed = await load(hub, job);
  console.log(
    `${pushed.requests} pushes of 10 new alerts each in ${pushed.seconds.toFixed(1)} s, ${pushed.failed} failed`,
  );
  await load(hub, { ...job, seconds: 10, once: false });
  const rss = residentMb(hub);
  verdict('resident memory under load', `${rss.toFixed(0)} MB`, rss <= 250, '≤ 250 MB');
  const copy = temporaryFolder();
  hub.process.kill('SIGKILL');
  cpSync(folder, copy, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  const again = await startHub(copy);
  verdict('start to ready', `${(again.readyMs / 1000).toFixed(2)} s`, again.readyMs <= 2000, '≤ 2 s');
  console.log(`resident memory after start: ${residentMb(again).toFixed(0)} MB`);
  await again.stop();
}
