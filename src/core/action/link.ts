import type { Action, ActionKind } from './action.ts';

/** What a link in a message may be for: to look at an incident, or one action on it. The order is that of the wire: append only. */
export const LINK_PURPOSES = ['show', 'acknowledge', 'unacknowledge', 'resolve', 'close', 'reopen'] as const;
/** One of them. */
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

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

/** The action of somebody who followed a link; null when it is only for looking. */
export function actionOfLink(
  { incidentId, purpose, channel }: LinkClaims,
  id: string,
  { by, comment }: Pick<Action, 'by' | 'comment'>,
): Action | null {
  if (purpose === 'show') return null;
  const kind: Exclude<ActionKind, 'assign' | 'shelve' | 'note'> = purpose;
  return { id, incidentId, kind, actor: `link:${channel}`, by, comment };
}
