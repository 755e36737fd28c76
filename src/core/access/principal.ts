import type { Grant } from './account.ts';

/** Who asks, once that is known. */
export type Principal = Grant &
  // A program on this machine, or somebody there in a page of the hub's own, while there is no configured token.
  (
    | { readonly kind: 'local' }
    // Whoever has MONITOR_API_TOKEN.
    | { readonly kind: 'configured_token' }
    | { readonly kind: 'token'; readonly id: string; readonly name: string }
    // Somebody who has logged in.
    | { readonly kind: 'person'; readonly id: string; readonly name: string; readonly sessionId: string }
    // Somebody for whom a trusted proxy vouches.
    | { readonly kind: 'proxy'; readonly name: string }
    // Another hub, or an Alerta, that signs with one of peer_keys.
    | { readonly kind: 'peer'; readonly id: string; readonly name: string }
  );

/** Who did something, as the history has it; null for who proved nothing but a link. */
export function actorOf(principal: Principal | null): string {
  switch (principal?.kind) {
    case undefined:
    case 'local':
    case 'configured_token':
      return 'api';
    case 'token':
      return `token:${principal.name}`;
    case 'peer':
      return `peer:${principal.name}`;
    case 'person':
    case 'proxy':
      return `person:${principal.name}`;
  }
}

/** Who wants something: people under their own name, whatever they call themselves; programs as they say. */
export function signedBy(principal: Principal | null, given: string): string {
  return principal?.kind === 'person' || principal?.kind === 'proxy' ? principal.name : given;
}

/** Names whoever asks apart from all others, for what they may do once only. */
export function principalKey(principal: Principal | null): string {
  switch (principal?.kind) {
    case undefined:
    case 'local':
    case 'configured_token':
      return 'api';
    case 'token':
    case 'person':
    case 'peer':
      return `${principal.kind} ${principal.id}`;
    case 'proxy':
      return `proxy ${principal.name}`;
  }
}
