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
  );

/** Who stands in the history for what they did. */
export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'local':
    case 'configured_token':
      return 'api';
    case 'token':
      return `token ${principal.name}`;
    case 'person':
    case 'proxy':
      return principal.name;
  }
}
