import type { MatcherSpec } from '../../core/policy/silence.ts';
import { LIVE_SILENCES, type SilenceProblem, type SilenceRequest } from '../../core/policy/silence-change.ts';
import type { Reply } from '../reply.ts';

/** What is posted to Alertmanager's `/api/v2/silences`, or the answer to what cannot be read. */
export type PostedSilence =
  | { readonly ok: true; readonly request: SilenceRequest }
  | { readonly ok: false; readonly reply: Reply };

type Json = Readonly<Record<string, unknown>>;

// In the order in which Alertmanager asks for them.
const REQUIRED = ['comment', 'createdBy', 'endsAt', 'matchers', 'startsAt'] as const;
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** Reads a silence as `amtool` and dashboards post it; what is wrong is told as Alertmanager 0.25 does. Fields that nobody knows are ignored, as there. */
export function readPostedSilence(body: unknown): PostedSilence {
  if (body === undefined) return required('silence');
  if (typeof body !== 'object' || Array.isArray(body)) return unreadable('the silence is not an object');
  const given = (body ?? {}) as Json;
  const wrong =
    typeProblem(given, 'comment', 'string') ??
    typeProblem(given, 'createdBy', 'string') ??
    typeProblem(given, 'id', 'string') ??
    timeProblem(given, 'endsAt') ??
    timeProblem(given, 'startsAt') ??
    matchersProblem(given.matchers);
  if (wrong !== null) return unreadable(wrong);
  const missing = REQUIRED.find((field) => given[field] === undefined || given[field] === null);
  if (missing !== undefined) return required(missing);
  const matchers = given.matchers as readonly Json[];
  if (matchers.length === 0) return refused(422, 612, 'matchers in body should have at least 1 items');
  for (const [index, matcher] of matchers.entries()) {
    const field = ['isRegex', 'name', 'value'].find((name) => matcher[name] === undefined || matcher[name] === null);
    if (field !== undefined) return required(`matchers.${index}.${field}`);
  }
  const id = given.id === undefined || given.id === null || given.id === '' ? null : String(given.id);
  return {
    ok: true,
    request: {
      id,
      kind: null,
      matchers: matchers.map(specOf),
      startsAt: timeOf(given.startsAt),
      endsAt: timeOf(given.endsAt),
      createdBy: String(given.createdBy),
      comment: String(given.comment),
    },
  };
}

function specOf({ name, value, isRegex, isEqual }: Json): MatcherSpec {
  // Clients from before there was isEqual never send it.
  return { name: String(name), value: String(value), isRegex: isRegex === true, isEqual: isEqual !== false };
}

function typeProblem(given: Json, field: string, type: 'string' | 'boolean', path = field): string | null {
  const value = given[field];
  if (value === undefined || value === null || typeof value === type) return null;
  return `${path} is not a ${type}`;
}

function timeProblem(given: Json, field: string): string | null {
  const value = given[field];
  if (typeof value !== 'string') return typeProblem(given, field, 'string');
  return TIME.test(value) && !Number.isNaN(timeOf(value)) ? null : `${field} is not a time: ${value.slice(0, 100)}`;
}

function matchersProblem(matchers: unknown): string | null {
  if (matchers === undefined || matchers === null) return null;
  if (!Array.isArray(matchers)) return 'matchers is not a list';
  for (const [index, matcher] of matchers.entries()) {
    const path = `matchers.${index}`;
    if (typeof matcher !== 'object' || matcher === null || Array.isArray(matcher)) return `${path} is not an object`;
    const wrong =
      typeProblem(matcher, 'name', 'string', `${path}.name`) ??
      typeProblem(matcher, 'value', 'string', `${path}.value`) ??
      typeProblem(matcher, 'isRegex', 'boolean', `${path}.isRegex`) ??
      typeProblem(matcher, 'isEqual', 'boolean', `${path}.isEqual`);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** A time without a zone is UTC, as there. */
function timeOf(text: unknown): number {
  const given = String(text).replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(given) ? given : `${given}Z`);
}

/** What a silence that cannot be is answered: one text, the first thing that is wrong. */
export function problemText([problem]: readonly SilenceProblem[]): string {
  if (problem === undefined) return 'silence invalid';
  const matcher = `silence invalid: invalid label matcher ${/^matchers\.(\d+)/.exec(problem.path)?.[1]}`;
  switch (problem.fault) {
    case 'start_after_end':
      return 'Failed to create silence: start time must be before end time';
    case 'end_passed':
      return "Failed to create silence: end time can't be in the past";
    case 'matches_all':
      return 'silence invalid: at least one matcher must not match the empty string';
    case 'no_matcher':
      return 'silence invalid: at least one matcher required';
    case 'bad_name':
      return `${matcher}: ${problem.message.replace('is not a label name:', 'invalid label name')}`;
    case 'bad_pattern':
      return `${matcher}: ${problem.message.replace(/^the regular expression (.*) cannot be read:/s, 'invalid regular expression $1: error parsing regexp:')}`;
    case 'too_many':
      return `Failed to create silence: exceeded maximum number of silences (limit: ${LIVE_SILENCES})`;
    case 'too_long':
      return `silence invalid: ${problem.path} ${problem.message}`;
  }
}

function required(field: string): PostedSilence {
  return refused(422, 602, `${field} in body is required`);
}

function unreadable(reason: string): PostedSilence {
  return refused(400, 400, `parsing silence body from "" failed, because ${reason}`);
}

function refused(status: number, code: number, message: string): PostedSilence {
  return { ok: false, reply: { status, body: { code, message } } };
}
