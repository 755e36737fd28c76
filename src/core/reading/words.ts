import type { AlertStatus, Severity } from '../alert/alert.ts';
import { namesTopic, statusOfPhrase } from './phrase.ts';

// Words that senders use, mapped onto the project's three severities and two states.
const SEVERITY_WORDS: Record<Severity, readonly string[]> = {
  critical: [
    'critical',
    'error',
    'high',
    'major',
    'p1',
    'p2',
    'disaster',
    'emergency',
    'fatal',
    'page',
    'crit',
    'alert',
  ],
  warning: ['warning', 'warn', 'minor', 'medium', 'average', 'p3'],
  info: [
    'info',
    'information',
    'informational',
    'notice',
    'low',
    'none',
    'ok',
    'normal',
    'debug',
    'p4',
    'p5',
    'not classified',
  ],
};

const STATUS_WORDS: Record<AlertStatus, readonly string[]> = {
  firing: [
    'firing',
    'alerting',
    'problem',
    'triggered',
    'trigger',
    'active',
    'open',
    'critical',
    'warning',
    'down',
    'true',
    '1',
  ],
  resolved: [
    'resolved',
    'ok',
    'recovered',
    'closed',
    'inactive',
    'success',
    'normal',
    'up',
    'clear',
    'cleared',
    'false',
    '0',
  ],
};

const SEVERITY_OF = reversed(SEVERITY_WORDS);
const STATUS_OF = reversed(STATUS_WORDS);

/** The severity a word means, in any letter case; undefined when the table does not know it. */
export function severityOfWord(word: string): Severity | undefined {
  return SEVERITY_OF.get(word) ?? SEVERITY_OF.get(word.trim().toLowerCase());
}

/**
 * The status a word means, in any letter case, also one of several words (`statusOfPhrase`); undefined when nothing in
 * it is known.
 */
export function statusOfWord(word: string): AlertStatus | undefined {
  return STATUS_OF.get(word) ?? STATUS_OF.get(word.trim().toLowerCase()) ?? statusOfPhrase(word);
}

/** Whether a word only names what it is about, such as "alert" and "problem": as the type of an event it says no status. */
export function isTopic(word: string): boolean {
  return namesTopic(word);
}

/**
 * Whether a severity says that the problem is over, as X.733 and SNMP have it ("cleared"), and with them what tells no
 * status beside it. Figures and truth values are no such words: 0 is the worst of syslog.
 */
export function isOverSeverity(word: string): boolean {
  return /\p{L}/u.test(word) && !/^\s*(?:true|false)\s*$/i.test(word) && statusOfWord(word) === 'resolved';
}

function reversed<K extends string>(words: Record<K, readonly string[]>): ReadonlyMap<string, K> {
  const pairs = (Object.keys(words) as K[]).flatMap((meaning) =>
    words[meaning].map((word) => [word, meaning] as const),
  );
  return new Map(pairs);
}
