import { integer, size } from './kinds.ts';
import { setting } from './setting.ts';

/** Settings of what an agent keeps while its hub cannot be reached. */
export const SPOOL = {
  maxAlerts: setting({
    env: 'MONITOR_SPOOL_MAX_ALERTS',
    yaml: 'spool.max_alerts',
    kind: integer(1, 1_000_000),
    default: 10_000,
    example: '10000',
    description: 'Results that an agent keeps while its hub cannot be reached.',
  }),
  maxBytes: setting({
    env: 'MONITOR_SPOOL_MAX_BYTES',
    yaml: 'spool.max_bytes',
    kind: size(65_536, 1024 ** 3),
    default: 8 * 1024 ** 2,
    defaultText: '8MiB',
    example: '8MiB',
    description:
      'Size of these results on disk. What else an agent keeps in the same file, its last states, comes on top.',
  }),
};
