import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { MONITOR, median, temporaryFolder, verdict } from './processes.ts';

const RUNS = 7;
const CALLS = 5;

/** Wall and processor time of short commands against `node -e 0`, in turn. */
export async function benchCli(): Promise<void> {
  console.log('\n# cli: against node -e 0\n');
  const folder = temporaryFolder();
  // A hub that answers at once: what is measured is the agent.
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"status":"success"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  // The environment is that of the caller: NODE_EXTRA_CA_CERTS alone doubles the time of an empty Node.js.
  const env = { ...process.env, HUB_URL: `http://127.0.0.1:${port}`, MONITOR_STATE_DIR: folder };
  const help: number[] = [];
  const push: number[] = [];
  const empty: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const nothing = await timed(['-e', '0'], env);
    const helped = await timed([MONITOR, '--help'], env);
    const pushed = await timed([MONITOR, 'push-to-hub', '--json'], env);
    if (run === 0) continue;
    help.push(helped.wallMs / nothing.wallMs);
    empty.push(nothing.cpuMs);
    push.push(pushed.cpuMs / nothing.cpuMs);
  }
  server.close();
  rmSync(folder, { recursive: true, force: true });
  console.log(`node -e 0: ${median(empty).toFixed(0)} ms of processor time`);
  verdict('monitor --help, wall time', `${median(help).toFixed(2)} × node -e 0`, median(help) <= 2, '≤ 2 ×');
  verdict('monitor push-to-hub, user+sys', `${median(push).toFixed(2)} × node -e 0`, median(push) <= 3, '≤ 3 ×');
}

/** One call's wall and processor time, from several: the system counts a child's time in steps of 10 ms. */
async function timed(args: string[], env: NodeJS.ProcessEnv): Promise<{ wallMs: number; cpuMs: number }> {
  const script = `
    const { spawnSync } = require('node:child_process');
    const { readFileSync } = require('node:fs');
    const ticks = () => readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(13, 15);
    const begun = performance.now();
    for (let call = 0; call < ${CALLS}; call += 1) {
      const stdio = ['ignore', 'ignore', 'pipe'];
      const { status, stderr } = spawnSync(process.execPath, ${JSON.stringify(args)}, { stdio });
      if (status !== 0) throw new Error(String(stderr));
    }
    const cpuMs = ticks().reduce((a, b) => a + Number(b), 0) * 10 / ${CALLS};
    console.log(JSON.stringify({ wallMs: (performance.now() - begun) / ${CALLS}, cpuMs }));`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
    });
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${args.join(' ')} failed`)),
    );
  });
}
