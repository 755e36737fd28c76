import { createAuditFollower } from '../../followers/audit.ts';
import { createFollowerPart } from '../../followers/follower.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import type { Store } from '../../stores/contract/store.ts';
import { auditKeys } from '../audit/keys.ts';
import type { EncryptionKeys } from '../links/keys.ts';
import { hubNumber } from '../marker.ts';

/** What the chain over the history is made of. */
export interface AuditPartParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Name of this process among all that share the store. */
  readonly holder: string;
}

/** Writes the chain over the history, at one hub of all that share the store. */
export function createAuditPart(
  { store, clock, logger, holder }: AuditPartParts,
  settings: { readonly historyMs: number; readonly encryptionKeys: EncryptionKeys },
): Part {
  const log = logger.child({ part: 'audit' });
  let part: Part | undefined;
  return {
    name: 'audit',
    start: async () => {
      const { present, hash } = auditKeys(settings.encryptionKeys);
      const follower = createAuditFollower({
        ...{ store, clock, hub: await hubNumber(store), key: present, hash },
        keepMs: settings.historyMs,
        // Kept by who keeps the log: what is changed later no longer leads to it.
        onTakeOver: ({ n, hash }) => {
          if (n > 0) log.info({ head: `${n}:${hash}` }, 'the history is chained up to here');
        },
      });
      part = createFollowerPart({
        ...{ store, clock, holder, follower },
        onFailure: (error) => log.error({ error }, 'the history could not be chained'),
      });
      await part.start();
    },
    stop: async () => {
      await part?.stop();
    },
  };
}
