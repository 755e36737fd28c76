import type { IncomingHttpHeaders } from 'node:http';

// With this prefix a browser takes it over TLS alone, for this host alone, and no page of a neighbouring host can set it.
const SECURE_NAME = '__Host-monitor';
const PLAIN_NAME = 'monitor';

/** The secret of the session that a browser shows; null for none. What can only have been set without TLS counts only there. */
export function sessionCookie(headers: IncomingHttpHeaders, isSecure: boolean): string | null {
  return cookieNamed(headers, nameFor(isSecure));
}

function nameFor(isSecure: boolean): string {
  return isSecure ? SECURE_NAME : PLAIN_NAME;
}

function cookieNamed(headers: IncomingHttpHeaders, name: string): string | null {
  for (const part of (headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

const FLOW = '-login';

/** What a browser keeps while its person is at an issuer; null for nothing. */
export function flowCookie(headers: IncomingHttpHeaders, isSecure: boolean): string | null {
  return cookieNamed(headers, `${nameFor(isSecure)}${FLOW}`);
}

/** The header that gives it to the browser, or takes it away. */
export function flowCookieFor(value: string, seconds: number, isSecure: boolean): string {
  return line(value, seconds, isSecure, FLOW);
}

/** The header that gives a browser a session until a time; it is never shown to scripts, nor sent for pages of other sites. */
export function cookieFor(secret: string, seconds: number, isSecure: boolean): string {
  return line(secret, seconds, isSecure);
}

/** The header that takes it away. */
export function noCookie(isSecure: boolean): string {
  return line('', 0, isSecure);
}

function line(value: string, seconds: number, isSecure: boolean, suffix = ''): string {
  return `${nameFor(isSecure)}${suffix}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}
