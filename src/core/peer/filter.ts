import { type CompileRegex, compileMatchers } from '../policy/matchers.ts';
import type { MatcherSpec } from '../policy/silence.ts';
import type { PeerEntry } from './entry.ts';

/** What a peer is sent. */
export interface PeerFilter {
  /**
   * `*` for everything; `alerts`; `actions` for all of them; a single action, custom ones too; `delete`;
   * `silences`.
   */
  readonly words: readonly string[];
  /** All must hold of an alert: of its labels, its `severity` and its `source`. */
  readonly match: readonly MatcherSpec[];
}

/** Words of Alerta for our actions. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ acknowledge: 'ack', unacknowledge: 'unack', resolve: 'close', close: 'close', reopen: 'open' },
};

/** Alerta's word for one of our actions; another one is its own. */
export function alertaAction(kind: string): string {
  return WORDS[kind] ?? kind;
}

/** Whether a word says what is sent. */
function says(words: readonly string[], ...wanted: readonly string[]): boolean {
  return words.includes('*') || wanted.some((word) => words.includes(word));
}

/** The test of whether a peer is sent an entry. Throws what `compile` throws. */
export function peerTest({ words, match }: PeerFilter, compile: CompileRegex): (entry: PeerEntry) => boolean {
  const matches = compileMatchers(match, compile);
  return (entry) => {
    switch (entry.kind) {
      case 'alert':
        return says(words, 'alerts') && matches(labelsOf(entry.alert));
      case 'action': {
        const word = alertaAction(entry.action.kind);
        if (!says(words, 'actions', word, entry.action.kind)) return false;
        return match.length === 0 || entry.alerts.some((alert) => matches(labelsOf(alert)));
      }
      case 'delete':
        return says(words, 'delete') && (match.length === 0 || entry.alerts.some((alert) => matches(labelsOf(alert))));
      case 'silence':
        return says(words, 'silences');
    }
  };
}

function labelsOf(alert: {
  readonly source: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
}) {
  return { ...alert.labels, severity: alert.severity, source: alert.source };
}
