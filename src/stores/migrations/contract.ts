/** One numbered step of the schema. Steps are never changed once released; a new one is added instead. */
export interface Migration {
  /** 1, 2, 3 …: the schema's version after it. */
  readonly version: number;
  readonly name: string;
  /** Statements for SQLite, each ended by a semicolon. */
  readonly sqlite: string;
  /** The same for PostgreSQL. Texts that are looked up or ordered compare by code point (`COLLATE "C"`), as in SQLite. */
  readonly postgres: string;
}
