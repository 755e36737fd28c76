import type { Incident } from '../incident/incident.ts';
import type { Via } from '../peer/path.ts';

/** What every action says, whatever it does. */
interface Asked {
  /** Names the action: asked again under the same id, it is answered as the first time and changes nothing. */
  readonly id: string;
  /** The incident that it is about: its id, or the beginning of it, if no other begins so. */
  readonly incidentId: string;
  /** By which way it came, for the history: `api`, `link:slack`. */
  readonly actor: string;
  /** Who wants it, as they call themselves; '' when nobody says. */
  readonly by: string;
  /** What they say about it; '' for nothing. */
  readonly comment: string;
  /** The way between hubs that it has come; left out where it began here. */
  readonly via?: Via | undefined;
  /** With it, which act on another hub came first, and which one last: `Mark`. */
  readonly stamp?: number | undefined;
}

/** The actions on an incident, in the order of the documentation. */
export const ACTIONS = [
  'acknowledge',
  'unacknowledge',
  'assign',
  'note',
  'shelve',
  'unshelve',
  'resolve',
  'close',
  'reopen',
] as const;
/** One of them. */
export type ActionKind = (typeof ACTIONS)[number];

/** What a person, or a tool for them, wants done: one value, from wherever it comes. */
export type Action = Asked &
  (
    | { readonly kind: Exclude<ActionKind, 'acknowledge' | 'assign' | 'shelve'> }
    /** `until` is when it runs out, UTC milliseconds; left out, with the incident. */
    | { readonly kind: 'acknowledge'; readonly until?: number; readonly forMs?: number }
    /** '' for nobody. */
    | { readonly kind: 'assign'; readonly assignee: string }
    /** `until` is UTC milliseconds; `forMs` is what was asked where that is a span, which ends later when it is asked again. */
    | { readonly kind: 'shelve'; readonly until: number; readonly forMs?: number }
  );

/** Why an action was done, as the history keeps it. */
export type DoneReason = 'asked' | 'taken_over' | 'reassigned' | 'end_moved' | 'expired';

/** Why there was nothing to do: it is so already. */
export type UnchangedReason =
  | 'already_acknowledged'
  | 'not_acknowledged'
  | 'already_assigned'
  | 'not_assigned'
  | 'already_shelved'
  | 'not_shelved'
  | 'already_resolved'
  | 'already_closed'
  | 'already_open'
  /** Another hub tells what somebody did before that. */
  | 'newer_elsewhere';

/** Why an action is refused. */
export type RefusedReason =
  | 'not_found'
  | 'ambiguous_id'
  | 'id_reused'
  | 'is_over'
  | 'is_closed'
  | 'another_is_open'
  | 'until_is_past'
  | 'note_is_empty';

/** What became of an action. */
export type ActionResult =
  | {
      readonly outcome: 'done';
      readonly reason: DoneReason;
      /** As it stands now. */
      readonly incident: Incident;
    }
  | { readonly outcome: 'unchanged'; readonly reason: UnchangedReason; readonly incident: Incident }
  | {
      readonly outcome: 'refused';
      readonly reason: RefusedReason;
      /** The incident that is meant; null where there is none, or several. */
      readonly incident: Incident | null;
      /** Where several are meant: ten of their ids at most. */
      readonly candidates?: readonly string[];
    };
