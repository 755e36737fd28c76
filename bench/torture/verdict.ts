import { type Facts, readFacts } from './facts.ts';
import { compare, type ModelAlert } from './model.ts';

/** What was found wrong, counted in the words of the summary. */
export interface Verdict {
  readonly alertsLost: number;
  readonly eventsDoubled: number;
  readonly resultsLost: number;
  /** Every fact that differs, one a line. */
  readonly differences: readonly string[];
}

/** Holds a hub's store against all that its senders and agents remember. The hub must have ended. */
export function judge(database: string, sent: readonly ModelAlert[], promised: readonly ModelAlert[]): Verdict {
  return judgeFacts(readFacts(database), sent, promised);
}

/** The same of what was read from a store before. */
export function judgeFacts(facts: Facts, sent: readonly ModelAlert[], promised: readonly ModelAlert[]): Verdict {
  const ofSenders = sent.flatMap((alert) => differencesOf(alert, facts));
  const ofAgents = promised.flatMap((alert) => differencesOf(alert, facts));
  const all = [...ofSenders, ...ofAgents];
  return {
    alertsLost: ofSenders.filter(({ kind }) => kind !== 'doubled').length,
    resultsLost: ofAgents.filter(({ kind }) => kind !== 'doubled').length,
    eventsDoubled:
      all.filter(({ kind }) => kind === 'doubled').length +
      facts.problems.filter((one) => one.startsWith('doubled')).length,
    differences: [...facts.problems, ...all.map(({ kind, text }) => `${kind}: ${text}`)],
  };
}

function differencesOf(alert: ModelAlert, facts: Facts) {
  const stored = facts.alerts.get(`${alert.source}\0${alert.origin}\0${alert.fingerprint}`);
  return compare(alert, stored, facts.events.get(stored?.id ?? '') ?? []);
}
