import type { Logger } from '../../lib/log/logger.ts';
import type { OnMigration } from '../../stores/contract/migrating.ts';

/** Says on the log why the start takes its time: a million alerts take from a quarter of a minute to one. */
export function migrationLog(logger: Pick<Logger, 'info'>): OnMigration {
  return (from, to) =>
    logger.info({ from, to }, 'bringing the schema of the store up to date; a large one takes minutes');
}
