/** One entry of the append-only history. */
export interface HistoryEvent {
  /** Grows with every event; assigned by the store. */
  readonly seq: number;
  /** UTC milliseconds. */
  readonly at: number;
  readonly subject: 'alert' | 'incident' | 'silence' | 'instance' | 'access';
  readonly subjectId: string;
  /** What happened, in the past tense: `opened`, `updated`, `resolved`, … */
  readonly kind: string;
  /** Why, from a closed list: the reason of the decision. */
  readonly reason: string;
  /** Who did it: `cluster:<instance>`, `monitor`. */
  readonly actor: string;
  /** What a reader needs beside it: severities, message, related ids. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event before the store has numbered it. */
export type NewEvent = Omit<HistoryEvent, 'seq'>;
