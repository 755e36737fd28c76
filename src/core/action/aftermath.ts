import type { Action, ActionResult } from './action.ts';
import type { LinkPurpose } from './link.ts';
import { actionText } from './words.ts';

/** What a person is told who has done something about an incident. */
export interface Aftermath {
  /** What was done and by whom, or why nothing was. */
  readonly done: string;
  /** What comes of it; null where nothing was done. */
  readonly next: string | null;
}

type Purpose = Exclude<LinkPurpose, 'show'>;

const DONE: Readonly<Record<Purpose, string>> = {
  acknowledge: 'Acknowledged',
  unacknowledge: 'The acknowledgement was taken back',
  resolve: 'Resolved',
  close: 'Closed',
  reopen: 'Opened again',
  shelve: 'Held back',
};

const NEXT: Readonly<Record<Purpose, string>> = {
  acknowledge:
    'Reminders and escalation stop. You hear of it again when it gets worse, when more alerts join it, and when it is over.',
  unacknowledge: 'Reminders and escalation go on.',
  resolve: 'Who heard of it hears that it is over. If its senders still tell of it after a while, it opens again.',
  close: 'Who heard of it hears that it is over. What fires again opens another incident.',
  reopen: 'It is told as one that begins.',
  shelve: 'What still fires after that is told again. Its end is told at any time.',
};

/** What became of an action by a link, in words for the person who followed it. */
export function aftermathOf(purpose: Purpose, { by }: Pick<Action, 'by'>, result: ActionResult): Aftermath {
  if (result.outcome !== 'done') {
    const isOver = result.outcome === 'refused' && result.reason === 'is_over';
    const text = isOver ? 'it is over already' : actionText(result);
    return { done: `Nothing was done: ${text}.`, next: null };
  }
  const { shelvedUntil } = result.incident;
  const until = purpose === 'shelve' && shelvedUntil !== null ? ` until ${minuteOf(shelvedUntil)} UTC` : '';
  const who = by === '' ? '' : ` by ${by}`;
  const other = result.reason === 'taken_over' ? '; somebody else had it' : '';
  return { done: `${DONE[purpose]}${until}${who}${other}.`, next: NEXT[purpose] };
}

function minuteOf(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
