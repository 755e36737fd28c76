import type { Answer } from '../wire/answer.ts';
import type { Clock } from './clock.ts';

/** Methods that change something. */
export type ChangeMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Asks the hub. */
export interface Http {
  get(path: string, etag?: string | null, signal?: AbortSignal): Promise<Answer>;
  /** The same `key` may be sent again: the hub does it once. */
  change(method: ChangeMethod, path: string, body?: unknown, key?: string): Promise<Answer>;
}

/** What calls to the hub are made with. */
export interface HttpParts {
  readonly clock: Clock;
  /** Called when the hub wants a log-in. */
  readonly onSignedOut: () => void;
  /** What requests of a session carry that change something; null without one. */
  readonly csrfToken: () => string | null;
  /** Called when a change was refused to who asks; whether it is worth another try. */
  readonly onForbidden: () => Promise<boolean>;
}

/** The only place that calls the hub. */
export function createHttp({ clock, onSignedOut, csrfToken, onForbidden }: HttpParts): Http {
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    let response: Response;
    try {
      response = await fetch(path, { credentials: 'same-origin', redirect: 'error', cache: 'no-store', ...init });
    } catch {
      return { kind: 'failed', failure: { status: 0, text: 'The hub cannot be reached.' } };
    }
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isFinite(date)) clock.heard(date);
    if (response.status === 304) return { kind: 'unchanged' };
    if (response.status === 401) onSignedOut();
    const value = await response.json().catch(() => undefined);
    if (response.ok) return { kind: 'value', value, etag: response.headers.get('etag') };
    return { kind: 'failed', failure: { status: response.status, text: failureText(response.status, value) } };
  };
  return {
    get: (path, etag, signal) =>
      ask(path, { ...(etag && { headers: { 'If-None-Match': etag } }), ...(signal && { signal }) }),
    change: async (method, path, body, key = crypto.randomUUID()) => {
      const attempt = () => {
        const token = csrfToken();
        const headers = {
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(method === 'POST' && { 'Idempotency-Key': key }),
          ...(token !== null && { 'X-CSRF-Token': token }),
        };
        return ask(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      };
      const answer = await attempt();
      // Somebody has logged in in another tab: the session is another one, and so is what requests carry.
      const isForbidden = answer.kind === 'failed' && answer.failure.status === 403;
      return isForbidden && (await onForbidden()) ? attempt() : answer;
    },
  };
}

/** What an error of the hub says: a problem of RFC 9457, or the form before it. */
export function failureText(status: number, value: unknown): string {
  if (status === 401) return 'You are signed out. Log in again, in another tab to keep what is written here.';
  const { title, detail, message } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  const said = [detail, message, title].find((text): text is string => typeof text === 'string' && text !== '');
  return said === undefined
    ? `The hub answered ${status}.`
    : `The hub answered ${status}: ${said}.`.replace(/\.\.$/, '.');
}
