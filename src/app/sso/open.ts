import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { createOutbound } from '../../lib/http/outbound.ts';
import { addressGuard } from '../../lib/net/guard.ts';
import { createOidc, type Oidc } from '../../lib/oidc/client.ts';

// A discovery document and the keys of a large issuer are some ten KiB.
const BODY_LIMIT = 512 * 1024;
const TIMEOUTS = { connectMs: 5_000, headersMs: 8_000, bodyMs: 5_000 };

/** Opens the client of an issuer. */
export function openOidc(
  { singleSignOn, links, proxy, caFile, version }: Settings,
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
  clock: Clock,
): Oidc {
  const outbound = createOutbound({
    allow: addressGuard(singleSignOn.privateNetworks),
    ...{ proxy, userAgent: `monitor/${version}`, timeouts: TIMEOUTS, bodyLimit: BODY_LIMIT },
    ...(caFile !== undefined && { caFile }),
  });
  return createOidc({
    ...{ issuer: new URL(issuer), clientId, clientSecret: singleSignOn.clientSecret, clock, outbound },
    ...{ redirectUri: `${links.publicUrl}/login/sso/callback`, scopes: singleSignOn.scopes },
  });
}
