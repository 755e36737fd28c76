import { integer } from './kinds.ts';
import { setting } from './setting.ts';

/** What one sender may take of a hub. */
export const LIMITS = {
  perCredentialPerSecond: setting({
    env: 'MONITOR_LIMITS_REQUESTS_PER_SECOND',
    yaml: 'limits.requests_per_second',
    kind: integer(1, 1_000_000),
    default: 100,
    example: '100',
    description: 'Requests a second that one credential may make for long.',
  }),
  burst: setting({
    env: 'MONITOR_LIMITS_BURST',
    yaml: 'limits.burst',
    kind: integer(1, 1_000_000),
    default: 200,
    example: '200',
    description: 'Requests that one credential may make at once.',
  }),
  connectionsPerAddress: setting({
    env: 'MONITOR_LIMITS_CONNECTIONS_PER_ADDRESS',
    yaml: 'limits.connections_per_address',
    kind: integer(1, 1_000_000),
    default: 256,
    example: '256',
    description:
      'Connections that one address, or one /64 network of IPv6, may hold open; beyond that its oldest idle one is closed. Loopback and proxies that are trusted (`proxies.trusted`) have no such bound.',
  }),
};
