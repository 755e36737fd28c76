import type { NewEvent } from '../history.ts';
import { type CompileRegex, compileMatchers } from './matchers.ts';
import { type MatcherSpec, type Silence, type SilenceKind, type SilenceOrigin, stateOfSilence } from './silence.ts';

/** What a silence is to be. Times are UTC milliseconds. */
export type SilenceRequest = Pick<Silence, 'matchers' | 'startsAt' | 'endsAt' | 'createdBy' | 'comment'> & {
  /** The one that is to be changed; null for a new one. */
  readonly id: string | null;
  /** null: that of the one that is changed; of a new one, `silence`. */
  readonly kind: SilenceKind | null;
};

/**
 * Something done to silences: one value from wherever it comes. Its id becomes that of the silence that it makes, so
 * that the same action again changes nothing and is answered the same.
 */
export type SilenceAction = {
  /** UUID. */
  readonly id: string;
  /** Who did it, for the history. */
  readonly actor: string;
} & (
  | { readonly type: 'set_silence'; readonly origin: SilenceOrigin; readonly request: SilenceRequest }
  | {
      readonly type: 'change_silence';
      readonly silenceId: string;
      readonly kind: SilenceKind | null;
      readonly origin: SilenceOrigin;
      /** What is not among them stays as it is. */
      readonly changes: Partial<Omit<SilenceRequest, 'id' | 'kind'>>;
    }
  | {
      readonly type: 'end_silence';
      readonly silenceId: string;
      /** Only one of this kind is meant; null for any. */
      readonly kind: SilenceKind | null;
    }
);

/** Why a silence cannot be as it is asked for. */
export type SilenceFault =
  | 'no_matcher'
  | 'bad_name'
  | 'bad_pattern'
  | 'matches_all'
  | 'start_after_end'
  | 'end_passed'
  | 'too_long'
  | 'too_many';

/** What is wrong with a request, the field, and a message with the fix. */
export interface SilenceProblem {
  readonly fault: SilenceFault;
  readonly path: string;
  readonly message: string;
}

/** What an action comes to. */
export type SilenceVerdict =
  | {
      readonly outcome: 'created' | 'changed' | 'replaced' | 'unchanged' | 'ended' | 'already_ended';
      readonly silence: Silence;
      /** Rows to write. */
      readonly changed: readonly Silence[];
      readonly events: readonly NewEvent[];
    }
  | { readonly outcome: 'not_found' }
  | { readonly outcome: 'invalid'; readonly problems: readonly SilenceProblem[] };

/** What a decision rests on beside the action. */
export interface SilenceContext {
  /** The silence that is to be changed or ended, if it is stored. */
  readonly previous: Silence | undefined;
  /** The silence that this action made when it was done before. */
  readonly made: Silence | undefined;
  /** How many there are that have not expired. */
  readonly live: number;
  readonly compile: CompileRegex;
  readonly now: number;
}

// Names that Alertmanager's text form can hold without quotes, and those of OpenTelemetry and Kubernetes.
const NAME = /^[\p{L}_][^\p{Cc}\p{Z}"'`{}=!~,\\]{0,254}$/u;
const MATCHERS = 64;
/** So many may be there that have not expired: each is held against every alert, and listed by dashboards. */
export const LIVE_SILENCES = 10_000;
const CHARS = { matcher: 4096, createdBy: 256, comment: 4096 };

/** What is wrong with a silence that is asked for; nothing where it can be. */
export function problemsOf(
  { matchers, startsAt, endsAt, createdBy, comment }: SilenceRequest,
  { compile, now }: Pick<SilenceContext, 'compile' | 'now'>,
): readonly SilenceProblem[] {
  const problems: SilenceProblem[] = [];
  const add = (fault: SilenceFault, path: string, message: string) => problems.push({ fault, path, message });
  if (startsAt >= endsAt) add('start_after_end', 'ends_at', 'must be after starts_at');
  if (endsAt <= now) add('end_passed', 'ends_at', 'has passed already: choose a time to come');
  if (createdBy.length > CHARS.createdBy) add('too_long', 'created_by', `is longer than ${CHARS.createdBy} characters`);
  if (comment.length > CHARS.comment) add('too_long', 'comment', `is longer than ${CHARS.comment} characters`);
  if (matchers.length === 0) add('no_matcher', 'matchers', 'must hold at least one matcher');
  if (matchers.length > MATCHERS) add('too_long', 'matchers', `holds more than ${MATCHERS} matchers`);
  let matchesAll = matchers.length > 0;
  matchers.slice(0, MATCHERS).forEach((matcher, index) => {
    const path = `matchers.${index}`;
    if (!NAME.test(matcher.name)) {
      add('bad_name', `${path}.name`, `is not a label name: ${JSON.stringify(matcher.name.slice(0, 100))}`);
    }
    if (matcher.value.length > CHARS.matcher) {
      add('too_long', `${path}.value`, `is longer than ${CHARS.matcher} characters`);
      return;
    }
    const matchesEmpty = tryMatcher(matcher, compile);
    if (typeof matchesEmpty === 'string') add('bad_pattern', `${path}.value`, matchesEmpty);
    else matchesAll &&= matchesEmpty;
  });
  const isReadable = !problems.some(({ fault }) => fault === 'bad_pattern' || fault === 'too_long');
  if (matchesAll && isReadable) {
    add('matches_all', 'matchers', 'would hold back everything: one of them must not match an empty value');
  }
  return problems;
}

/** Whether a positive matcher holds of an alert without the label, or why it cannot be read. */
function tryMatcher(matcher: MatcherSpec, compile: CompileRegex): boolean | string {
  try {
    return compileMatchers([matcher], compile)({}) && matcher.isEqual;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Decides an action on silences by Alertmanager's rules: an active silence may get another end and comment, one to come
 * another start, too; any other change ends it and makes a new one in its place.
 */
export function decideSilence(action: SilenceAction, context: SilenceContext): SilenceVerdict {
  if (action.type === 'end_silence') return decideEnd(action, context);
  if (context.made !== undefined) return unchanged(context.made);
  if (action.type === 'set_silence') return decideSet(action, context);
  const { silenceId, kind, changes } = action;
  const { previous } = context;
  if (previous === undefined) return { outcome: 'not_found' };
  const { matchers, startsAt, endsAt, createdBy, comment } = previous;
  const request = { id: silenceId, kind, matchers, startsAt, endsAt, createdBy, comment, ...changes };
  return decideSet({ ...action, type: 'set_silence', request }, context);
}

const TOO_MANY: SilenceProblem = {
  ...{ fault: 'too_many', path: 'silences' },
  message: `are ${LIVE_SILENCES} already, as many as may be there: end some first`,
};

type SetAction = Extract<SilenceAction, { type: 'set_silence' }>;

function decideSet(action: SetAction, context: SilenceContext): SilenceVerdict {
  const { previous, now } = context;
  const { request } = action;
  if (request.id !== null && !isMeant(previous, request.kind)) {
    return { outcome: 'not_found' };
  }
  const problems = problemsOf(request, context);
  if (problems.length > 0) return { outcome: 'invalid', problems };
  const isMore = previous === undefined || stateOfSilence(previous, now) === 'expired';
  if (isMore && context.live >= LIVE_SILENCES) return { outcome: 'invalid', problems: [TOO_MANY] };
  if (previous === undefined) return create(action, undefined, [], [], now);
  const state = stateOfSilence(previous, now);
  if (canChange(previous, request, now)) return change(action, previous, now);
  if (state === 'expired') return create(action, previous, [], [], now);
  const before = ended(previous, action.actor, now);
  const event = eventOf(before, 'expired', 'replaced', action.actor, now, { replaced_by: action.id });
  return create(action, previous, [before], [event], now);
}

function create(
  { id, actor, origin, request }: SetAction,
  previous: Silence | undefined,
  changed: readonly Silence[],
  events: readonly NewEvent[],
  now: number,
): SilenceVerdict {
  const { matchers, startsAt, endsAt, createdBy, comment } = request;
  const kind = request.kind ?? previous?.kind ?? 'silence';
  const replaces = previous?.id ?? null;
  const silence: Silence = {
    ...{ id, kind, matchers, startsAt: Math.max(startsAt, now), endsAt, createdBy, comment, origin, replaces },
    ...{ createdAt: now, updatedAt: now, endedAt: null, endedBy: null },
  };
  const created = eventOf(silence, 'created', replaces === null ? 'new' : 'replaces', actor, now, { replaces });
  const outcome = replaces === null ? 'created' : 'replaced';
  return { outcome, silence, changed: [...changed, silence], events: [...events, created] };
}

function change({ actor, request }: SetAction, previous: Silence, now: number): SilenceVerdict {
  const { endsAt, createdBy, comment } = request;
  // Its start is kept to the millisecond where only the second is told.
  const isSameStart = second(request.startsAt) === second(previous.startsAt);
  const startsAt = isSameStart ? previous.startsAt : request.startsAt;
  const next: Silence = { ...previous, startsAt, endsAt, createdBy, comment, updatedAt: now };
  const moved = [
    ...(startsAt === previous.startsAt ? [] : ['start']),
    ...(endsAt === previous.endsAt ? [] : ['end']),
    ...(comment === previous.comment ? [] : ['comment']),
    ...(createdBy === previous.createdBy ? [] : ['author']),
  ];
  if (moved.length === 0) return unchanged(previous);
  const event = eventOf(next, 'changed', 'asked', actor, now, { changed: moved });
  return { outcome: 'changed', silence: next, changed: [next], events: [event] };
}

function canChange(previous: Silence, { matchers, startsAt }: SilenceRequest, now: number): boolean {
  if (!isSame(previous.matchers, matchers)) return false;
  const state = stateOfSilence(previous, now);
  if (state === 'active') return second(startsAt) === second(previous.startsAt);
  return state === 'pending' && startsAt >= now;
}

function isMeant(previous: Silence | undefined, kind: SilenceKind | null): boolean {
  return previous !== undefined && (kind === null || previous.kind === kind);
}

function isSame(a: readonly MatcherSpec[], b: readonly MatcherSpec[]): boolean {
  const sorted = (matchers: readonly MatcherSpec[]) =>
    matchers.map(({ name, value, isRegex, isEqual }) => JSON.stringify([name, value, isRegex, isEqual])).sort();
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function second(time: number): number {
  return Math.floor(time / 1000);
}

function decideEnd(
  { actor, kind }: Extract<SilenceAction, { type: 'end_silence' }>,
  { previous, now }: SilenceContext,
): SilenceVerdict {
  if (previous === undefined || !isMeant(previous, kind)) return { outcome: 'not_found' };
  if (stateOfSilence(previous, now) === 'expired') {
    return { outcome: 'already_ended', silence: previous, changed: [], events: [] };
  }
  const silence = ended(previous, actor, now);
  const event = eventOf(silence, 'expired', 'asked', actor, now, {});
  return { outcome: 'ended', silence, changed: [silence], events: [event] };
}

/** One whose time is over, as the history is to have it. */
export function expireSilence(silence: Silence, now: number): { readonly silence: Silence; readonly event: NewEvent } {
  const next = { ...silence, endedAt: silence.endsAt, endedBy: 'monitor' };
  return { silence: next, event: eventOf(next, 'expired', 'time_over', 'monitor', now, {}) };
}

/** Ended at once: one that has not begun never begins. */
function ended(silence: Silence, actor: string, now: number): Silence {
  return {
    ...silence,
    startsAt: Math.min(silence.startsAt, now),
    endsAt: now,
    updatedAt: now,
    endedAt: now,
    endedBy: actor,
  };
}

function unchanged(silence: Silence): SilenceVerdict {
  return { outcome: 'unchanged', silence, changed: [], events: [] };
}

function eventOf(
  { id, kind, matchers, startsAt, endsAt, createdBy, comment, origin }: Silence,
  happened: 'created' | 'changed' | 'expired',
  reason: 'new' | 'replaces' | 'replaced' | 'asked' | 'time_over',
  actor: string,
  at: number,
  data: Readonly<Record<string, unknown>>,
): NewEvent {
  const span = { starts_at: new Date(startsAt).toISOString(), ends_at: new Date(endsAt).toISOString() };
  return {
    ...{ at, subject: 'silence', subjectId: id, kind: happened, reason, actor },
    data: { kind, matchers, ...span, created_by: createdBy, comment, origin, ...data },
  };
}
