import { hostname } from 'node:os';
import type { ChannelWorld } from '../../channels/contract.ts';
import { type BoundChannel, bindChannel, channelOfUrl } from '../../channels/registry.ts';
import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { createExec } from '../../lib/exec.ts';
import { createOutbound } from '../../lib/http/outbound.ts';
import { createDial } from '../../lib/net/dial.ts';
import { addressGuard } from '../../lib/net/guard.ts';

/** The settings that channels live by. The addresses of `notifyUrls` hold secrets: they are plain here to cross into a thread. */
export interface ChannelSettings
  extends Pick<Settings, 'proxy' | 'caFile' | 'version'>,
    Pick<Settings['notify'], 'allowPrivateTargets' | 'allowPrograms'> {
  readonly notifyUrls: readonly string[];
}

const TIMEOUTS = { connectMs: 10_000, headersMs: 20_000, bodyMs: 10_000 };

/**
 * The channels of `MONITOR_NOTIFY_URL`, by their ids: the name of the channel, and where there are several of it, a number
 * behind it. Rejects with an Error that names the address by its place, for what it holds is a secret.
 */
export async function openChannels(
  settings: ChannelSettings,
  clock: Clock,
): Promise<ReadonlyMap<string, BoundChannel>> {
  const world = worldOf(settings, clock);
  const channels = new Map<string, BoundChannel>();
  for (const [index, text] of settings.notifyUrls.entries()) {
    try {
      const { name, options } = await channelOfUrl(text);
      channels.set(idFor(name, channels), await bindChannel(name, options, world));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`MONITOR_NOTIFY_URL, address ${index + 1}: ${reason}`);
    }
  }
  return channels;
}

function idFor(name: string, taken: ReadonlyMap<string, unknown>): string {
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(id)) return id;
  }
}

function worldOf(
  { allowPrivateTargets, allowPrograms, proxy, caFile, version }: ChannelSettings,
  clock: Clock,
): ChannelWorld {
  const how = { proxy, caFile, allow: addressGuard(allowPrivateTargets) };
  return {
    http: createOutbound({ userAgent: `monitor/${version}`, timeouts: TIMEOUTS, ...how }),
    dial: createDial({ connectMs: TIMEOUTS.connectMs, ...how }),
    exec: createExec(clock),
    clock,
    hostname: hostname(),
    programs: allowPrograms,
  };
}
