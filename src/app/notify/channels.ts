import { hostname } from 'node:os';
import type { ChannelWorld } from '../../channels/contract.ts';
import {
  type AddressedChannel,
  type BoundChannel,
  bindChannel,
  ChannelOptionsError,
  channelOfUrl,
} from '../../channels/registry.ts';
import { type NotifyDocument, problemAt } from '../../config/notify/document.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { createExec } from '../../lib/exec.ts';
import { createOutbound } from '../../lib/http/outbound.ts';
import { createDial } from '../../lib/net/dial.ts';
import { addressGuard } from '../../lib/net/guard.ts';

/** The settings that channels live by, beside their own. */
export type ChannelSettings = Pick<Settings, 'proxy' | 'caFile' | 'version'> &
  Pick<Settings['notify'], 'allowPrivateTargets' | 'allowPrograms'> & {
    /** By which the hub knows its own requests when they come back to it; left out where there is no hub. */
    readonly marker?: string;
  };

/** The channels of a configuration by their ids, and what is wrong with the others. */
export interface OpenedChannels {
  readonly channels: ReadonlyMap<string, BoundChannel>;
  /** The ids of all of them, those with faults among them; first those of MONITOR_NOTIFY_URL. */
  readonly known: readonly string[];
  /** Each names its address by its place, or its line and option; none holds a secret. */
  readonly problems: readonly string[];
}

// An answer may take as long as the attempt, which ends by the `timeout` of its channel; this is the longest there is.
const TIMEOUTS = { connectMs: 10_000, headersMs: 300_000, bodyMs: 10_000 };

/**
 * Opens the channels of `MONITOR_NOTIFY_URL`, whose ids are the name of the channel, and where there are several of it, a
 * number behind it; and those of `notify.channels` by their names.
 */
export async function openChannels(
  document: Pick<NotifyDocument, 'urls' | 'addresses' | 'channels' | 'places'>,
  settings: ChannelSettings,
  clock: Clock,
): Promise<OpenedChannels> {
  const world = worldOf(settings, clock);
  const channels = new Map<string, BoundChannel>();
  const named = await namesOf(document);
  const problems = [...named.problems];
  for (const { id, index, name, options } of named.addressed) {
    try {
      channels.set(id, await bindChannel(name, options, world));
    } catch (error) {
      problems.push(addressProblem(document.addresses, index, error));
    }
  }
  for (const { id, type, options } of document.channels) {
    try {
      channels.set(id, await bindChannel(type, JSON.parse(options.reveal()), world));
    } catch (error) {
      problems.push(...optionProblems(document.places, ['channels', id], error));
    }
  }
  return { channels, known: named.known, problems };
}

/** The names of all channels, and the addresses as options; nothing is bound. */
export async function namesOf({
  urls,
  addresses,
  channels,
  places,
}: Pick<NotifyDocument, 'urls' | 'addresses' | 'channels' | 'places'>) {
  const addressed = new Map<string, AddressedChannel & { readonly id: string; readonly index: number }>();
  const problems: string[] = [];
  for (const [index, url] of urls.entries()) {
    try {
      const found = await channelOfUrl(url.reveal());
      const id = addresses?.names[index] ?? idFor(found.name, addressed);
      addressed.set(id, { ...found, id, index });
    } catch (error) {
      problems.push(addressProblem(addresses, index, error));
    }
  }
  const ids = channels.map(({ id }) => id);
  for (const id of ids.filter((one) => addressed.has(one))) {
    const message = 'a channel of MONITOR_NOTIFY_URL has this name; give this one another';
    problems.push(problemAt(places, ['channels', id], message));
  }
  const known = [...addressed.keys(), ...ids.filter((id) => !addressed.has(id))];
  return { addressed: [...addressed.values()], known, problems };
}

/** The faults that a channel finds in its options, which stand below `keys`, with their lines. Throws what is no such fault. */
export function optionProblems(places: NotifyDocument['places'], keys: Keys, error: unknown): readonly string[] {
  if (!(error instanceof ChannelOptionsError)) throw error;
  return error.problems.map((problem) => {
    const [, path = '', message = problem] = /^([\w.]+): (.*)$/s.exec(problem) ?? [];
    return problemAt(places, [...keys, ...(path === '' ? [] : path.split('.'))], message);
  });
}

type Keys = readonly PropertyKey[];

/** An address is named by its place, for what it holds is a secret. */
function addressProblem(addresses: NotifyDocument['addresses'], index: number, error: unknown): string {
  const { names, place } = addresses ?? { names: [], place: 'MONITOR_NOTIFY_URL' };
  return `${place}, address ${index + 1 - names.length}: ${error instanceof Error ? error.message : String(error)}`;
}

function idFor(name: string, taken: ReadonlyMap<string, unknown>): string {
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(id)) return id;
  }
}

function worldOf(
  { allowPrivateTargets, allowPrograms, proxy, caFile, version, marker }: ChannelSettings,
  clock: Clock,
): ChannelWorld {
  const how = { proxy, caFile, allow: addressGuard(allowPrivateTargets) };
  return {
    http: createOutbound({
      userAgent: `monitor/${version}${marker === undefined ? '' : ` (${marker})`}`,
      timeouts: TIMEOUTS,
      ...how,
    }),
    dial: createDial({ connectMs: TIMEOUTS.connectMs, ...how }),
    exec: createExec(clock),
    clock,
    hostname: hostname(),
    programs: allowPrograms,
  };
}
