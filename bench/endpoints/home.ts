import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../processes.ts';

/** Token of every probe of a measurement. */
export const TOKEN = 'token-of-a-probe-of-a-bench';

/** What a hub of a measurement looks at. */
export interface HomeOptions {
  readonly endpoints: number;
  readonly intervalS: number;
  /** Of the target on 127.0.0.1. */
  readonly port: number;
  readonly probes: readonly string[];
}

/** A folder for a hub whose endpoints all its probes look at. */
export function homeOf({ endpoints, intervalS, port, probes }: HomeOptions): string {
  const folder = temporaryFolder();
  const lines = Array.from({ length: endpoints }, (_, at) =>
    JSON.stringify({
      ...{ name: `e${at}`, url: `http://127.0.0.1:${port}/e${at}`, interval: `${intervalS}s`, monitored_by: probes },
      ...{ conditions: ['[STATUS] == 200'], strategy: 'majority-down' },
    }),
  );
  const nodes = probes.map((id) => JSON.stringify({ id, token: TOKEN, rate_per_second: 10_000, stale_after: '10m' }));
  const list = (name: string, items: readonly string[]) =>
    `${name}:\n${items.map((item) => `  - ${item}`).join('\n')}\n`;
  writeFileSync(join(folder, 'monitor.yaml'), list('endpoints', lines) + list('probes', nodes));
  return folder;
}
