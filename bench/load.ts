// A load generator that is no brake: every request is bytes made beforehand, each connection sends the next when the
// answer to the last has come. Run by run.ts as a process of its own; takes its job as JSON, prints its result as JSON.
import { connect, type Socket } from 'node:net';
import { type Job, requestsOf } from './requests.ts';

interface Result {
  requests: number;
  failed: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

const job: Job = JSON.parse(process.argv[2] ?? '{}');
const requests = requestsOf(job);
process.stdout.write(`${JSON.stringify(await run())}\n`);

async function run(): Promise<Result> {
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const end = started + job.seconds * 1000;
  const interval = job.perSecond === undefined ? 0 : (1000 * job.connections) / job.perSecond;
  let at = 0;
  await Promise.all(
    Array.from({ length: job.connections }, async (_, lane) => {
      const ask = await open(job.port);
      let due = started + (interval * lane) / job.connections;
      // Once only: requests that carry a nonce are used up, others go round and round.
      while (performance.now() < end && (!job.once || at < requests.length)) {
        const request = requests[at++ % requests.length] as Buffer[];
        if (interval > 0) {
          due += interval;
          const wait = due - performance.now();
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        }
        const begun = performance.now();
        const status = await ask(request);
        latencies.push(performance.now() - begun);
        if (status < 200 || status > 299) failed += 1;
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
  const result = { requests: latencies.length, failed, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  setTimeout(() => process.exit(0), 50);
  return result;
}

/** A connection on which one request at a time is asked; gives the status, 0 when the connection is lost. */
function open(port: number): Promise<(request: readonly Buffer[]) => Promise<number>> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let answer = '';
    let answered: (status: number) => void = () => {};
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer.slice(0, head + 2))?.[1] ?? 0);
      if (answer.length < head + 4 + length) return;
      const status = Number(answer.slice(9, 12));
      answer = '';
      answered(status);
    });
    socket.on('error', reject);
    socket.on('close', () => answered(0));
    socket.on('connect', () =>
      resolve(
        (request) =>
          new Promise((done) => {
            answered = done;
            socket.cork();
            for (const part of request) socket.write(part);
            socket.uncork();
          }),
      ),
    );
  });
}
