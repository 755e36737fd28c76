import type { Alert } from '../../core/alert/alert.ts';
import type { Grace } from './store.ts';

/** What a look at an alert that was due comes to: it expires no more, it is to be looked at again later, or it has expired. */
export type ExpiryVerdict =
  | { readonly outcome: 'forget' }
  | { readonly outcome: 'move'; readonly to: number }
  | { readonly outcome: 'expired' };

/** Looks at an alert at `now`. One last heard before `grace.before` has time until `grace.until`. */
export function judgeExpiry(
  { status, expiresAt, lastSeenAt }: Pick<Alert, 'status' | 'expiresAt' | 'lastSeenAt'>,
  now: number,
  grace: Grace,
): ExpiryVerdict {
  if (status !== 'firing' || expiresAt === null) return { outcome: 'forget' };
  if (expiresAt > now) return { outcome: 'move', to: expiresAt };
  if (lastSeenAt < grace.before && now < grace.until) return { outcome: 'move', to: grace.until };
  return { outcome: 'expired' };
}
