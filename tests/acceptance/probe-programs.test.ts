import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Hub, type HubHome, isInstalled, makeHubHome } from '../support/hub.ts';
import { closedPort, startServer, type TestServer } from '../support/look-world.ts';
import { ROOT } from '../support/sources.ts';

const python = await isInstalled('python3');

let target: TestServer;
let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  target = await startServer(createServer((_, response) => response.end('ok')));
  home = makeHubHome({ MONITOR_CHECKERS: 'cpu' });
  const common = 'monitored_by: [uptop, gatus], quorum: 2, alerts: [{failure_threshold: 1, success_threshold: 1}]';
  const config = [
    'endpoints:',
    `  - {name: web, group: core, url: "http://127.0.0.1:${target.port}/", conditions: ["[STATUS] == 200"], ${common}}`,
    `  - {name: shut, url: "tcp://127.0.0.1:${await closedPort()}", conditions: ["[CONNECTED] == true"], ${common}}`,
    'probes:',
    '  - {id: uptop, token: token-of-a-probe-of-uptop, region: eu}',
    '  - {id: gatus, token: token-of-an-agent-of-gatus}',
  ];
  writeFileSync(join(home.folder, 'monitor.yaml'), config.join('\n'));
  hub = await home.serve();
});
afterAll(async () => {
  await home.remove();
  await target.close();
});

const run = async (program: string, ...words: string[]) => {
  const { stdout } = await promisify(execFile)('python3', [
    join(ROOT, 'tests/fixtures/programs', program),
    hub.url,
    ...words,
  ]);
  return JSON.parse(stdout) as unknown;
};
const firing = async () => {
  const page = await (await fetch(`${hub.url}/api/v1/alerts?status=firing&source=endpoint`)).json();
  const { items } = page as {
    readonly items: readonly { readonly name: string; readonly annotations: { readonly witnesses: string } }[];
  };
  return items.map(({ name, annotations }) => [name, annotations.witnesses]);
};

const only = python ? test : test.skip;
only(
  python
    ? 'a probe of uptop and an agent of the Gatus fork, in plain Python, come to one verdict'
    : 'left out, python3 is not installed',
  async () => {
    expect(await run('uptop_probe.py', 'uptop', 'eu', 'token-of-a-probe-of-uptop')).toEqual(['core/web', 'shut']);
    expect(await firing()).toEqual([]);
    expect(await run('gatus_agent.py', 'gatus', 'token-of-an-agent-of-gatus')).toEqual(['_shut', 'core_web']);
    expect(await firing()).toEqual([
      ['shut', expect.stringMatching(/^gatus down \(.*refused\); uptop down \(.*refused\)$/)],
    ]);
    const { items } = (await (await fetch(`${hub.url}/api/v1/probes`)).json()) as { readonly items: readonly object[] };
    expect(items).toMatchObject([
      { id: 'uptop', name: 'uptop', region: 'eu', version: 'probe', is_stale: false, assigned: 2 },
      { id: 'gatus', is_stale: false, assigned: 2 },
    ]);
    await expect(run('uptop_probe.py', 'uptop', 'eu', 'wrong')).rejects.toThrow(/401/);
    await expect(run('gatus_agent.py', 'gatus', 'wrong')).rejects.toThrow(/401/);
  },
);
