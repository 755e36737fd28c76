import type { ActionResult } from './action.ts';

const TEXTS: Readonly<Record<ActionResult['reason'], string>> = {
  asked: 'done',
  taken_over: 'done: taken over from somebody else',
  reassigned: 'done: somebody else had it',
  end_moved: 'done: it was until another time',
  expired: 'its time has run out',
  already_acknowledged: 'it is acknowledged already',
  not_acknowledged: 'nobody has acknowledged it',
  already_assigned: 'it is assigned so already',
  not_assigned: 'it is assigned to nobody',
  already_shelved: 'it is shelved until then already',
  not_shelved: 'it is not shelved',
  already_resolved: 'it is resolved already',
  already_closed: 'it is closed already',
  already_open: 'it is open',
  newer_elsewhere: 'somebody did something else after that, here or on another hub',
  not_found: 'there is no incident with this id',
  ambiguous_id: 'several incidents have this in their ids, give more of it',
  id_reused: 'this Idempotency-Key was used for something else: give each action its own',
  is_over: 'it is over: reopen it first',
  is_closed: 'it is closed: reopen it first',
  another_is_open: 'another incident of the same key is open: what fires is in that one',
  until_is_past: 'the time until which it is to be shelved has passed',
  note_is_empty: 'a note needs a comment',
};

/** What became of an action, in words for a person. */
export function actionText({ reason, ...result }: TextOf): string {
  const { candidates = [] } = result;
  return candidates.length === 0 ? TEXTS[reason] : `${TEXTS[reason]}: ${candidates.join(', ')}`;
}

/** What the words for it are made of. */
type TextOf = Pick<ActionResult, 'reason'> & { readonly candidates?: readonly string[] };
