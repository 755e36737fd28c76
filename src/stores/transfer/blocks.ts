import type { Row } from '../tables/columns.ts';
import { type Header, type Line, newDigest, readLine, TransferError } from './format.ts';

/** Rows of one table, in the order of the export. */
export interface RowsOfTable {
  readonly table: string;
  readonly rows: readonly Row[];
}

// An export of this program has neither longer lines nor longer blocks; what has is none, and must not fill the memory.
const LONGEST_LINE = 64 * 1024 * 1024;
const MOST_ROWS = 100_000;

/** Lines of a text that comes in pieces, without their ends. Throws TransferError for a line that is too long. */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let to = piece.indexOf(10); to !== -1; to = piece.indexOf(10, from)) {
      parts.push(piece.subarray(from, to));
      yield Buffer.concat(parts).toString('utf8');
      [parts, length, from] = [[], 0, to + 1];
    }
    parts.push(piece.subarray(from));
    length += piece.length - from;
    if (length > LONGEST_LINE) throw new TransferError('this is not an export of monitor: a line does not end');
  }
  if (length > 0) yield Buffer.concat(parts).toString('utf8');
}

/**
 * The rows behind the header, block by block, each with the checksum that it was written with; at the end the whole is
 * as its last line says, and has as many rows as its header says. Throws TransferError where that is not so.
 */
export async function* blocksOf(
  first: string,
  header: Header,
  lines: AsyncIterator<string>,
): AsyncGenerator<readonly RowsOfTable[]> {
  const columns = new Map(header.tables.map((table) => [table.name, table.columns.length]));
  const counts = new Map<string, number>();
  const whole = newDigest().update(`${first}\n`);
  let block = newDigest();
  let rows: (Line & { kind: 'row' })[] = [];
  let total = 0;
  for (let number = 2; ; number += 1) {
    const { value: text, done } = await lines.next();
    if (done) throw cut(number - 1);
    const line = readLine(text);
    // Cut off within a line, it ends there.
    if (line === undefined) throw (await lines.next()).done ? cut(number - 1) : altered(number);
    if (line.kind === 'end') {
      if (rows.length > 0 || line.rows !== total || line.sha256 !== whole.digest('hex')) throw altered(number);
      break;
    }
    whole.update(`${text}\n`);
    if (line.kind === 'row') {
      if (columns.get(line.table) !== line.row.length || rows.length >= MOST_ROWS) throw altered(number);
      block.update(`${text}\n`);
      rows.push(line);
      continue;
    }
    if (line.rows !== rows.length || line.sha256 !== block.digest('hex')) throw altered(number - rows.length, number);
    for (const { table } of rows) counts.set(table, (counts.get(table) ?? 0) + 1);
    total += rows.length;
    yield byTable(rows);
    [block, rows] = [newDigest(), []];
  }
  if (!(await lines.next()).done) throw new TransferError('the export has lines after its end: create it again');
  const isWhole = header.tables.every((table) => (counts.get(table.name) ?? 0) === table.rows);
  if (!isWhole) throw new TransferError('the rows of the export do not match its header: create it again');
}

function byTable(lines: readonly (Line & { kind: 'row' })[]): RowsOfTable[] {
  const groups: { table: string; rows: Row[] }[] = [];
  for (const { table, row } of lines) {
    const last = groups.at(-1);
    if (last?.table === table) last.rows.push(row);
    else groups.push({ table, rows: [row] });
  }
  return groups;
}

function cut(lines: number): TransferError {
  return new TransferError(
    `the export ends after line ${lines} without its last line: it was cut off; create it again`,
  );
}

function altered(from: number, to = from): TransferError {
  const where = from === to ? `line ${from} of the export does` : `lines ${from} to ${to} of the export do`;
  return new TransferError(`${where} not match the checksum: it was damaged or altered; create it again`);
}
