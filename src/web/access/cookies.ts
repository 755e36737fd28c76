import type { IncomingHttpHeaders } from 'node:http';

// With this prefix a browser takes it over TLS alone, for this host alone, and no page of a neighbouring host can set it.
const SECURE_NAME = '__Host-monitor';
const PLAIN_NAME = 'monitor';

/** The secret of the session that a browser shows; null for none. What can only have been set without TLS counts only there. */
export function sessionCookie(headers: IncomingHttpHeaders, isSecure: boolean): string | null {
  const name = isSecure ? SECURE_NAME : PLAIN_NAME;
  for (const part of (headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** The header that gives a browser a session until a time; it is never shown to scripts, nor sent for pages of other sites. */
export function cookieFor(secret: string, seconds: number, isSecure: boolean): string {
  return line(secret, seconds, isSecure);
}

/** The header that takes it away. */
export function noCookie(isSecure: boolean): string {
  return line('', 0, isSecure);
}

function line(value: string, seconds: number, isSecure: boolean): string {
  const name = isSecure ? SECURE_NAME : PLAIN_NAME;
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}
