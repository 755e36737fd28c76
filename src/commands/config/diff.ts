import { prepareRoutes } from '../../app/notify/prepare.ts';
import type { Settings } from '../../config/settings.ts';
import type { EvaluatedAlert } from '../../core/notice/evaluate.ts';
import type { NotifyPolicy } from '../../core/policy/policy.ts';
import { traceRoutes } from '../../notify/policy/trace.ts';
import type { ConfigChange, configJson } from '../../web/api/configuration.ts';
import { treeLines } from '../routes/text.ts';

/** The configuration of a hub as its API gives it. */
export type RunningConfig = ReturnType<typeof configJson>;

/** What would be different if the files counted. */
export interface ConfigDiff {
  readonly settings: readonly { readonly name: string; readonly from: unknown; readonly to: unknown }[];
  /** Routes as `monitor routes show` prints them, without their lines. */
  readonly routes: { readonly gained: readonly string[]; readonly lost: readonly string[] };
  readonly incidents: readonly MovedIncident[];
  /** What else stands differently: endpoints, probes, channels, checkers, secrets that are others now. */
  readonly changes: readonly ConfigChange[];
}

/** An open incident that others would be told of. */
export interface MovedIncident {
  readonly id: string;
  readonly name: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** An alert that fires, and the incident that it belongs to. */
export interface FiringAlert {
  readonly alert: EvaluatedAlert;
  readonly incidentId: string;
}

/** Two trees of routes, the one that counts and the one that would; null where nobody is told. */
export interface TwoPolicies {
  readonly now: NotifyPolicy | null;
  readonly next: NotifyPolicy | null;
}

/** The routes of both. Throws ConfigError when those of one cannot be used. */
export async function policiesOf(own: Own, now: RunningConfig, next: RunningConfig): Promise<TwoPolicies> {
  const [before, after] = [await prepareRoutes(noticesOf(own, now)), await prepareRoutes(noticesOf(own, next))];
  return { now: before?.policy ?? null, next: after?.policy ?? null };
}

type Own = Pick<Settings, 'notify'>;

/** The settings of notices as a hub has them. Addresses are secrets, which it does not give away: those of this machine stand in. */
function noticesOf({ notify: own }: Own, { notify, settings }: RunningConfig): Parameters<typeof prepareRoutes>[0] {
  const hasUrl = settings.some(({ variable, value }) => variable === 'MONITOR_NOTIFY_URL' && value !== null);
  const { url, ...rest } = own;
  return {
    notify: hasUrl && url !== undefined ? { ...rest, url } : rest,
    ...(notify !== null && { policyFile: { values: notify, at: () => 'notify', folder: '/' } }),
  };
}

/** Settings whose values differ. Where the two were read from is no difference. */
export function diffSettings(
  { settings: now }: RunningConfig,
  { settings: next }: RunningConfig,
): ConfigDiff['settings'] {
  const before = new Map(now.map(({ name, value }) => [name, value]));
  return next
    .filter(({ name, value }) => JSON.stringify(before.get(name) ?? null) !== JSON.stringify(value))
    .map(({ name, value }) => ({ name, from: before.get(name) ?? null, to: value }));
}

/** Routes that only one of two trees has. */
export function diffRoutes({ now, next }: TwoPolicies): ConfigDiff['routes'] {
  const [before, after] = [linesOf(now), linesOf(next)];
  return { gained: without(after, before), lost: without(before, after) };
}

function linesOf(policy: NotifyPolicy | null): readonly string[] {
  return policy === null ? [] : treeLines(policy.root).map((line) => line.slice(0, line.lastIndexOf('  [')));
}

/** Lines of one list that the other has not, each as often as it stands there more. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

/** The incidents of firing alerts that would change hands, in the order of the alerts. */
export function diffIncidents(
  { now, next }: TwoPolicies,
  firing: readonly FiringAlert[],
  at: number,
): readonly MovedIncident[] {
  const found = new Map<string, { name: string; from: Set<string>; to: Set<string> }>();
  for (const { alert, incidentId } of firing) {
    const known = found.get(incidentId) ?? { name: alert.name, from: new Set(), to: new Set() };
    for (const channel of channelsOf(now, alert, at)) known.from.add(channel);
    for (const channel of channelsOf(next, alert, at)) known.to.add(channel);
    found.set(incidentId, known);
  }
  return [...found]
    .map(([id, { name, from, to }]) => ({ id, name, from: [...from].toSorted(), to: [...to].toSorted() }))
    .filter(({ from, to }) => from.join('\n') !== to.join('\n'));
}

function channelsOf(policy: NotifyPolicy | null, alert: EvaluatedAlert, at: number): readonly string[] {
  return policy === null ? [] : traceRoutes(policy, alert, [], at).hops.flatMap(({ channels }) => channels.value);
}
