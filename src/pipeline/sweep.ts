import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Store } from '../stores/contract.ts';
import type { Answer, Delivery } from './delivery.ts';
import { OWN_SOURCE } from './presence.ts';

/** What the sweep works on. */
export interface SweepParts {
  readonly store: Pick<Store, 'heartbeat' | 'forgiveDowntime' | 'staleInstances' | 'pruneDeliveries'>;
  readonly submit: (delivery: Delivery) => Promise<Answer>;
  readonly clock: Clock;
  readonly staleAfterMs: number;
  readonly onFailure: (error: unknown) => void;
}

// Often enough that silence is told in time, seldom enough to cost nothing.
const SLOWEST_MS = 15_000;
const FASTEST_MS = 200;
// A nonce may come back for as long as its time is accepted, 300 s either way; twice that is kept.
const NONCE_KEPT_MS = 1_200_000;
const BATCH = 500;
const PRUNED = 5000;

/**
 * What must happen without anybody asking: instances that fell silent raise their alert, deliveries that cannot be
 * repeated any more are forgotten. The time that the hub itself was down, or held up (a suspended machine), is not held
 * against its instances: nobody could be heard then, so their time goes on where it stood.
 */
export function createSweep({ store, submit, clock, staleAfterMs, onFailure }: SweepParts): Part {
  const everyMs = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, staleAfterMs / 4));
  let cancel = () => {};
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const again = () => {
    if (stopped) return;
    cancel = clock.after(everyMs, () => {
      running = sweep().catch(onFailure).then(again);
    });
  };
  const sweep = async () => {
    const now = clock.now();
    const last = await store.heartbeat(now);
    const gap = last === undefined ? 0 : now - last;
    if (gap > everyMs + staleAfterMs / 2) await store.forgiveDowntime(gap);
    const silent = await store.staleInstances(now, BATCH);
    await Promise.all(silent.map(({ instanceId }) => submit(silence(instanceId, now))));
    while ((await store.pruneDeliveries(now - NONCE_KEPT_MS, PRUNED)) === PRUNED && !stopped);
  };
  return {
    name: 'sweep',
    start: async () => {
      const now = clock.now();
      const last = await store.heartbeat(now);
      if (last !== undefined && now > last) await store.forgiveDowntime(now - last);
      again();
    },
    stop: async () => {
      stopped = true;
      cancel();
      await running;
    },
  };
}

function silence(instanceId: string, now: number): Delivery {
  return {
    source: OWN_SOURCE,
    origin: instanceId,
    actor: OWN_SOURCE,
    receivedAt: now,
    alerts: [],
    errors: [],
    replay: null,
    instance: { kind: 'silent', instanceId },
  };
}
