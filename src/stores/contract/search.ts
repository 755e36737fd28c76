/** The words of an alert, as `alertWords` gives them. */
export interface IndexedWords {
  readonly alertId: string;
  readonly words: readonly string[];
}

/** What is written of the index of words. */
export interface SearchWrites {
  /** Whole rows, by alert: inserted or replaced. An alert that is gone is passed over. */
  saveWords(rows: readonly IndexedWords[]): Promise<void>;
}

/** Some alerts in the order of their ids, and which of them have no words yet. */
export interface UnindexedAlerts {
  readonly alertIds: readonly string[];
  /** The last id that was looked at; null at the end. */
  readonly next: string | null;
}

/** What is read of the index of words, beside searching. */
export interface SearchReads {
  /** Looks at `limit` alerts behind the id `after`. */
  unindexedAlerts(after: string, limit: number): Promise<UnindexedAlerts>;
}
