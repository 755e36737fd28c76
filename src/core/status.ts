import type { Severity } from './alert/alert.ts';
import type { HeartbeatState } from './heartbeat.ts';
import { iso } from './iso-time.ts';

/** How bad something is for people: a severity, or `unknown` where nothing is known of it. */
export type Badness = Severity | 'unknown';

/** How many there are of each. */
export type BadnessCounts = Readonly<Record<Badness, number>>;

/** What the state of a hub is told from. `Incident` and `Mute` are rows as they are shown. Times are UTC milliseconds. */
export interface StatusInput<Incident, Mute> {
  readonly now: number;
  readonly startedAt: number;
  readonly version: string;
  readonly role: string;
  readonly instanceId: string;
  /** Why the store cannot be written; null when it can. */
  readonly notReady: string | null;
  /** null where none is wanted, or who asks is not told. */
  readonly heartbeat: HeartbeatState | null;
  /** Where the history stands: a live stream begins behind it. */
  readonly position: string;
  /** Of incidents that are open or acknowledged; as far as they are counted. */
  readonly counts: BadnessCounts;
  readonly open: number;
  readonly acknowledged: number;
  /** The first of them, the worst first. */
  readonly incidents: readonly Incident[];
  readonly fleet: { readonly instances: number; readonly silent: number; readonly lastSeenAt: number | null };
  /** The first of those that are silent. */
  readonly silent: readonly { readonly instanceId: string; readonly hostname: string; readonly since: number }[];
  /** Silences and windows that hold something back now. */
  readonly muted: readonly Mute[];
  readonly outbox: readonly { readonly channel: string; readonly state: string; readonly count: number }[];
  /** What failed last on channels, the newest first. */
  readonly failures: readonly { readonly channel: string; readonly reason: string; readonly at: number }[];
  /** null for a hub that tells nobody. */
  readonly follower: { readonly name: string; readonly events: number; readonly ms: number } | null;
}

// A follower that is this far behind is stuck: it looks every second by itself.
const LAG_MS = 30_000;

/** What may not go on. */
export const STUCK_KINDS = ['store', 'channel', 'follower', 'heartbeat'] as const;

/** Something that does not go on: what it is, and what is known of it. */
export interface Stuck {
  readonly kind: (typeof STUCK_KINDS)[number];
  readonly name: string;
  readonly detail: string;
  /** ISO 8601; null where it is not known. */
  readonly since: string | null;
}

/** What is wrong, what is silent and what is stuck: the document of `GET /api/v1/status` and `monitor status --json`. */
export function statusDocument<Incident, Mute>(input: StatusInput<Incident, Mute>) {
  const { counts, incidents, fleet, now } = input;
  return {
    at: iso(now),
    position: input.position,
    hub: {
      ...{ role: input.role, instance_id: input.instanceId, version: input.version },
      ...{ started_at: iso(input.startedAt), uptime_s: Math.max(0, Math.floor((now - input.startedAt) / 1000)) },
      ...{ ready: input.notReady === null, reason: input.notReady },
      heartbeat: input.heartbeat && { sent_at: iso(input.heartbeat.sentAt), problem: input.heartbeat.problem },
    },
    counts: { critical: counts.critical, warning: counts.warning, unknown: counts.unknown, info: counts.info },
    open: input.open,
    acknowledged: input.acknowledged,
    incidents,
    /** Incidents that are not listed here. */
    more: Math.max(0, input.open + input.acknowledged - incidents.length),
    fleet: { instances: fleet.instances, silent: fleet.silent, last_seen_at: iso(fleet.lastSeenAt) },
    silent: input.silent.map(({ instanceId, hostname, since }) => ({
      ...{ instance_id: instanceId, hostname, silent_since: iso(since) },
    })),
    muted: input.muted,
    channels: channelsOf(input),
    followers: input.follower === null ? [] : [input.follower].map(followerOf),
    stuck: stuckOf(input),
  };
}

function channelsOf({ outbox, failures }: Pick<StatusInput<unknown, unknown>, 'outbox' | 'failures'>) {
  const names = [...new Set(outbox.map(({ channel }) => channel))];
  return names.map((name) => {
    const count = (state: string) => outbox.find((row) => row.channel === name && row.state === state)?.count ?? 0;
    const failed = failures.find(({ channel }) => channel === name);
    return {
      name,
      waiting: count('wait'),
      held: count('hold'),
      under_way: count('under_way'),
      retrying: count('retry'),
      dead: count('dead'),
      last_failure: failed?.reason ?? null,
      last_failure_at: iso(failed?.at ?? null),
    };
  });
}

function followerOf({ name, events, ms }: { readonly name: string; readonly events: number; readonly ms: number }) {
  return { name, lag_events: events, lag_ms: ms };
}

function stuckOf(input: StatusInput<unknown, unknown>): readonly Stuck[] {
  const { notReady, follower, now } = input;
  const store: Stuck[] =
    notReady === null ? [] : [{ kind: 'store', name: 'store', detail: `cannot be written: ${notReady}`, since: null }];
  const channels = channelsOf(input).flatMap(({ name, retrying, dead, last_failure: failure, last_failure_at: at }) => {
    const parts = [
      retrying > 0 && `${noticesText(retrying)} to be tried again`,
      dead > 0 && `${noticesText(dead)} given up`,
    ];
    const said = parts.filter((part) => part !== false).join(', ');
    if (said === '') return [];
    return [{ kind: 'channel' as const, name, detail: failure === null ? said : `${said}: ${failure}`, since: at }];
  });
  const isBehind = follower !== null && follower.ms > LAG_MS;
  const followers: Stuck[] = isBehind
    ? [
        {
          kind: 'follower',
          name: follower.name,
          detail: `${follower.events} events behind`,
          since: iso(now - follower.ms),
        },
      ]
    : [];
  const silenced = input.heartbeat?.problem ?? null;
  const heartbeat: Stuck[] =
    silenced === null
      ? []
      : [
          {
            ...{ kind: 'heartbeat', name: 'heartbeat', detail: `not sent: ${silenced}` },
            since: iso(input.heartbeat?.sentAt ?? null),
          },
        ];
  return [...store, ...channels, ...followers, ...heartbeat];
}

function noticesText(count: number): string {
  return `${count} ${count === 1 ? 'notice' : 'notices'}`;
}
