import type { Settings } from '../config/settings.ts';
import type { Clock } from '../lib/clock.ts';
import { createPasswords } from '../lib/crypto/password.ts';
import type { Logger } from '../lib/log/logger.ts';
import { createAttempts } from '../web/access/attempts.ts';
import { createReadCaller } from '../web/access/caller.ts';
import { createGate, type Gate } from '../web/access/gate.ts';
import { createReadProxy } from '../web/access/proxy.ts';
import type { SignedRequests } from '../web/access/signed.ts';
import type { IsLocal } from '../web/address.ts';
import type { RouteParts } from '../web/api/routes.ts';
import type { Engine } from './engine/contract.ts';
import type { Reader } from './reader/contract.ts';
import { createSingleSignOn } from './sso/sign-on.ts';

/** What access to a hub rests on. */
export interface AccessNeeds {
  readonly reader: Pick<Reader, 'access'>;
  readonly engine: Pick<Engine, 'changeAccess'>;
  readonly clock: Clock;
  readonly isLocal: IsLocal;
  readonly signed: SignedRequests;
  readonly onFailure: (error: unknown) => void;
}

/** The one door of a hub's API and pages. */
export function createHubGate(
  { access, apiToken, proxies, links }: Settings,
  { reader, engine, clock, isLocal, signed, onFailure }: AccessNeeds,
): Gate {
  const underWay = new Set<string>();
  return createGate({
    token: apiToken,
    isLocal,
    readCaller: createReadCaller({ trustedProxies: proxies.trusted, publicUrl: links.publicUrl }),
    readProxy: createReadProxy({ kind: access.proxy, networks: access.proxyNetworks, groupRoles: access.groupRoles }),
    reads: reader.access,
    signed,
    touch: (what, id, at) => {
      // Of requests that come at once, one writes.
      if (underWay.has(id)) return;
      underWay.add(id);
      engine
        .changeAccess({ actor: '', type: 'touch', what, id, at })
        .catch(onFailure)
        .finally(() => underWay.delete(id));
    },
    idleMs: access.sessionIdleMs,
    now: clock.now,
  });
}

/** What the routes of logging in, tokens and people need. */
export function loginParts(
  settings: Settings,
  { reader, engine, clock, logger }: Pick<AccessNeeds, 'reader' | 'engine' | 'clock'> & { readonly logger: Logger },
): Pick<RouteParts, 'accounts' | 'passwords' | 'attempts' | 'sessionLifetimeMs' | 'singleSignOn'> {
  return {
    accounts: { ...reader.access, change: engine.changeAccess },
    passwords: createPasswords(),
    attempts: createAttempts(),
    sessionLifetimeMs: settings.access.sessionLifetimeMs,
    singleSignOn: createSingleSignOn(settings, clock, logger),
  };
}
