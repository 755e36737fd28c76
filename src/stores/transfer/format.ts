import { createHash, type Hash } from 'node:crypto';
import { parsedJson } from '../../core/reading/fields.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import type { Cell, Row } from '../tables/columns.ts';

/** Version of the format of exports. A reader refuses a newer one. */
export const EXPORT_FORMAT = 1;
/** A block ends after so many rows, or so many characters. */
export const BLOCK = { rows: 1000, chars: 1024 * 1024 };

/** A table as the header names it. */
export interface HeaderTable {
  readonly name: string;
  /** Order of the values in its rows. */
  readonly columns: readonly string[];
  /** Rows that follow. */
  readonly rows: number;
}

/** First line of an export. */
export interface Header {
  readonly monitor_export: number;
  /** Version of the store's schema. */
  readonly schema: number;
  readonly engine: string;
  /** Version of the program that wrote it. */
  readonly program: string;
  readonly created_at: string;
  /** In the order in which their rows follow. */
  readonly tables: readonly HeaderTable[];
}

/** The export cannot be taken: cut, altered, newer, or of something else. The message says which and what to do. */
export class TransferError extends Error {
  override name = 'TransferError';
}

/** A row as a line: its table, then its values. */
export function rowLine(table: string, row: Row): string {
  return `${JSON.stringify([table, ...row])}\n`;
}

/** End of a block: how many rows it has, and the SHA-256 of their lines. */
export function blockLine(rows: number, lines: string): string {
  return `${JSON.stringify({ block: rows, sha256: sha256(lines) })}\n`;
}

/** End of the export: all rows, and the SHA-256 of everything before this line. */
export function endLine(rows: number, whole: string): string {
  return `${JSON.stringify({ end: rows, sha256: whole })}\n`;
}

/** A SHA-256 to be fed. */
export function newDigest(): Hash {
  return createHash('sha256');
}

/** What a line after the header says. */
export type Line =
  | { readonly kind: 'row'; readonly table: string; readonly row: Row }
  | { readonly kind: 'block' | 'end'; readonly rows: number; readonly sha256: string };

/** Reads the first line. Throws TransferError when it is none of ours, or newer than this program (`newest`: its schema). */
export function readHeader(line: string, newest: number): Header {
  const header = parsedJson(line) as Partial<Header> | undefined;
  if (typeof header?.monitor_export !== 'number') {
    throw new TransferError('this is not an export of monitor: its first line is not the header of one');
  }
  const of = typeof header.program === 'string' ? ` of monitor ${header.program.slice(0, 40)}` : '';
  if (header.monitor_export > EXPORT_FORMAT) {
    throw new TransferError(
      `this export${of} has format ${header.monitor_export}, this program reads ${EXPORT_FORMAT}: import it with that program or a newer one`,
    );
  }
  if (!isHeader(header)) throw new TransferError('the header of the export is damaged: create the export again');
  if (header.schema > newest) {
    throw new TransferError(
      `this export${of} has schema ${header.schema}, this program knows ${newest}: import it with that program or a newer one`,
    );
  }
  return header;
}

function isHeader(header: Partial<Header>): header is Header {
  const { monitor_export: format, schema, tables } = header;
  if (format !== EXPORT_FORMAT || !Number.isInteger(schema) || !Array.isArray(tables)) return false;
  const isName = (text: unknown) => typeof text === 'string' && /^[a-z_]{1,63}$/.test(text);
  return (tables as readonly Partial<HeaderTable>[]).every(
    ({ name, columns, rows }) =>
      isName(name) && Array.isArray(columns) && columns.length > 0 && columns.every(isName) && Number.isInteger(rows),
  );
}

/** Reads a line after the header; undefined when it is none. */
export function readLine(line: string): Line | undefined {
  const value = parsedJson(line);
  if (Array.isArray(value)) {
    const [table, ...row] = value as unknown[];
    return typeof table === 'string' && row.every(isCell) ? { kind: 'row', table, row } : undefined;
  }
  const { block, end, sha256: sum } = (value ?? {}) as { block?: unknown; end?: unknown; sha256?: unknown };
  if (typeof sum !== 'string') return undefined;
  if (typeof block === 'number') return { kind: 'block', rows: block, sha256: sum };
  return typeof end === 'number' ? { kind: 'end', rows: end, sha256: sum } : undefined;
}

function isCell(value: unknown): value is Cell {
  return value === null || typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));
}
