import { isIP } from 'node:net';
import type { BoundChannel } from '../../channels/registry.ts';
import { ConfigError } from '../../config/error.ts';
import type { NotifyDocument } from '../../config/notify/document.ts';
import type { RouteNode } from '../../core/policy/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { addressGuard } from '../../lib/net/guard.ts';
import { type CompiledPolicy, compilePolicy } from '../../notify/policy/compile.ts';
import { templatedRoutes } from '../../notify/policy/routes.ts';
import { type ChannelSettings, namesOf, openChannels, optionProblems } from './channels.ts';

/** A policy with its channels, without fault. */
export interface OpenedPolicy extends Omit<CompiledPolicy, 'problems'> {
  readonly channels: ReadonlyMap<string, BoundChannel>;
  /** The channel that tells of what came by these routes: with the templates of the first of them that has some. */
  channelFor(id: string, places: readonly string[]): BoundChannel | undefined;
}

/** Opens the channels of a document and compiles its policy. Throws one ConfigError with every problem, `before` among them. */
export async function openPolicy(
  document: NotifyDocument,
  settings: ChannelSettings,
  clock: Clock,
  before: readonly string[] = [],
): Promise<OpenedPolicy> {
  const { channels, known, problems: faults } = await openChannels(document, settings, clock);
  const { problems, ...compiled } = compilePolicy(document, channels, known);
  const templated = await templatedChannels(document, channels, compiled.policy.root);
  // What was said of an option once, such as a secret that is missing, the channel says again in other words.
  const said = new Set(before.map(optionIn));
  const all = [...before, ...faults.filter((fault) => !said.has(optionIn(fault))), ...problems, ...templated.problems];
  if (known.length === 0 && all.length === 0) {
    all.push('notify: nobody can be told: add a channel to notify.channels, or set MONITOR_NOTIFY_URL');
  }
  if (all.length > 0) throw new ConfigError(all);
  const channelFor = (id: string, places: readonly string[]) =>
    places.map((place) => templated.byPlace.get(place)?.get(id)).find((one) => one !== undefined) ?? channels.get(id);
  const warnings = [...compiled.warnings, ...(await unreachable(document, settings))];
  return { ...compiled, warnings, channels, channelFor };
}

/** The option that a problem is about, as it names it. */
function optionIn(problem: string): string {
  return /\bnotify\.channels\.\S+?(?=: )/.exec(problem)?.[0] ?? problem;
}

/** Channels whose address is written as one that is not contacted. */
async function unreachable(document: NotifyDocument, { allowPrivateTargets }: ChannelSettings): Promise<string[]> {
  const mayReach = addressGuard(allowPrivateTargets);
  const { addressed } = await namesOf(document);
  const all = [
    ...addressed.map(({ id, options }) => ({ id, options: options as unknown })),
    ...document.channels.map(({ id, options }) => ({ id, options: JSON.parse(options.reveal()) as unknown })),
  ];
  return all.flatMap(({ id, options }) => {
    const host = hostsIn(options).find((one) => !mayReach(one));
    if (host === undefined) return [];
    return [
      `notify.channels.${id}: ${host} is not a public address, so nothing is sent there; if it is meant, add its network to MONITOR_ALLOW_PRIVATE_TARGETS`,
    ];
  });
}

/** Addresses that stand in the URLs of options; names are looked up where something is sent. */
function hostsIn(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(hostsIn);
  if (typeof value !== 'string' || !/^https?:/.test(value) || !URL.canParse(value)) return [];
  const host = new URL(value).hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost') return ['127.0.0.1'];
  return isIP(host) === 0 ? [] : [host];
}

/** The channels of routes with templates of their own, by the place of the route and the id. */
async function templatedChannels(
  { places }: NotifyDocument,
  channels: ReadonlyMap<string, BoundChannel>,
  root: RouteNode,
) {
  const byPlace = new Map<string, Map<string, BoundChannel>>();
  const problems: string[] = [];
  for (const { keys, place, templates, channels: ids } of templatedRoutes(root)) {
    const own = new Map<string, BoundChannel>();
    byPlace.set(place, own);
    for (const id of ids) {
      try {
        const bound = await channels.get(id)?.templated(templates);
        if (bound !== undefined) own.set(id, bound);
      } catch (error) {
        problems.push(...optionProblems(places, [...keys, 'templates'], error));
      }
    }
  }
  return { byPlace, problems: [...new Set(problems)] };
}
