import type { Action, ActionKind } from './action.ts';

/** What a link in a message may be for: to look at an incident, or one action on it. The order is that of the wire: append only. */
export const LINK_PURPOSES = ['show', 'acknowledge', 'unacknowledge', 'resolve', 'close', 'reopen', 'shelve'] as const;
/** One of them. */
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** For how long a link may hold an incident back, as forms say it; the first unless something else is chosen. */
export const SHELVE_SPANS = [
  { name: '1h', label: '1 hour', ms: 3_600_000 },
  { name: '4h', label: '4 hours', ms: 14_400_000 },
  { name: '1d', label: '1 day', ms: 86_400_000 },
  { name: '7d', label: '7 days', ms: 604_800_000 },
] as const;

/** What a signed link says. */
export interface LinkClaims {
  /** The key that signed it. */
  readonly keyId: string;
  readonly incidentId: string;
  readonly purpose: LinkPurpose;
  /** From then on it does nothing, UTC milliseconds, to the second. */
  readonly expiresAt: number;
  /** The channel that brought it. */
  readonly channel: string;
}

/** What somebody says who follows a link. */
export interface LinkForm extends Pick<Action, 'by' | 'comment'> {
  /** Name of a span, for the purpose `shelve`. */
  readonly span: string;
}

/** The action of somebody who followed a link; null when it is only for looking. */
export function actionOfLink(
  { incidentId, purpose, channel }: LinkClaims,
  id: string,
  { by, comment, span }: LinkForm,
  now: number,
): Action | null {
  if (purpose === 'show') return null;
  const head = { id, incidentId, actor: `link:${channel}`, by, comment };
  if (purpose === 'shelve') {
    const { ms } = SHELVE_SPANS.find(({ name }) => name === span) ?? SHELVE_SPANS[0];
    return { ...head, kind: purpose, until: now + ms, forMs: ms };
  }
  const kind: Exclude<ActionKind, 'assign' | 'shelve' | 'note'> = purpose;
  return { ...head, kind };
}
