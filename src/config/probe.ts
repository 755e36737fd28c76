import { duration, httpUrls, integer, list, oneOf, password, text } from './kinds.ts';
import { setting } from './setting.ts';

/** What a process is beside what `HUB_URL` and `CLUSTER_ENABLED` say. */
export const MODE = setting({
  env: 'MONITOR_MODE',
  aliases: ['UPTOP_CLUSTER_MODE', 'GATUS_MODE'],
  yaml: 'mode',
  kind: oneOf(['leader', 'follower', 'probe', 'agent']),
  defaultText: 'leader',
  example: 'probe',
  description:
    '`probe`, which a fork of Gatus calls `agent`: the process looks at the endpoints that its hub assigns to it, and does nothing ' +
    'else. `leader`: what HUB_URL and CLUSTER_ENABLED say. `follower`: the same, of hubs that share a PostgreSQL the one that leaves it ' +
    'to the others to tell people as long as one of them lives.',
});

/** Settings of a probe. */
export const PROBE = {
  hubs: setting({
    env: 'MONITOR_PEER_URL',
    aliases: ['UPTOP_PEER_URL'],
    yaml: 'probe.hubs',
    kind: httpUrls(),
    defaultText: 'HUB_URL',
    example: 'https://hub.example.com',
    description:
      'Base addresses of the hubs of a probe, which share a store: the next is asked when one does not answer.',
  }),
  id: setting({
    env: 'MONITOR_NODE_ID',
    aliases: ['UPTOP_NODE_ID'],
    yaml: 'probe.id',
    kind: text(64),
    example: 'p1',
    description: 'Id of this probe, as it stands in `probes` of its hub.',
  }),
  token: setting({
    env: 'MONITOR_PROBE_TOKEN',
    aliases: ['MONITOR_CLUSTER_SECRET', 'UPTOP_CLUSTER_SECRET'],
    yaml: 'probe.token',
    kind: password(),
    secret: true,
    example: '7c1e9ab2d4f84b0c93a61d5e0f7b2c48',
    description: 'Token of this probe. A file is read again when the hub refuses the token, and at SIGHUP.',
  }),
  name: setting({
    env: 'MONITOR_NODE_NAME',
    aliases: ['UPTOP_NODE_NAME'],
    yaml: 'probe.name',
    kind: text(255),
    defaultText: 'that of its hub',
    example: 'Frankfurt',
    description: 'Name of this probe in the list of its hub.',
  }),
  region: setting({
    env: 'MONITOR_NODE_REGION',
    aliases: ['UPTOP_NODE_REGION'],
    yaml: 'probe.region',
    kind: text(255),
    defaultText: 'that of its hub',
    example: 'eu',
    description:
      'Region of this probe in the list of its hub. What it looks at goes by the region that the hub has of it.',
  }),
  controls: setting({
    env: 'MONITOR_PROBE_CONTROLS',
    yaml: 'probe.controls',
    kind: list(),
    default: [],
    defaultText: 'none',
    example: 'tcp://192.0.2.1:443,ping://192.0.2.53',
    description:
      'URLs of what is up whenever the network of this probe is. While none of them can be reached, the probe abstains: a ' +
      'look that failed then is no word against its endpoint.',
  }),
  refreshMs: setting({
    env: 'MONITOR_PROBE_REFRESH',
    yaml: 'probe.refresh',
    kind: duration(1, 3600),
    default: 15_000,
    defaultText: '15s',
    example: '15s',
    description: 'How often a probe asks its hub what to look at.',
  }),
  mostAtOnce: setting({
    env: 'MONITOR_PROBE_CONCURRENCY',
    yaml: 'probe.concurrency',
    kind: integer(1, 10_000),
    defaultText: '50 for each processor',
    example: '100',
    description: 'Looks that may be under way at once; those at one host take a quarter of it at most.',
  }),
  spool: setting({
    env: 'MONITOR_PROBE_SPOOL',
    yaml: 'probe.spool',
    kind: integer(10, 1_000_000),
    default: 10_000,
    example: '10000',
    description:
      'Results that a probe keeps in memory while no hub takes them. Beyond that, those go that only repeat the one before.',
  }),
  port: setting({
    env: 'MONITOR_PROBE_PORT',
    yaml: 'probe.port',
    kind: integer(0, 65_535),
    defaultText: 'none: it listens nowhere',
    example: '8080',
    description:
      'Port of MONITOR_HOST on which a probe answers `/healthz` and `/readyz`, for a container; 0 picks a free one.',
  }),
};
