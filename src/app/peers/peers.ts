import type { PeerEntry } from '../../core/peer/entry.ts';
import type { PeerLink } from '../../core/peer/link.ts';
import { type Hop, hubAddress, namesakes } from '../../core/peer/path.ts';
import { NEW_STANDING, type PeerCondition, type PeerStanding } from '../../core/peer/standing.ts';
import type { Submission } from '../../core/submission.ts';
import { createFollowerPart, type FollowerPart } from '../../followers/follower.ts';
import type { Clock } from '../../lib/clock.ts';
import { createOutbound, type Outbound } from '../../lib/http/outbound.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { namesakeAlert, peerAlert } from '../../peers/alert.ts';
import { deliver } from '../../peers/deliver.ts';
import { createPeerFollower, type PeerFollower, type PeerView } from '../../peers/follow.ts';
import { createHeardWatch } from '../../peers/heard.ts';
import { type Received, type ReceiverParts, receiveEntries } from '../../peers/receive.ts';
import type { Store } from '../../stores/contract/store.ts';
import type { EngineSettings } from '../engine/contract.ts';
import { hubMarker } from '../marker.ts';
import type { Writer } from '../writer.ts';
import { alertaOf } from './alerta.ts';
import { authorizeFor } from './credentials.ts';

/** A hub among others: what it is called, and whom it tells. */
export interface PeerSettings {
  readonly url: string;
  readonly links: readonly PeerLink[];
}

/** What another hub tells, read. */
export interface PeerBatch {
  /** Who sends. */
  readonly hub: Hop;
  readonly entries: readonly PeerEntry[];
}

/** What came of it. */
export type PeerAnswer =
  | { readonly outcome: 'received'; readonly hub: Hop; readonly results: readonly Received[] }
  /** Who sends bears the address of this hub: one of the two is named wrongly. */
  | { readonly outcome: 'misnamed'; readonly hub: Hop };

/** Something that a person wants of a peer. */
export interface PeerChange {
  readonly name: string;
  readonly change: 'pause' | 'resume' | 'resync';
}

/** A hub among others. */
export interface Peers {
  readonly part: Part;
  /** Something was committed. */
  wake(): void;
  receive(batch: PeerBatch): Promise<PeerAnswer>;
  views(): Promise<readonly PeerView[]>;
  change(change: PeerChange): Promise<PeerView | null>;
}

/** What it is made of. */
export interface PeersParts extends Pick<Writer, 'plan' | 'inside' | 'submit'> {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly holder: string;
  readonly onCommit: (seq: number | null) => void;
}

interface Told {
  readonly link: PeerLink;
  readonly follower: PeerFollower;
  readonly part: FollowerPart;
  readonly outbound: Outbound;
  readonly stopping: AbortController;
}

// Marks of what was here are forgotten after so long; nothing comes as late.
const MARKS_KEPT_MS = 30 * 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
const PRUNED = 2000;

/** Puts it together over an open store. */
export function createPeers(
  parts: PeersParts,
  settings: Pick<EngineSettings, 'peers' | 'proxy' | 'caFile' | 'version'>,
): Peers {
  const { store, clock, plan, inside, submit, onCommit, holder } = parts;
  const log = parts.logger.child({ part: 'peers' });
  const { url, links } = settings.peers;
  let hub: Hop = { marker: '', url };
  let told: readonly Told[] = [];
  let cancelPrune = () => {};
  const known = new Set<string>();
  const raise = (submission: Submission) =>
    void submit(submission).catch((error: unknown) => log.error({ error }, 'an alert could not be raised'));
  const heard = createHeardWatch({
    ...{ store, clock, raise },
    onFailure: (error) => log.error({ error }, 'what is known of other hubs could not be kept'),
  });
  const receiver: ReceiverParts = { store, plan, act: inside.act, remove: inside.remove, now: clock.now, onCommit };
  const onCondition = (link: PeerLink) => (condition: PeerCondition, reason: string | null) => {
    const isTrouble = condition === 'open' || condition === 'unauthorized' || condition === 'misnamed';
    if (isTrouble) log.error({ peer: link.name, reason }, 'a peer cannot be told');
    else log.info({ peer: link.name, condition }, 'a peer has another condition');
    if (isTrouble) raise(peerAlert(link.name, reason ?? 'it does not answer', clock.now()));
    else if (condition === 'ok') raise(peerAlert(link.name, null, clock.now()));
  };
  const begin = (link: PeerLink): Told => {
    const { caFile = settings.caFile, certFile, keyFile, isUnverified } = link.tls;
    const { timeoutMs } = link;
    const outbound = createOutbound({
      ...{ userAgent: `monitor/${settings.version}`, proxy: settings.proxy, allow: 'any' },
      ...(caFile !== undefined && { caFile }),
      tls: { certFile, keyFile, isUnverified },
      timeouts: { connectMs: timeoutMs, headersMs: timeoutMs, bodyMs: timeoutMs },
    });
    const stopping = new AbortController();
    const telling = {
      ...{ link, hub, outbound, authorize: authorizeFor(link, clock) },
      alertaOf: alertaOf(store, clock.now),
    };
    const follower = createPeerFollower({
      ...{ store, clock, hub, link },
      send: (entries) => deliver(telling, entries, stopping.signal),
      onCondition: onCondition(link),
    });
    const part = createFollowerPart({
      ...{ store, clock, holder, follower },
      onFailure: (error) => log.error({ error, peer: link.name }, 'a peer could not be told because of this hub'),
    });
    return { link, follower, part, outbound, stopping };
  };
  const tellNamesakes = (entries: readonly PeerEntry[]) => {
    for (const marker of new Set(entries.flatMap((entry) => namesakes(entry, hub)))) tellNamesake(marker);
  };
  const tellNamesake = (marker: string) => {
    if (known.has(marker)) return;
    known.add(marker);
    log.error({ hub: marker, url: hub.url }, 'another hub bears the address of this one: give each its own BASE_URL');
    raise(namesakeAlert(marker, hub.url, clock.now()));
  };
  const prune = () => {
    void store
      .transaction((tx) => tx.prunePeerMarks(clock.now() - MARKS_KEPT_MS, PRUNED))
      .catch((error: unknown) => log.error({ error }, 'old marks could not be forgotten'))
      .finally(() => {
        cancelPrune = clock.after(PRUNE_EVERY_MS, prune);
      });
  };
  return {
    part: {
      name: 'peers',
      start: async () => {
        hub = { marker: await hubMarker(store), url };
        await heard.start();
        told = links.map(begin);
        for (const { part } of told) await part.start();
        cancelPrune = clock.after(PRUNE_EVERY_MS, prune);
      },
      stop: async () => {
        cancelPrune();
        heard.stop();
        for (const { stopping } of told) stopping.abort(new Error('this hub stops'));
        await Promise.all(told.map(({ part }) => part.stop()));
        await Promise.all(told.map(({ outbound }) => outbound.close()));
      },
    },
    wake: () => {
      for (const { part } of told) part.wake();
    },
    receive: async ({ hub: from, entries }) => {
      if (from.marker !== hub.marker && hubAddress(from.url) === hubAddress(hub.url)) {
        tellNamesake(from.marker);
        return { outcome: 'misnamed', hub };
      }
      heard.note(from);
      tellNamesakes(entries);
      return { outcome: 'received', hub, results: await receiveEntries(receiver, hub, entries) };
    },
    views: () => Promise.all(told.map(({ follower }) => follower.view())),
    change: async ({ name, change }) => {
      const one = told.find(({ link }) => link.name === name);
      if (one === undefined) return null;
      const head = await store.historyHead();
      await store.transaction(async (tx) => {
        const stored = await tx.findPeerState(name);
        const before: PeerStanding = stored === undefined ? NEW_STANDING : JSON.parse(stored);
        await tx.savePeerState(name, JSON.stringify(changed(before, change, head)));
      });
      one.follower.refresh();
      one.part.wake();
      return one.follower.view();
    },
  };
}

function changed(before: PeerStanding, change: PeerChange['change'], head: string): PeerStanding {
  if (change === 'resync') return { ...before, snapshot: { phase: 'alerts', after: '', head } };
  return { ...before, isPaused: change === 'pause' };
}
