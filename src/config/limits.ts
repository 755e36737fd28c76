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
  firingAlerts: setting({
    env: 'MONITOR_LIMITS_FIRING_ALERTS',
    yaml: 'limits.firing_alerts',
    kind: integer(1, 10_000_000),
    default: 20_000,
    example: '20000',
    description:
      'Alerts that may fire of one instance, or of one tool, at once. Beyond that new ones are left out, and the sender, `monitor sources` and an alert say so.',
  }),
  newInstances: setting({
    env: 'MONITOR_LIMITS_NEW_INSTANCES',
    yaml: 'limits.new_instances',
    kind: integer(1, 1_000_000),
    default: 1000,
    example: '1000',
    description:
      'Instances that may become known within an hour by the shared secret; the pushes of more are answered 429. Keys of instances have no such bound.',
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
