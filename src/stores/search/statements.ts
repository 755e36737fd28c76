/** The statements of the index of words, of one engine; placeholders are `?`. */
export interface SearchStatements {
  /** Words with blanks between them, and the id of the alert. */
  readonly save: string;
  /** Whether each of so many alerts behind an id has words: its id, and 1 or 0. */
  readonly look: string;
}

/** On SQLite the index is its own table: nothing of an alert is stored a second time. */
export const SQLITE_SEARCH: SearchStatements = {
  save: 'INSERT OR REPLACE INTO alert_words (rowid, words) SELECT rid, ? FROM alerts WHERE id = ?',
  look: lookAt('w.rowid'),
};

/** On PostgreSQL words become lexemes as they are: no dictionary of the server changes them. */
export const POSTGRES_SEARCH: SearchStatements = {
  save: `INSERT INTO alert_words (rid, words)
    SELECT rid, array_to_tsvector(string_to_array(?::text, ' ')) FROM alerts WHERE id = ?
    ON CONFLICT (rid) DO UPDATE SET words = excluded.words`,
  look: lookAt('w.rid'),
};

function lookAt(key: string): string {
  return `SELECT a.id, CASE WHEN EXISTS (SELECT 1 FROM alert_words AS w WHERE ${key} = a.rid) THEN 1 ELSE 0 END
    FROM alerts AS a WHERE a.id > ? ORDER BY a.id LIMIT ?`;
}
