import type { Principal } from '../../src/core/access/principal.ts';
import { createReadCaller } from '../../src/web/access/caller.ts';
import { createGate, type Gate, type GateParts } from '../../src/web/access/gate.ts';
import type { RouteParts } from '../../src/web/api/routes.ts';

/** A program on the machine of a hub that has no token. */
export const LOCAL: Principal = { kind: 'local', role: 'admin', confinement: null };

/** What is known of a program that says nothing of itself. */
export const CALLER = {
  address: '127.0.0.1',
  agent: '',
  isSecure: false,
  origin: 'unsaid',
  session: null,
  signOn: null,
} as const;

/** A gate over a store that knows nobody: by default it lets in who is on this machine. */
export function makeGate(parts: Partial<GateParts> = {}): Gate {
  return createGate({
    token: undefined,
    isLocal: () => true,
    readCaller: createReadCaller({ trustedProxies: [], publicUrl: undefined }),
    readProxy: () => ({ outcome: 'elsewhere' }),
    reads: { findToken: async () => undefined, findSession: async () => undefined },
    signed: { find: () => undefined, claim: async () => true },
    touch: () => {},
    idleMs: 3_600_000,
    now: () => 0,
    ...parts,
  });
}

/** Accounts of a hub that has none. */
export const NO_ACCOUNTS: Pick<
  RouteParts,
  'accounts' | 'passwords' | 'attempts' | 'sessionLifetimeMs' | 'singleSignOn'
> = {
  accounts: {
    listTokens: async () => [],
    listPeople: async () => [],
    listSessions: async () => [],
    findPerson: async () => undefined,
    change: async () => ({ outcome: 'refused', reason: 'not_found' }),
  },
  passwords: { hash: async () => 'scrypt$', matches: async () => false },
  attempts: { begin: () => true, succeeded: () => {} },
  sessionLifetimeMs: 1000,
  singleSignOn: null,
};
