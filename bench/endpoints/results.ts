import http from 'node:http';
import { cpuOf } from '../cpu.ts';
import { count, reportInvalid, verdict } from '../figures.ts';
import { residentMb, startHub } from '../processes.ts';
import { homeOf, TOKEN } from './home.ts';

const ENDPOINTS = 1000;
const A_REPORT = 500;
const CONNECTIONS = 4;
const BUDGET = 10_000;

/** Results a second that a hub takes from probes, all in its store when they are answered. */
export async function benchResults(seconds: number): Promise<void> {
  console.log(
    `\n# results: ${CONNECTIONS} probes report ${count(ENDPOINTS)} endpoints, ${A_REPORT} results in each report\n`,
  );
  const probes = Array.from({ length: CONNECTIONS }, (_, at) => `p${at + 1}`);
  const hub = await startHub(homeOf({ endpoints: ENDPOINTS, intervalS: 60, port: 9, probes }));
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const begun = performance.now();
  const cpuBefore = cpuOf([hub.process.pid ?? 0]);
  let [taken, failed, turn] = [0, 0, 0];
  const send = async (probe: string) => {
    while (performance.now() - begun < seconds * 1000) {
      turn += 1;
      const body = reportOf(turn);
      const status = await post(hub.port, `/api/v1/probes/${probe}/results`, body, agent);
      if (status === 202) taken += A_REPORT;
      else failed += 1;
    }
  };
  await Promise.all(probes.map(send));
  const passed = (performance.now() - begun) / 1000;
  const cores = (cpuOf([hub.process.pid ?? 0]) - cpuBefore) / passed;
  if (failed > 0) reportInvalid(`${failed} reports were not answered 202`);
  const shown = `${count(taken / passed)} a second with ${cores.toFixed(2)} cores, ${residentMb(hub).peak.toFixed(0)} MB at most`;
  verdict('results taken by a hub', shown, taken / passed >= BUDGET, `≥ ${count(BUDGET)} a second`);
  agent.destroy();
  await hub.stop();
}

/** Every tenth look fails; each is of another endpoint or another time than all before it. */
function reportOf(turn: number): string {
  const at = Date.now();
  const results = Array.from({ length: A_REPORT }, (_, index) => ({
    ...{ key: `_e${(turn * A_REPORT + index) % ENDPOINTS}`, success: index % 10 !== 0, duration_ms: 12 },
    timestamp: new Date(at - (turn % 20)).toISOString(),
    ...(index % 10 === 0 && { errors: ['127.0.0.1:9 refused the connection'] }),
    condition_results: [{ condition: '[STATUS] == 200', success: index % 10 !== 0 }],
  }));
  return JSON.stringify({ sent_at: new Date(at).toISOString(), results });
}

function post(port: number, path: string, body: string, agent: http.Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const request = http.request({ port, path, agent, headers, host: '127.0.0.1', method: 'POST' }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject).end(body);
  });
}
