import type { Alert } from '../core/alert/alert.ts';
import { OWN_SOURCE, type Submission } from '../core/submission.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { createRounds } from '../lib/rounds.ts';
import type { HousekeepingStore } from '../stores/contract/housekeeping.ts';
import type { Leases } from '../stores/contract/leases.ts';
import { createUptime } from './uptime.ts';

/** What the look at expiries works on. */
export interface ExpireParts {
  readonly store: Pick<Leases, 'now'> & Pick<HousekeepingStore, 'dueExpiries'>;
  /** Commits submissions of the hub itself. */
  readonly commit: (submissions: readonly Submission[]) => Promise<unknown>;
  /** Only for the pause between rounds; time comes from the database. */
  readonly clock: Clock;
  /** Time that senders have to tell their alerts again after the hub was not there to hear them. */
  readonly graceMs: number;
  readonly onFailure: (error: unknown) => void;
}

const EVERY_MS = 1000;
// A hub that was held up for so long (a suspended machine) has not heard everyone.
const GAP_MS = 10_000;
// Alerts in one transaction, and transactions in one look.
const BATCH = 500;
const BATCHES = 100;

/**
 * Alerts that end by themselves when they are not told again do so here. Every hub of those that share the store looks,
 * without a lease: whether an alert has expired is decided again inside the transaction, so two that see the same one end
 * it once, and a repeat that came in between wins.
 *
 * While the hub was down, or could not write, nobody could be heard: alerts that were heard last before that have the
 * grace from the first look after it.
 */
export function createExpire({ store, commit, clock, graceMs, onFailure }: ExpireParts): Part {
  const uptime = createUptime(GAP_MS);
  const failed = (error: unknown) => {
    uptime.break();
    onFailure(error);
  };
  const look = async () => {
    const now = await store.now();
    const since = uptime.since(now);
    const grace = { before: since, until: since + graceMs };
    for (let batch = 0; batch < BATCHES && !rounds.ended; batch += 1) {
      const { alerts, more } = await store.dueExpiries(now, grace, BATCH);
      if (alerts.length > 0) await commit(alerts.map((alert) => expiryOf(alert, now)));
      if (!more) break;
    }
    // At the end: a look that takes long is no break.
    uptime.confirm(since, await store.now());
  };
  const rounds = createRounds({ clock, everyMs: EVERY_MS, round: look, onFailure: failed });
  return {
    name: 'expire',
    start: async () => {
      await look().catch(failed);
      rounds.begin();
    },
    stop: () => rounds.end(),
  };
}

function expiryOf(alert: Alert, now: number): Submission {
  const { source, origin, fingerprint, name, severity, labels, annotations, metrics, startedAt, expiresAt } = alert;
  const end = expiresAt ?? now;
  const incoming = {
    ...({ fingerprint, name, status: 'resolved', severity, labels, annotations, metrics, startedAt } as const),
    endedAt: end,
    // As old as what was told last: whoever tells the alert again, however long on its way, is not older than this.
    observedAt: alert.observedAt,
    groupKey: name,
    resolution: 'expired',
    expiresAt: end,
  };
  return {
    source,
    origin,
    actor: OWN_SOURCE,
    receivedAt: now,
    alerts: [incoming],
    errors: [],
    replay: null,
    instance: null,
  };
}
