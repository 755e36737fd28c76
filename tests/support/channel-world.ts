import type { ChannelWorld } from '../../src/channels/contract.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createExec } from '../../src/lib/exec.ts';
import type { HttpSettings } from '../../src/lib/http/client.ts';
import { createOutbound } from '../../src/lib/http/outbound.ts';
import { createDial } from '../../src/lib/net/dial.ts';
import { addressGuard } from '../../src/lib/net/guard.ts';

/** Doors as the hub opens them, to this machine too unless `networks` says otherwise. */
export function channelWorld(
  change: Partial<HttpSettings> & { readonly networks?: readonly string[]; readonly programs?: readonly string[] } = {},
): ChannelWorld {
  const { networks = ['127.0.0.0/8', '::1/128'], programs = [], ...settings } = change;
  const how = { allow: addressGuard(networks), ...settings };
  const timeouts = { connectMs: 120_000, headersMs: 120_000, bodyMs: 120_000 };
  return {
    http: createOutbound({ userAgent: 'monitor/1.2.3', proxy: {}, timeouts, ...how }),
    dial: createDial({ connectMs: timeouts.connectMs, ...how }),
    exec: createExec(),
    clock: systemClock,
    hostname: 'hub-1.example.com',
    programs,
  };
}
