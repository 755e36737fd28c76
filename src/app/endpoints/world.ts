import type { Settings } from '../../config/settings.ts';
import { createDomainExpiry } from '../../endpoints/domain.ts';
import type { LookWorld } from '../../endpoints/look.ts';
import type { Clock } from '../../lib/clock.ts';
import { createExec } from '../../lib/exec.ts';
import { addressGuard } from '../../lib/net/guard.ts';
import { createConnector } from '../../lib/net/open.ts';
import { createResolve } from '../../lib/net/resolve.ts';

/** What looks at endpoints need, as the settings of this process have it. */
export function createLookWorld(
  { endpoints, caFile, version }: Pick<Settings, 'endpoints' | 'caFile' | 'version'>,
  clock: Clock,
): LookWorld {
  const parts = {
    clock,
    exec: createExec(clock),
    userAgent: `monitor/${version}`,
    connector: createConnector({
      clock,
      resolve: createResolve(),
      allow: endpoints.private ? 'any' : addressGuard([]),
      caFile,
    }),
  };
  return { ...parts, domainExpiry: createDomainExpiry(parts) };
}
