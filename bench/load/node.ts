// The load generator in Node.js. Requests are prepared as bytes; each connection sends the next once the last is answered.
// It uses most of a core, so rates are measured with wrk where that is installed; this one fills stores, where each
// request must be sent exactly once. Runs as a separate process; takes its job and prints its result as JSON.
import { quantile } from '../figures.ts';
import { open } from './connection.ts';
import { type Job, requestsOf } from './requests.ts';

const job: Job = JSON.parse(process.argv[2] ?? '{}');
const requests = requestsOf(job);
const latencies: number[] = [];
let failed = 0;
let sent = 0;
const started = performance.now();
const end = started + job.seconds * 1000;
await Promise.all(
  Array.from({ length: job.connections }, async () => {
    const { ask } = await open(job.port);
    while (performance.now() < end && (!job.once || sent < requests.length)) {
      const request = requests[sent++ % requests.length] as Buffer;
      const begun = performance.now();
      const status = await ask(request);
      latencies.push(performance.now() - begun);
      if (status < 200 || status > 299) failed += 1;
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
const result = {
  ...{ requests: latencies.length, failed, seconds, sent },
  ...{ p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) },
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
