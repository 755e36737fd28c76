import type { Alert } from '../alert/alert.ts';

/** What an alert says itself of how it is told, above what routes say: set where the alert is configured. */
export interface AlertTerms {
  /** Time between reminders in milliseconds; null where the routes decide. */
  readonly repeatMs: number | null;
  /** Whether people are told of its end. */
  readonly tellsEnd: boolean;
  /** Where it is configured, for people. */
  readonly place: string;
}

/** Terms by what tells an alert apart, `termsKey`. Plain, so that they cross into a thread. */
export type TermsByAlert = Readonly<Record<string, AlertTerms>>;

/** What tells an alert apart that nobody but this hub makes. */
export function termsKey({ source, fingerprint }: Pick<Alert, 'source' | 'fingerprint'>): string {
  return `${source} ${fingerprint}`;
}
