import { Secret } from '../../lib/crypto/secret.ts';

/** Header that carries what only a page of the hub's own could read. */
export const CSRF_HEADER = 'x-csrf-token';

/** What requests that change something carry beside the cookie of a session; it follows from the session, and is kept nowhere. */
export function csrfToken(session: string): string {
  return new Secret(session).hmac('csrf');
}

/** Whether what a request carries is that of its session. */
export function judgeCsrf(session: string, given: string | undefined): 'right' | 'wrong' | 'missing' {
  if (given === undefined || given === '') return 'missing';
  return new Secret(csrfToken(session)).equals(given) ? 'right' : 'wrong';
}
