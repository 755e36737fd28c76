import type { Severity } from '../../core/alert/alert.ts';

/** `rules` of monitor.yaml as it is written, and the way back to its lines. */
export interface RulesFile {
  /** The list as it stands there. */
  readonly values: unknown;
  /** `<path>:<line>` of a key, given by its path from the top of the file. */
  at(keys: readonly string[]): string;
}

/** A rule of the configuration: plain values, fit to cross into another thread. Times are milliseconds. */
export interface RuleEntry {
  readonly name: string;
  /** Name of its kind: `threshold`. */
  readonly kind: string;
  /** As written; the kind has accepted them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly everyMs: number;
  readonly forMs: number;
  readonly keepMs: number;
  readonly suppressMs: number;
  /** null for that of the kind. */
  readonly forgetMs: number | null;
  readonly onMissing: 'keep' | 'ok' | 'alert';
  readonly severity: Severity;
  /** Added to those of its alerts. */
  readonly labels: Readonly<Record<string, string>>;
  /** Templates by the name of their annotation. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Address of what to do; null where that was waived. */
  readonly runbook: string | null;
  /** Empty for none. */
  readonly owner: string;
  /** Judged and counted, and told to nobody. */
  readonly isShadow: boolean;
  /** Where it stands: `<path>:<line>: rules[0]`. */
  readonly place: string;
}
