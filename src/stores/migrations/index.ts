import { initial } from './0001-initial.ts';
import { leases } from './0002-leases.ts';
import { expiries } from './0003-expiries.ts';
import { retention } from './0004-retention.ts';
import { sources } from './0005-sources.ts';
import { deliveries } from './0006-deliveries.ts';
import { incidentKeys } from './0007-incident-keys.ts';
import { oneWordOneSense } from './0008-one-word-one-sense.ts';
import type { Migration } from './contract.ts';

/** Every step of the schema, in order. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  leases,
  expiries,
  retention,
  sources,
  deliveries,
  incidentKeys,
  oneWordOneSense,
];
