import { pause } from '../process.ts';
import type { Random } from '../random.ts';
import { type Connections, connections, sign } from '../requests.ts';

/** A state of a machine's only alert, as a push told it. */
export interface State {
  readonly number: number;
  readonly status: 'firing' | 'resolved';
  readonly severity: 'critical' | 'warning';
}

/** A machine with one alert, so one incident at a time. */
export interface Life {
  readonly instance: string;
  /** All that hubs acknowledged, in order; the last one is what people must know in the end. */
  readonly states: readonly State[];
  /** Pushes one state after the other, each until a hub has acknowledged it. */
  run(): Promise<void>;
}

// Two beginnings and two ends: one more of each, and it would flap, which is told in another way.
const LIVES: readonly (readonly [State['status'], State['severity']][])[] = [
  [['firing', 'critical']],
  [
    ['firing', 'warning'],
    ['firing', 'critical'],
  ],
  [
    ['firing', 'critical'],
    ['resolved', 'critical'],
  ],
  [
    ['firing', 'critical'],
    ['resolved', 'critical'],
    ['firing', 'critical'],
  ],
  [
    ['firing', 'critical'],
    ['resolved', 'critical'],
    ['firing', 'critical'],
    ['resolved', 'critical'],
  ],
];

/** A life of `instance`, told to any hub of `ports` that answers. */
export function createLife(instance: string, ports: readonly number[], random: Random): Life {
  const states = random
    .pick(LIVES)
    .map(([status, severity], index): State => ({ number: index + 1, status, severity }));
  const waits = states.map(() => random.between(0, 2500));
  return {
    instance,
    states,
    run: async () => {
      const lanes = ports.map((port) => connections(port, 1));
      // The hub takes no state that is older than what it has: the times of a life grow with its states.
      const begun = Date.now() - 60_000;
      for (const [index, state] of states.entries()) {
        await pause(waits[index] ?? 0);
        await submit(lanes, bodyOf(instance, state, begun + state.number * 1000), random);
      }
      for (const lane of lanes) lane.close();
    },
  };
}

async function submit(lanes: readonly Connections[], body: string, random: Random): Promise<void> {
  for (let tries = 0; tries < 2000; tries += 1) {
    const answer = await random
      .pick(lanes)
      .post(sign(body, 2))
      .catch(() => null);
    if (answer?.status === 200) return;
    if (answer !== null && answer.status !== 503)
      throw new Error(`a push was answered ${answer.status}: ${answer.body}`);
    await pause(50);
  }
  throw new Error('a push had no answer in 2000 tries');
}

function bodyOf(instance: string, { number, status, severity }: State, at: number): string {
  const alert = {
    ...{ fingerprint: 'disk', name: 'Disk', status, severity, started_at: new Date(at).toISOString() },
    ...{ observed_at: new Date(at).toISOString(), labels: { checker: 'disk' }, annotations: { message: `${number}` } },
    metrics: {},
  };
  return JSON.stringify({ source: 'cluster', instance_id: instance, hostname: 'h', version: '1.0', alerts: [alert] });
}
