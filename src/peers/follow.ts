import type { HistoryEvent } from '../core/history.ts';
import type { PeerEntry } from '../core/peer/entry.ts';
import { type PeerFilter, peerTest } from '../core/peer/filter.ts';
import { BEAT_MS } from '../core/peer/heard.ts';
import type { PeerLink } from '../core/peer/link.ts';
import { type Hop, hasHad } from '../core/peer/path.ts';
import {
  afterAttempt,
  conditionOf,
  NEW_STANDING,
  OPENS_AFTER,
  type PeerCondition,
  type PeerOutcome,
  type PeerStanding,
} from '../core/peer/standing.ts';
import { entryOf, type Known, standingActs, standingEntry, standingSilence, wantedOf } from '../core/peer/telling.ts';
import type { Follower } from '../followers/follower.ts';
import { backoffMs } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { anchoredRegex } from '../lib/regex.ts';
import type { Followers } from '../stores/contract/followers.ts';
import type { IngestStore } from '../stores/contract/ingest.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { NoticeReads } from '../stores/contract/notices.ts';
import type { ReadStore } from '../stores/contract/reads.ts';
import type { SilenceReads } from '../stores/contract/silences.ts';

/** What a follower of the history reads for a peer. */
export type PeerStore = Pick<Followers, 'follow' | 'followerCursor' | 'historyHead' | 'eventsAfter' | 'lagBehind'> &
  Pick<NoticeReads, 'alertsById' | 'firingAlerts' | 'liveIncidentIds' | 'alertsForMessage'> &
  Pick<ReadStore, 'listIncidents'> &
  Pick<SilenceReads, 'liveSilences' | 'findSilence'> &
  Pick<IngestStore, 'transaction'>;

/** What tells a peer. */
export interface PeerFollowerParts {
  readonly store: PeerStore;
  readonly clock: Clock;
  readonly hub: Hop;
  readonly link: PeerLink;
  /** Sends entries, in their order; never rejects for what the peer does. */
  readonly send: (entries: readonly PeerEntry[]) => Promise<PeerOutcome>;
  /** The peer has another condition now; with the reason where it fails. */
  readonly onCondition: (condition: PeerCondition, reason: string | null) => void;
}

/** What people are shown of a peer. */
export interface PeerView {
  readonly name: string;
  readonly url: string;
  readonly kind: PeerLink['kind'];
  readonly filter: PeerFilter;
  readonly condition: PeerCondition;
  readonly standing: PeerStanding;
  /** UTC milliseconds; null for at once. */
  readonly nextAttemptAt: number | null;
  /** What is not told yet. null while everything that is open is being told. */
  readonly lag: { readonly events: number; readonly ms: number } | null;
}

/** A follower of the history that tells a peer. */
export interface PeerFollower extends Follower {
  view(): Promise<PeerView>;
  /** Reads its standing again, for somebody has changed it. */
  refresh(): void;
}

// Of one request to a hub of ours.
const BATCH = 200;
const BATCH_CHARS = 600_000;
// Events among which the next one is looked for that an Alerta is told, one by one.
const LOOKED_AT = 50;
const MEMBERS = 100;
const BACKOFF = { baseMs: 1000, maxMs: 60_000 };
const REFRESH_MS = 1000;

/** The key under which the place is kept up to which a peer was told. */
export function sentCursor(name: string): string {
  return `peer ${name} sent`;
}

/** Tells one peer, in the order of the history, from where it was told last; a new one first of all that is open. */
export function createPeerFollower(parts: PeerFollowerParts): PeerFollower {
  const { store, clock, hub, link, send, onCondition } = parts;
  const test = peerTest(link.filter, anchoredRegex);
  const isAlerta = link.kind === 'alerta';
  let standing: PeerStanding = NEW_STANDING;
  let readAt: number | null = null;
  let cursor: string | undefined;
  let waitUntil: number | null = null;
  let spokenAt = 0;
  let condition: PeerCondition = 'ok';

  const isFor = (entry: PeerEntry) =>
    test(entry) && !(isAlerta && (entry.kind === 'silence' || hasHad(entry, { marker: '', url: link.url })));
  const save = async (lease: Lease, next: PeerStanding) => {
    await store.transaction(async (tx) => {
      // Somebody may have paused it, or asked for everything, since it was read.
      const stored = await tx.findPeerState(link.name);
      const asked = stored === undefined ? null : (JSON.parse(stored) as PeerStanding);
      const isPaused = asked?.isPaused ?? next.isPaused;
      await tx.savePeerState(link.name, JSON.stringify({ ...next, isPaused }));
      standing = { ...next, isPaused };
    }, lease);
  };
  const load = async () => {
    if (readAt !== null && clock.monotonic() - readAt < REFRESH_MS) return;
    const stored = await store.transaction((tx) => tx.findPeerState(link.name));
    standing = stored === undefined ? NEW_STANDING : { ...NEW_STANDING, ...(JSON.parse(stored) as PeerStanding) };
    readAt = clock.monotonic();
  };
  const tell = () => {
    const now = conditionOf(standing);
    if (now === condition) return;
    condition = now;
    onCondition(now, standing.failures > 0 ? standing.lastError : null);
  };
  /** Sends, and keeps what came of it; gives whether it was sent. */
  const attempt = async (lease: Lease, entries: readonly PeerEntry[], isKept: boolean): Promise<boolean> => {
    const outcome = await send(entries);
    const before = standing;
    standing = afterAttempt(before, outcome, entries.length, clock.now());
    if (outcome.outcome === 'failed') {
      const wait = backoffMs(BACKOFF, Math.min(standing.failures, 8));
      waitUntil = clock.now() + Math.max(wait, outcome.retryAfterMs ?? 0);
      if (conditionOf(standing) !== conditionOf(before)) await save(lease, standing);
      tell();
      return false;
    }
    waitUntil = null;
    spokenAt = clock.now();
    if (isKept || before.failures > 0 || outcome.refused.length > 0) await save(lease, standing);
    tell();
    return true;
  };
  const known = async (events: readonly HistoryEvent[]): Promise<Known> => {
    const wanted = wantedOf(events);
    const alerts = wanted.alerts.length === 0 ? [] : await store.alertsById(wanted.alerts);
    const incidents = await incidentsOf(wanted.incidents);
    const acted = new Set(events.flatMap(({ subject, subjectId }) => (subject === 'incident' ? [subjectId] : [])));
    const members = new Map(
      await Promise.all(
        [...incidents.keys()]
          .filter((id) => acted.has(id))
          .map(async (id) => [id, await store.alertsForMessage(id, MEMBERS)] as const),
      ),
    );
    const silences = await Promise.all(wanted.silences.map((id) => store.findSilence(id)));
    return {
      ...{ alerts: new Map(alerts.map((one) => [one.id, one])), incidents, members },
      silences: new Map(silences.flatMap((one) => (one === undefined ? [] : [[one.id, one]]))),
    };
  };
  const incidentsOf = async (ids: readonly string[]) => {
    if (ids.length === 0) return new Map();
    const { items } = await store.listIncidents({ ids, limit: 500 });
    return new Map(items.map((incident) => [incident.id, incident]));
  };
  const entriesOf = async (events: readonly HistoryEvent[]) => {
    const things = await known(events);
    return events.map((event) => {
      const entry = entryOf(event, things, hub);
      return entry !== null && isFor(entry) ? entry : null;
    });
  };
  const move = (lease: Lease, to: string) =>
    store.follow(
      lease,
      async (tx) => {
        await tx.moveCursor(sentCursor(link.name), to, clock.now());
        cursor = to;
      },
      'again',
    );
  /** Tells what comes next in the history; gives whether there may be more at once. */
  const goOn = async (lease: Lease, from: string): Promise<boolean> => {
    const isTrial = standing.failures >= OPENS_AFTER;
    const most = isAlerta || isTrial ? LOOKED_AT : BATCH;
    let { events, cursor: next } = await store.eventsAfter(from, most);
    if (events.length === 0) return false;
    const isFull = events.length === most;
    let found = await entriesOf(events);
    const cut = isAlerta || isTrial ? found.findIndex((entry) => entry !== null) + 1 : fitting(found);
    if (cut > 0 && cut < events.length) {
      ({ events, cursor: next } = await store.eventsAfter(from, cut));
      found = found.slice(0, cut);
    }
    const entries = found.filter((entry) => entry !== null);
    if (entries.length > 0 && !(await attempt(lease, entries, false))) return false;
    await move(lease, next);
    return isFull || cut < found.length || (isAlerta && entries.length > 0) || isTrial;
  };
  /** Tells the next of what is open; gives whether there is more. */
  const tellOpen = async (lease: Lease, snapshot: NonNullable<PeerStanding['snapshot']>): Promise<boolean> => {
    const step = await nextOpen(snapshot);
    const entries = step.entries.filter(isFor);
    for (const part of isAlerta ? entries.map((entry) => [entry]) : entries.length === 0 ? [] : [entries])
      if (!(await attempt(lease, part, false))) return false;
    if (step.next === null) await move(lease, snapshot.head);
    await save(lease, { ...standing, snapshot: step.next });
    return true;
  };
  const nextOpen = async ({ phase, after, head }: NonNullable<PeerStanding['snapshot']>) => {
    if (phase === 'alerts') {
      const alerts = await store.firingAlerts(after, BATCH / 2);
      const incidents = await incidentsOf([...new Set(alerts.flatMap(({ incidentId }) => incidentId ?? []))]);
      const entries: PeerEntry[] = alerts.map((one) => standingEntry(one, incidents.get(one.incidentId ?? ''), hub));
      const last = alerts.at(-1)?.id;
      return {
        entries,
        next: last === undefined ? { phase: 'incidents' as const, after: '', head } : { phase, after: last, head },
      };
    }
    if (phase === 'incidents') {
      const ids = await store.liveIncidentIds(after, BATCH / 4);
      const incidents = await incidentsOf(ids);
      const entries: PeerEntry[] = [];
      for (const incident of incidents.values()) {
        const members = await store.alertsForMessage(incident.id, MEMBERS);
        entries.push(...standingActs(incident, members, hub, clock.now()));
      }
      const last = ids.at(-1);
      return {
        entries,
        next: last === undefined ? { phase: 'silences' as const, after: '', head } : { phase, after: last, head },
      };
    }
    const silences = await store.liveSilences(clock.now());
    return { entries: silences.map((one) => standingSilence(one, hub)), next: null };
  };
  return {
    name: `peer ${link.name}`,
    begins: 'now',
    takeOver: async () => {
      readAt = null;
      cursor = undefined;
    },
    // What is told goes over the network, and no transaction waits for that: see `turn`.
    take: async () => {},
    turn: async (lease) => {
      await load();
      tell();
      if (standing.isPaused) return null;
      if (waitUntil !== null && clock.now() < waitUntil) return waitUntil;
      cursor ??= await store.followerCursor(sentCursor(link.name));
      if (standing.snapshot === null && cursor === undefined)
        await save(lease, { ...standing, snapshot: { phase: 'alerts', after: '', head: await store.historyHead() } });
      const isMore =
        standing.snapshot === null ? await goOn(lease, cursor ?? '') : await tellOpen(lease, standing.snapshot);
      if (isMore) return clock.now();
      if (waitUntil !== null || isAlerta) return waitUntil;
      // Who has nothing to tell says so: the other hub would take it for silent.
      if (clock.now() - spokenAt >= BEAT_MS) await attempt(lease, [], false);
      return waitUntil ?? spokenAt + BEAT_MS;
    },
    refresh: () => {
      readAt = null;
      waitUntil = null;
    },
    view: async () => {
      const place = await store.followerCursor(sentCursor(link.name));
      const { name, url, kind, filter } = link;
      const lag = place === undefined || standing.snapshot !== null ? null : await store.lagBehind(place, clock.now());
      return { name, url, kind, filter, condition: conditionOf(standing), standing, nextAttemptAt: waitUntil, lag };
    },
  };
}

/** How many of the first entries fit into one request. */
function fitting(found: readonly (PeerEntry | null)[]): number {
  let chars = 0;
  for (const [at, entry] of found.entries()) {
    chars += entry === null ? 0 : JSON.stringify(entry).length;
    if (chars > BATCH_CHARS && at > 0) return at;
  }
  return found.length;
}
