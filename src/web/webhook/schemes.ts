import type { JsonObject } from '../../core/reading/read.ts';
import type { Driver, RawRequest, Scheme } from '../../drivers/contract.ts';

/** Header in which a sender that can set headers, but no Authorization, shows the secret. */
export const TOKEN_HEADER = 'x-webhook-token';

/** A request with the texts of its body, which only drivers whose senders show the secret there need; nothing of it is parsed. */
export interface GivenRequest extends RawRequest {
  readonly texts: () => JsonObject;
}

/**
 * The one secret that a request shows in plain, by the schemes of its driver, or null. Only the first scheme that the request uses
 * counts: a wrong one is not made good by another.
 */
export function presentedSecret(driver: Driver, { headers, pathSecret, texts }: GivenRequest): string | null {
  const { schemes } = driver;
  const { authorization } = headers;
  if (typeof authorization === 'string') {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (bearer !== undefined && schemes.includes('bearer')) return bearer;
    const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
    if (basic === undefined || !schemes.includes('basic')) return '';
    const pair = Buffer.from(basic, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  const token = headers[TOKEN_HEADER];
  if (token !== undefined && schemes.includes('header')) return String(token);
  if (pathSecret !== undefined && schemes.includes('path')) return pathSecret;
  return driver.secretIn?.(texts()) ?? null;
}

const SCHEME_NAMES: Record<Scheme, string> = {
  bearer: 'Authorization: Bearer',
  basic: 'basic authentication (the secret is the password)',
  header: 'the header X-Webhook-Token',
  path: 'the end of the path',
};

/** The ways of a driver in words, for the answer to a request that shows nothing. */
export function schemeNames(driver: Driver): string {
  const ways = driver.schemes.map((scheme) => SCHEME_NAMES[scheme]);
  if (driver.secretIn !== undefined) ways.push('its field of the body');
  return (driver.signature === undefined ? ways : ['a signature', ...ways]).join(', or ');
}
