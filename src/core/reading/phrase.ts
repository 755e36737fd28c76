import type { AlertStatus } from '../alert/alert.ts';
import {
  AFTER_UP,
  BEFORE_TROUBLE,
  BEFORE_UP,
  DENIALS,
  ENDS,
  ENDS_ALONE,
  ENDS_OF_TOPICS,
  FAILURES,
  FILLERS,
  FIRING,
  GLUED,
  NEGATORS,
  NOUNS,
  REOPENED,
  TOPICS,
  TROUBLE,
  UNDOERS,
  WELL,
  WELL_ALONE,
} from './phrase-words.ts';

/** What is longer is a sentence, and says nothing that could be told from one word of it. */
const LONGEST = 120;

const NO_DATA = /^(?:re )?(?:no data|nodata|insufficient data|missing data|data missing)$/;
/** Whole phrases that mean well without a word that does. */
const ALL_WELL =
  /^(?:(?:is|now|back|again) )*(?:in service|all systems go|(?:within|in) (?:the )?(?:normal )?(?:limits?|thresholds?|range|bounds|tolerance))$/;
const NEGATIVE_PREFIX = /^(?:not|non?|un|in|dis|ab|im|never|sub)(?=[a-z])/;
const NEVER_BEGAN = /^un(?:triggered|trigger|fired|firing|alerted|alarmed|raised)$/;
const [CHECKED, CROSSED] = [/[✅✔✓🟢]/u, /[❌✖✗🔴🔥⚠]/u];

type Kind = 'end' | 'well' | 'trouble' | 'topic';

/**
 * What several words, or words grown together, say of a problem: "ResolvedCritical", "NOT_OK", "Service is up again",
 * "OK -> CRITICAL" (the last state counts), "recovery failed". Undefined when nothing in it is known, or it says both.
 */
export function statusOfPhrase(phrase: string): AlertStatus | undefined {
  if (phrase.length > LONGEST) return undefined;
  const latter = latterPart(spaced(phrase));
  const kinds = kindsOf(withoutFormer(latter));
  // "Alert was resolved" tells of now, "CRITICAL (was resolved)" does not.
  if (!kinds.has('trouble') && kindsOf(latter).has('end')) return 'resolved';
  if (kinds.size === 0) return CHECKED.test(phrase) && !CROSSED.test(phrase) ? 'resolved' : undefined;
  if (kinds.has('end')) return wordsOf(latter).some((word) => REOPENED.has(word)) ? undefined : 'resolved';
  if (kinds.has('well')) return kinds.has('trouble') ? undefined : 'resolved';
  return 'firing';
}

/** Whether a phrase holds nothing but names of what is wrong. */
export function namesTopic(phrase: string): boolean {
  const words = phrase.length > LONGEST ? [] : wordsOf(spaced(phrase));
  return words.some((word) => TOPICS.has(word)) && words.every((word) => TOPICS.has(word) || FILLERS.has(word));
}

function kindsOf(text: string): ReadonlySet<Kind> {
  const words = wordsOf(text);
  const whole = words.join(' ');
  if (NO_DATA.test(whole)) return new Set(['trouble']);
  if (ALL_WELL.test(whole)) return new Set(['well']);
  const kinds = words.map((_, at) => kindAt(words, at));
  return new Set(kinds.filter((kind) => kind !== undefined));
}

/** What one word says in its place. */
function kindAt(words: readonly string[], at: number): Kind | undefined {
  const word = words[at] ?? '';
  const before = words[at - 1] ?? '';
  if (before === 'false' && /^(?:alarms?|alerts?|positives?)$/.test(word))
    return isNegated(words, at - 1) ? 'trouble' : 'end';
  if (NEVER_BEGAN.test(word)) return 'well';
  if (TROUBLE.has(word) || TOPICS.has(word)) {
    if (BEFORE_TROUBLE.has(before) || isDenied(words, at)) return 'well';
    return TOPICS.has(word) ? 'topic' : 'trouble';
  }
  const over = overAt(words, at);
  if (over === 'well' && word === 'up' && !isStateUp(words, at)) return undefined;
  if (over !== undefined) return isNegated(words, at) ? 'trouble' : over;
  if (FIRING.has(word)) return 'trouble';
  return NEGATIVE_PREFIX.test(word) && overOf(word.replace(NEGATIVE_PREFIX, '')) !== undefined ? 'trouble' : undefined;
}

/** "firing: false", "triggered=no": said of the whole at its end. */
function isDenied(words: readonly string[], at: number): boolean {
  return at === words.length - 2 && /^(?:false|no|0)$/.test(words[at + 1] ?? '');
}

/** Whether "up" is a state in its place. */
function isStateUp(words: readonly string[], at: number): boolean {
  if (at === 0) return words.length === 1 || AFTER_UP.has(words[1] ?? '');
  const before = words[at - 1] ?? '';
  return BEFORE_UP.has(before) || NEGATORS.has(before);
}

/** What a word of an end or a good state says in its place, before it is asked whether that is denied. */
function overAt(words: readonly string[], at: number): 'end' | 'well' | undefined {
  const word = words[at] ?? '';
  const over = overOf(word);
  if (over !== undefined) return over;
  const forms = [word, withoutPrefix(word)];
  const [isEnd, isEndOfTopic, isWell] = [ENDS_ALONE, ENDS_OF_TOPICS, WELL_ALONE].map((set) =>
    forms.some((form) => set.has(form)),
  );
  // Nearly all words are none, and a phrase of many would be looked through for each.
  if (!isEnd && !isEndOfTopic && !isWell) return undefined;
  const others = words.filter((other, index) => index !== at && !FILLERS.has(other) && !NEGATORS.has(other));
  const isOfTopic = others.some((other) => TOPICS.has(other));
  if (others.every((other) => TOPICS.has(other) || other === 'yet')) {
    if (isEnd || (isOfTopic && isEndOfTopic)) return 'end';
  }
  return isWell && others.every((other) => BEFORE_UP.has(other)) ? 'well' : undefined;
}

function withoutPrefix(word: string): string {
  return word.replace(/^(?:auto|self|re)(?=[a-z]{3})/, '');
}

function overOf(word: string): 'end' | 'well' | undefined {
  if (ENDS.has(word) || ENDS.has(withoutPrefix(word))) return 'end';
  if (WELL.has(word)) return 'well';
  const glued = GLUED.exec(word);
  if (glued === null || /(?:un|in|non?|not|dis|ab|never)$/.test(word.slice(0, glued.index))) return undefined;
  return /re(?:sol|cov)|clear/.test(glued[0]) ? 'end' : 'well';
}

/** The phrase with words apart that are written in one, as in "ResolvedCritical", and signs but those of a change. */
function spaced(phrase: string): string {
  return phrase
    .replaceAll(/['’]/gu, '')
    .replaceAll(/\bo\.k\b/giu, 'ok')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replaceAll('_', ' ')
    .replaceAll(/\bde[- ](?=activat|assert)/giu, 'de');
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

// "WARNING to OK": one state to another. "failed to recover" is none.
const CHANGE =
  /^\W*(?:ok|okay|normal|up|down|warn(?:ing)?|crit(?:ical)?|alert(?:ing)?|firing|unknown|(?:un)?healthy|green|yellow|red|minor|major)\W+to\W+([a-z].*)$/i;

/** Of "OK -> CRITICAL", "from OK to CRITICAL" and "resolved, but now critical" what comes last. */
function latterPart(text: string): string {
  const last = text.split(/->|=>|→|⇒|➔|>>/u).at(-1) ?? text;
  const changed = /\bfrom\b.{1,60}?\bto\b(.+)$/i.exec(last)?.[1] ?? CHANGE.exec(last)?.[1] ?? last;
  const now = /\bnow\b(.*)$/i.exec(changed)?.[1] ?? '';
  return kindsOf(now).size > 0 ? now : changed;
}

/** Without what something was before: "OK (was CRITICAL)". */
function withoutFormer(text: string): string {
  return text.replaceAll(/\b(?:was|were|previously|formerly|from)\b\W*\w+/gi, ' ');
}

function isNegated(words: readonly string[], at: number): boolean {
  const [third = '', second = '', first = ''] = [words[at - 3], words[at - 2], words[at - 1]];
  const [word = '', next = ''] = [words[at], words[at + 1]];
  if (NEGATORS.has(first) || NEGATORS.has(second) || (NEGATORS.has(third) && second === 'yet')) return true;
  if (FAILURES.has(second) && ['to', 'for'].includes(first)) return true;
  if (FAILURES.has(first) && NOUNS.has(word)) return true;
  if ((word === 'close' && next === 'to') || DENIALS.has(next) || isDenied(words, at)) return true;
  return NOUNS.has(word) && UNDOERS.has(next) && !(next === 'in' && words[at + 2] !== 'progress');
}
