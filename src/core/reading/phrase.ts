import type { AlertStatus } from '../alert/alert.ts';

/** What is longer is a sentence, and says nothing that could be told from one word of it. */
const LONGEST = 120;

// Parts of a word that mean "over" wherever they stand in it, for they are glued to others: "ResolvedCritical", "AUTOCLEARED".
const GLUED = /resolved|recovered|recovery|cleared|successful|operational|healthy/;
/** Words of an end: they count beside the name of what ended, as in "critical alarm cleared". */
const ENDS = new Set([
  ...['resolve', 'resolves', 'recover', 'recovers', 'clear', 'clears', 'closed', 'close', 'closes', 'fixed', 'solved'],
  ...['ended', 'restored', 'healed', 'normalized', 'normalised', 'stabilized', 'stabilised'],
]);
/** Words of a state in which all is well: beside one of trouble they say nothing, as in "OK/CRITICAL". */
const WELL = new Set([
  ...['ok', 'okay', 'normal', 'up', 'passing', 'passed', 'pass', 'success', 'succeeded', 'inactive', 'online', 'good'],
  ...['available', 'reachable', 'alive', 'green', 'fine'],
]);
/** What there may be none of, and then all is well: "no problems", "not firing". */
const TROUBLE = new Set([
  ...[
    'firing',
    'alerting',
    'alarming',
    'triggered',
    'active',
    'open',
    'opened',
    'down',
    'failing',
    'failed',
    'failure',
  ],
  ...['failures', 'error', 'errors', 'fault', 'faults', 'outage'],
]);
/** Names of what is wrong, which do not say that it is: "alarm ended", "problem: ok". */
const TOPICS = new Set([
  'alert',
  'alerts',
  'alarm',
  'alarms',
  'problem',
  'problems',
  'issue',
  'issues',
  'incident',
  'incidents',
]);
const FIRING = new Set([
  ...['raise', 'raised', 'raises', 'activate', 'activated', 'activates', 'start', 'broken'],
  ...['fire', 'fired', 'alerted', 'trigger', 'triggers', 'opens', 'reopened', 'reopen', 'created', 'started', 'new'],
  ...[
    'critical',
    'crit',
    'warning',
    'warn',
    'offline',
    'dead',
    'bad',
    'red',
    'yellow',
    'amber',
    'fail',
    'fails',
    'faulty',
  ],
  ...['degraded', 'breached', 'breach', 'exceeded', 'unknown', 'pending', 'acknowledged', 'ack', 'acked', 'suppressed'],
  ...[
    'flapping',
    'investigating',
    'identified',
    'recovering',
    'resolving',
    'clearing',
    'closing',
    'timeout',
    'emergency',
  ],
  ...[
    'major',
    'minor',
    'fatal',
    'severe',
    'renotify',
    'retriggered',
    'escalated',
    'high',
    'unreachable',
    'nok',
    'ko',
    'unhealthy',
  ],
]);
const NO_DATA = /^(?:re )?(?:no data|nodata|insufficient data|missing data|data missing)$/;

const NEGATIVE_PREFIX = /^(?:not|non?|un|in|dis|ab|im|never|sub)(?=[a-z])/;
/** Within two words before: "not yet ok", "no longer healthy", "partially recovered", "will be closed". */
const NEGATORS = new Set([
  ...[
    'not',
    'no',
    'non',
    'never',
    'nor',
    'neither',
    'un',
    'isnt',
    'wasnt',
    'arent',
    'hasnt',
    'hadnt',
    'havent',
    'didnt',
  ],
  ...['doesnt', 'dont', 'cannot', 'cant', 'couldnt', 'wont', 'aint', 'without', 'awaiting', 'until', 'partially'],
  ...[
    'stopped',
    'stops',
    'ceased',
    'lost',
    'partly',
    'partial',
    'almost',
    'nearly',
    'be',
    'await',
    'needs',
    'hardly',
    'barely',
    'before',
    'unless',
    'if',
  ],
]);
/** Before "to" or a noun: "failed to recover", "unable to clear", "failed recovery", "waiting for recovery". */
const FAILURES = new Set([
  'failed',
  'fails',
  'failing',
  'fail',
  'unable',
  'impossible',
  'waiting',
  'pending',
  'trying',
]);
const NOUNS = new Set(['recovery', 'resolve', 'recover', 'clear', 'close', 'success', 'pass', 'autorecovery']);
/** Right after a noun: "recovery failed", "recovery in progress". */
const UNDOERS = new Set([
  ...[
    'failed',
    'fails',
    'failing',
    'failure',
    'pending',
    'unsuccessful',
    'impossible',
    'expected',
    'required',
    'needed',
  ],
  ...['started', 'aborted', 'timeout', 'attempt', 'in', 'error'],
]);
/** Right after anything: "resolved: false". */
const DENIALS = new Set(['false', 'no', 'not', 'never']);
/** What may stand before "up" where it is a state: "backed up", "follow up" are none. */
const BEFORE_UP =
  /^(?:is|are|now|back|again|came|comes|host|service|node|server|system|site|monitor|instance|interface|link|state|status|target|check|longer|yet)$/;
/** What may stand after "up" where it begins: "up again", "up and running"; "up to 95%" and "up 12%" are none. */
const AFTER_UP = /^(?:again|and|now|since)$/;

/**
 * What several words, or words grown together, say of a problem: "ResolvedCritical", "NOT_OK", "Service is up again",
 * "OK -> CRITICAL" (the last state counts), "recovery failed". Undefined when nothing in it is known, or it says both.
 */
export function statusOfPhrase(phrase: string): AlertStatus | undefined {
  if (phrase.length > LONGEST) return undefined;
  const words = wordsOf(latterPart(phrase));
  if (NO_DATA.test(words.join(' '))) return 'firing';
  const found = new Set(words.map((_, at) => kindAt(words, at)));
  if (found.has('end')) return 'resolved';
  if (found.has('well')) return found.has('trouble') ? undefined : 'resolved';
  return found.has('trouble') || found.has('topic') ? 'firing' : undefined;
}

/** Before a word of trouble: "not firing", "no longer firing", "stopped alerting". */
const BEFORE_TROUBLE = ['no', 'not', 'isnt', 'longer', 'without', 'nothing', 'stopped', 'stops', 'ceased'];

/** What one word says in its place. */
function kindAt(words: readonly string[], at: number): 'end' | 'well' | 'trouble' | 'topic' | undefined {
  const word = words[at] ?? '';
  const before = words[at - 1] ?? '';
  const over = overOf(word);
  if (over === 'well' && word === 'up' && !isStateUp(words, at)) return undefined;
  if (over !== undefined) return isNegated(words, at) ? 'trouble' : over;
  if (NEGATIVE_PREFIX.test(word) && overOf(word.replace(NEGATIVE_PREFIX, '')) !== undefined) return 'trouble';
  if (TROUBLE.has(word) || TOPICS.has(word)) {
    if (BEFORE_TROUBLE.includes(before)) return 'well';
    return TOPICS.has(word) ? 'topic' : 'trouble';
  }
  return FIRING.has(word) ? 'trouble' : undefined;
}

/** Whether "up" is a state in its place. */
function isStateUp(words: readonly string[], at: number): boolean {
  if (at === 0) return words.length === 1 || AFTER_UP.test(words[1] ?? '');
  const before = words[at - 1] ?? '';
  return BEFORE_UP.test(before) || NEGATORS.has(before);
}

function overOf(word: string): 'end' | 'well' | undefined {
  const bare = word.replace(/^(?:auto|self|re)(?=[a-z]{3})/, '');
  if (ENDS.has(word) || ENDS.has(bare)) return 'end';
  if (WELL.has(word)) return 'well';
  const glued = GLUED.exec(word);
  if (glued === null || /(?:un|in|non?|not|dis|ab|never)$/.test(word.slice(0, glued.index))) return undefined;
  return /re(?:sol|cov)|clear/.test(glued[0]) ? 'end' : 'well';
}

/** Lower-case words, of what is written in one, as in "ResolvedCritical", or with signs between, as in "NOT_OK". */
function wordsOf(phrase: string): string[] {
  const spaced = phrase
    .replaceAll(/['’]/gu, '')
    .replaceAll(/\bo\.k\b/giu, 'ok')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return spaced.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

// "WARNING to OK": one state to another. "failed to recover" is none.
const CHANGE =
  /^\W*(?:ok|okay|normal|up|down|warn(?:ing)?|crit(?:ical)?|alert(?:ing)?|firing|unknown|(?:un)?healthy|green|yellow|red|minor|major)\W+to\W+([a-z].*)$/i;

/** Of "OK -> CRITICAL" and "from OK to CRITICAL" what comes last; without what something was before: "OK (was CRITICAL)". */
function latterPart(phrase: string): string {
  const last = phrase.split(/->|=>|→|⇒|➔|>>/u).at(-1) ?? phrase;
  const changed = /\bfrom\b.{1,60}?\bto\b(.+)$/i.exec(last)?.[1] ?? CHANGE.exec(last)?.[1] ?? last;
  return changed.replaceAll(/\b(?:was|were|previously|formerly|from)\b\W*\w+/gi, ' ');
}

function isNegated(words: readonly string[], at: number): boolean {
  const [third = '', second = '', first = ''] = [words[at - 3], words[at - 2], words[at - 1]];
  const [word = '', next = ''] = [words[at], words[at + 1]];
  if (NEGATORS.has(first) || NEGATORS.has(second) || (NEGATORS.has(third) && second === 'yet')) return true;
  if (FAILURES.has(second) && ['to', 'for'].includes(first)) return true;
  if (FAILURES.has(first) && NOUNS.has(word)) return true;
  if ((word === 'close' && next === 'to') || DENIALS.has(next)) return true;
  return NOUNS.has(word) && UNDOERS.has(next) && !(next === 'in' && words[at + 2] !== 'progress');
}
