import type { IncomingAlert } from '../core/alert/alert.ts';
import { ENDPOINT_SOURCE, endpointAlert, removedAlert } from '../core/endpoint/alert.ts';
import { heldBy } from '../core/endpoint/depends.ts';
import { type ProbeSighting, type ProbeState, sightedProbe } from '../core/endpoint/probe.ts';
import type { HeartbeatRule } from '../core/endpoint/push/heartbeat.ts';
import { boundedResult, type LookResult } from '../core/endpoint/result.ts';
import { createRollups } from '../core/endpoint/rollup.ts';
import {
  afterLook,
  afterTime,
  type Chargeable,
  type EndpointState,
  type MomentParts,
  type Step,
} from '../core/endpoint/state.ts';
import type { Span } from '../core/endpoint/uptime.ts';
import type { WatchedEndpoint } from '../core/endpoint/watched.ts';
import type { Submission } from '../core/submission.ts';
import type { StoredLook, StoredOutage, StoredPing } from '../stores/contract/endpoints.ts';
import type { Changes, IngestStore, Transaction } from '../stores/contract/ingest.ts';
import type { Lease } from '../stores/contract/leases.ts';
import { afterSilentTime, afterStoredPing, type KeyedPing } from './pings.ts';
import { probeAlert } from './probe-alert.ts';

/** A look at an endpoint, by its key. */
export interface KeyedLook extends LookResult {
  readonly key: string;
}

/** What a probe, or somebody who calls a push endpoint, has told in one request. */
export interface ProbeReport {
  /** null for what is no probe. */
  readonly sighting: ProbeSighting | null;
  readonly looks: readonly KeyedLook[];
  /** Calls of push endpoints; left out for none. */
  readonly pings?: readonly KeyedPing[];
  /** UTC milliseconds. */
  readonly receivedAt: number;
}

/** What endpoints are judged by; replaced as a whole when the configuration is read again. */
export interface EndpointSetup {
  readonly watched: ReadonlyMap<string, WatchedEndpoint>;
  /** When those are expected to call that are push endpoints. */
  readonly heartbeats: ReadonlyMap<string, HeartbeatRule>;
  readonly chargeable: (key: string) => Chargeable;
  /** Ids of the probes that are configured. */
  readonly probes: readonly string[];
}

/** What the commit of reports needs. */
export interface EndpointCommit {
  readonly store: IngestStore;
  readonly setup: EndpointSetup;
  readonly now: () => number;
  /** The stages of ingest: what alerts come to. */
  readonly plan: (tx: Transaction, submissions: readonly Submission[]) => Promise<{ readonly changes: Changes }>;
}

/** What came of a commit: the highest number of its events; null where nothing changed. */
export interface EndpointsCommitted {
  readonly seq: number | null;
}

/** Collects what steps come to. */
function createSteps(now: number, heldOf: (endpoint: WatchedEndpoint) => MomentParts['isHeld'] = () => undefined) {
  const alerts: IncomingAlert[] = [];
  const looks: StoredLook[] = [];
  const outages: StoredOutage[] = [];
  const pings: StoredPing[] = [];
  const rollups = createRollups();
  return {
    ...{ alerts, looks, outages, pings, rollups },
    /** One look, with what follows from it; gives the state after it. */
    look: (state: EndpointState, endpoint: WatchedEndpoint, given: LookResult, chargeable: Chargeable) => {
      const result = boundedResult(given);
      const step = afterLook(state, endpoint, result, now, chargeable, heldOf(endpoint));
      take(endpoint, step);
      looks.push({ endpoint: endpoint.key, ...result });
      rollups.look(endpoint.key, result);
      return step.state;
    },
    take,
  };

  function take(endpoint: WatchedEndpoint, { state, words, charged, outage }: Step): void {
    for (const word of words) alerts.push(endpointAlert(endpoint, state, word, now));
    for (const span of charged) rollups.charge(endpoint.key, span);
    if (outage !== null) outages.push({ endpoint: endpoint.key, ...outage });
  }
}

/** Commits reports of probes with all that follows from them, in one transaction: looks, uptime, verdicts, alerts, incidents, history. */
export function commitReports(
  { store, setup, now, plan }: EndpointCommit,
  reports: readonly ProbeReport[],
): Promise<EndpointsCommitted> {
  return store.transaction(async (tx) => {
    const known = reports.flatMap(({ looks }) => looks).filter(({ key }) => setup.watched.has(key));
    const pings = reports.flatMap((one) => one.pings ?? []).filter(({ key }) => setup.heartbeats.has(key));
    const keys = new Set([...known, ...pings].map(({ key }) => key));
    const found = await tx.findEndpoints(withDependencies(keys, setup));
    const states = new Map(found.map((state) => [state.key, state]));
    const at = now();
    const { probes, sighted } = await sight(tx, reports, at);
    const silent = await silentProbes(tx, setup, probes);
    const steps = createSteps(at, (endpoint) => heldBy(endpoint, setup.watched, states, at));
    for (const { key, ...given } of known) {
      const [watched, state] = [setup.watched.get(key), states.get(key)];
      if (watched === undefined || state === undefined || !watched.probes.includes(given.probe)) continue;
      const result = { ...given, at: Math.min(given.at, at) };
      states.set(key, steps.look(state, { ...watched, silent }, result, setup.chargeable(key)));
    }
    for (const ping of pings) {
      const { key } = ping;
      const [endpoint, state] = [setup.watched.get(key), states.get(key)];
      if (endpoint === undefined || state === undefined) continue;
      const { after, looks, stored } = afterStoredPing(state, ping);
      steps.pings.push(stored);
      states.set(
        key,
        looks.reduce((one, look) => steps.look(one, endpoint, look, setup.chargeable(key)), after),
      );
    }
    const changed = [...states.values()].filter(({ key }) => keys.has(key));
    return save(tx, plan, steps, changed, sighted, probes, at);
  });
}

/** These, and what they depend on. */
function withDependencies(keys: Iterable<string>, { watched }: EndpointSetup): readonly string[] {
  return [...keys].flatMap((key) => [key, ...(watched.get(key)?.dependsOn ?? []).filter((one) => watched.has(one))]);
}

/** The configured probes that are silent, but for those that have just been heard. */
async function silentProbes(
  tx: Transaction,
  { probes }: EndpointSetup,
  heard: readonly ProbeState[] = [],
): Promise<ReadonlySet<string>> {
  const here = new Set(heard.map(({ id }) => id));
  const others = await tx.findProbes(probes.filter((id) => !here.has(id)));
  return new Set(others.filter(({ staleSince }) => staleSince !== null).map(({ id }) => id));
}

/** Probes as they are after their reports, and the ends of the alerts about those that were silent. */
async function sight(tx: Transaction, reports: readonly ProbeReport[], now: number) {
  const sightings = reports.flatMap(({ sighting }) => sighting ?? []);
  const found = await tx.findProbes(sightings.map(({ id }) => id));
  const before = new Map(found.map((probe) => [probe.id, probe]));
  const after = new Map<string, ProbeState>();
  for (const one of sightings) after.set(one.id, sightedProbe(after.get(one.id) ?? before.get(one.id), one, now));
  const sighted = [...after.values()]
    .filter(({ id }) => before.get(id)?.staleSince != null)
    .map((probe) => probeAlert(probe, now));
  return { probes: [...after.values()], sighted };
}

type Steps = ReturnType<typeof createSteps>;

async function save(
  tx: Transaction,
  plan: EndpointCommit['plan'],
  { alerts, looks, outages, pings, rollups }: Steps,
  states: readonly EndpointState[],
  own: readonly Submission[],
  probes: readonly ProbeState[],
  now: number,
): Promise<EndpointsCommitted> {
  const submissions = [...alerts.map((alert) => submissionOf(alert, now)), ...own];
  const seq = submissions.length === 0 ? null : await tx.save((await plan(tx, submissions)).changes);
  await tx.saveEndpoints({ states, looks, outages, pings, probes, rollups: rollups.all() });
  return { seq };
}

function submissionOf(alert: IncomingAlert, receivedAt: number): Submission {
  return {
    ...{ source: ENDPOINT_SOURCE, origin: '', actor: ENDPOINT_SOURCE, receivedAt },
    ...{ alerts: [alert], errors: [], replay: null, instance: null },
  };
}

/**
 * Looks at these endpoints by the clock: a witness that has become stale testifies no more, what was to call and did not
 * has failed, and what is not configured any more fires no more. Locked while it is decided, for a report may have come
 * first. In an `absence` no hub could be called.
 */
export function commitTime(
  { store, setup, now, plan }: EndpointCommit,
  keys: readonly string[],
  fence?: Lease,
  absence: Span | null = null,
): Promise<EndpointsCommitted> {
  return store.transaction(async (tx) => {
    const found = await tx.findEndpoints(withDependencies(keys, setup));
    const known = new Map(found.map((state) => [state.key, state]));
    const silent = await silentProbes(tx, setup);
    const at = now();
    const heldOf = (endpoint: WatchedEndpoint) => heldBy(endpoint, setup.watched, known, at);
    const steps = createSteps(at, heldOf);
    const states: EndpointState[] = [];
    const gone: string[] = [];
    for (const state of found.filter(({ key }) => keys.includes(key))) {
      const watched = setup.watched.get(state.key);
      const endpoint = watched && { ...watched, silent };
      if (endpoint === undefined) {
        gone.push(state.key);
        state.alerts.forEach(({ isFiring }, index) => {
          if (isFiring) steps.alerts.push(removedAlert(state, index, at));
        });
        continue;
      }
      const chargeable = setup.chargeable(state.key);
      const { after, looks } = afterSilentTime(state, setup.heartbeats.get(state.key), at, absence);
      const looked = looks.reduce((one, look) => steps.look(one, endpoint, look, chargeable), after);
      const step = afterTime(looked, endpoint, at, { chargeable, isHeld: heldOf(endpoint) });
      steps.take(endpoint, step);
      states.push(step.state);
      state.alerts.slice(endpoint.alerts.length).forEach(({ isFiring }, beyond) => {
        if (isFiring) steps.alerts.push(removedAlert(state, endpoint.alerts.length + beyond, at));
      });
    }
    const committed = await save(tx, plan, steps, states, [], [], at);
    await tx.forgetEndpoints(gone);
    return committed;
  }, fence);
}

/** Marks probes that have been silent for too long, and raises an alert about each. */
export function commitSilence(
  { store, now, plan }: EndpointCommit,
  silent: readonly { readonly id: string; readonly name: string; readonly since: number }[],
  isSilent: (probe: ProbeState | undefined, now: number, id: string) => boolean,
  fence?: Lease,
): Promise<EndpointsCommitted> {
  return store.transaction(async (tx) => {
    const found = new Map((await tx.findProbes(silent.map(({ id }) => id))).map((probe) => [probe.id, probe]));
    const at = now();
    const probes = silent
      .filter(({ id }) => isSilent(found.get(id), at, id))
      .map(({ id, name, since }): ProbeState => {
        const known = found.get(id);
        const blank = { id, name, region: '', version: '', lastSeenAt: null, clockOffsetMs: null };
        // One that has never said its name has its id for it.
        const shown = known === undefined || known.name === id ? name : known.name;
        return { ...(known ?? blank), name: shown, staleSince: known?.lastSeenAt ?? since };
      });
    return save(
      tx,
      plan,
      createSteps(at),
      [],
      probes.map((probe) => probeAlert(probe, at)),
      probes,
      at,
    );
  }, fence);
}
