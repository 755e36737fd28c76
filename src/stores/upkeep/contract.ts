import type { Row } from '../tables/columns.ts';

/** Reads within one transaction: all of it sees the store as it was at one moment. Placeholders are `?`. */
export interface Session {
  rows(sql: string, values?: Row): Promise<readonly Row[]>;
  /** The same, `size` rows at a time, however many there are. Nothing else may be asked until it has ended. */
  pages(sql: string, size: number): AsyncIterable<readonly Row[]>;
  /** Columns of a table in their order; none where there is no such table. */
  columns(table: string): Promise<readonly string[]>;
}

/** A transaction that writes, while nobody else does. */
export interface WriteSession extends Session {
  /** Adds rows, but for those whose key is there already; gives how many it added. */
  insert(table: string, columns: readonly string[], rows: readonly Row[]): Promise<number>;
  /** Lets the numbers that the store gives to new rows begin behind the highest of `column`. */
  numberAfter(table: string, column: string): Promise<void>;
}

/** What a store takes on its disk, in bytes. */
export interface Sizes {
  /** All of it, the log too. */
  readonly total: number;
  /** Of it, what is free and will be used again; null where the engine does not tell. */
  readonly free: number | null;
  /** By table, with its indexes. */
  readonly tables: ReadonlyMap<string, number>;
}

/** A store opened to be looked after, not to serve: beside a running hub unless `write` or `vacuum` say otherwise. */
export interface Upkeep {
  readonly engine: 'sqlite' | 'postgres';
  /** Where it is, for people: never with a password. */
  readonly place: string;
  /** Version of its schema. */
  schema(): Promise<number>;
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Keeps all or nothing. Throws InUseError while others write to it and cannot be kept out. */
  write<T>(work: (session: WriteSession) => Promise<T>): Promise<T>;
  sizes(): Promise<Sizes>;
  /** What the engine finds wrong in its own files; empty when all is well. */
  faults(): Promise<readonly string[]>;
  /** Gives free space back. Throws InUseError where that cannot be done beside a hub. */
  vacuum(): Promise<void>;
  close(): Promise<void>;
}

/** Somebody else has the store open, and what was asked needs it alone. */
export class InUseError extends Error {
  override name = 'InUseError';
}
