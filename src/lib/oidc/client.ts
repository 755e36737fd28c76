import * as oidc from 'openid-client';
import type { Clock } from '../clock.ts';
import type { Secret } from '../crypto/secret.ts';
import type { Outbound, OutboundRequest } from '../http/outbound.ts';

/** How this program is known at an issuer. */
export interface OidcOptions {
  readonly issuer: URL;
  readonly clientId: string;
  /** undefined for a public client. */
  readonly clientSecret: Secret | undefined;
  /** Where the issuer sends people back to. */
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly outbound: Pick<Outbound, 'send'>;
  readonly clock: Clock;
}

/** What a browser keeps while its person is at the issuer. */
export interface OidcChecks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Code flow of OpenID Connect with PKCE, state and nonce. Errors say what did not work, and hold no secret. */
export interface Oidc {
  /** Where to send a browser, and what it must bring back. */
  begin(): Promise<{ readonly url: URL; readonly checks: OidcChecks }>;
  /** What the issuer says of who comes back with these parameters; asked for `wanted` at its userinfo where the token lacks it. */
  finish(
    parameters: URLSearchParams,
    checks: OidcChecks,
    wanted: readonly string[],
  ): Promise<Readonly<Record<string, unknown>>>;
}

// Keys are fetched anew by themselves; addresses change seldom.
const KEPT_MS = 3_600_000;
const TIMEOUT_S = 10;
const CLOCK_TOLERANCE_S = 60;

/** Makes a client; the issuer is asked when somebody first logs in. */
export function createOidc(options: OidcOptions): Oidc {
  const { clock, redirectUri, scopes } = options;
  let known: { readonly at: number; readonly found: Promise<oidc.Configuration> } | undefined;
  const configuration = () => {
    if (known !== undefined && clock.monotonic() - known.at < KEPT_MS) return known.found;
    const mine = { at: clock.monotonic(), found: discover(options) };
    known = mine;
    // What failed is asked for again by who comes next; all who wait now are answered by one request.
    mine.found.catch(() => {
      if (known === mine) known = undefined;
    });
    return mine.found;
  };
  return {
    begin: async () => {
      const config = await configuration();
      const checks = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
        state: checks.state,
        nonce: checks.nonce,
      });
      return { url, checks };
    },
    finish: async (parameters, { state, nonce, verifier }, wanted) => {
      const config = await configuration();
      const url = new URL(redirectUri);
      url.search = parameters.toString();
      const tokens = await oidc.authorizationCodeGrant(config, url, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      });
      const claims = tokens.claims() ?? {};
      const isWhole = wanted.every((name) => name in claims);
      if (isWhole || config.serverMetadata().userinfo_endpoint === undefined) return claims;
      const more = await oidc.fetchUserInfo(config, tokens.access_token, String((claims as { sub?: unknown }).sub));
      // What is signed wins.
      return { ...more, ...claims };
    },
  };
}

async function discover({ issuer, clientId, clientSecret, outbound }: OidcOptions): Promise<oidc.Configuration> {
  const secret = clientSecret?.reveal();
  const config = await oidc.discovery(
    issuer,
    clientId,
    { [oidc.clockTolerance]: CLOCK_TOLERANCE_S },
    secret === undefined ? oidc.None() : secretAuth(secret),
    {
      timeout: TIMEOUT_S,
      execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
      [oidc.customFetch]: fetchOver(outbound),
    },
  );
  oidc.enableNonRepudiationChecks(config);
  return config;
}

/** In the header, as every issuer takes it that says nothing of it; in the body where it takes only that. */
function secretAuth(secret: string): oidc.ClientAuth {
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

/** The requests of the library through the one client of this program, which decides what may be reached. */
function fetchOver(outbound: Pick<Outbound, 'send'>): oidc.CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const answer = await outbound.send({
      method: method as OutboundRequest['method'],
      url: new URL(url),
      headers,
      body: body === null || body === undefined ? null : String(body),
      signal: signal ?? new AbortController().signal,
    });
    if (answer.status === undefined) throw new Error(answer.ok ? 'no answer' : answer.reason);
    const hasBody = answer.status !== 204 && answer.status !== 205 && answer.status !== 304;
    return new Response(hasBody ? (answer.body ?? '') : null, {
      status: answer.status,
      headers: { 'content-type': answer.headers?.['content-type'] ?? '' },
    });
  };
}
