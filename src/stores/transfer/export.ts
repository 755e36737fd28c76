import { StoreError } from '../contract/error.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import type { Row } from '../tables/columns.ts';
import type { Session, Upkeep } from '../upkeep/contract.ts';
import {
  BLOCK,
  blockLine,
  EXPORT_FORMAT,
  endLine,
  type Header,
  type HeaderTable,
  newDigest,
  rowLine,
} from './format.ts';
import { TRANSFER_TABLES, type TransferTable } from './tables.ts';

/** What an export is made with. */
export interface ExportOptions {
  /** Whether the secrets of instance keys go with it. */
  readonly withKeys: boolean;
  /** Version of this program. */
  readonly program: string;
  /** UTC milliseconds. */
  readonly now: number;
  /** Takes the next part of the text; the next one comes when it has resolved. Rejects to end the export. */
  readonly write: (text: string) => Promise<void>;
}

/** What an export holds. */
export interface Exported {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** Of everything before the last line. */
  readonly sha256: string;
}

/** Writes the whole store as it is at one moment, in constant memory. Throws StoreError on a schema that is not the present one. */
export async function exportStore(upkeep: Upkeep, options: ExportOptions): Promise<Exported> {
  await requireSchema(upkeep);
  return upkeep.read(async (session) => {
    const tables = TRANSFER_TABLES.filter(({ secret }) => options.withKeys || !secret);
    const header = await headerOf(session, upkeep, tables, options);
    const out = createOut(options.write);
    await out.line(`${JSON.stringify(header)}\n`);
    for (const [index, table] of tables.entries()) {
      const { columns } = header.tables[index] as HeaderTable;
      for await (const page of session.pages(selectRows(table, columns), BLOCK.rows)) await out.rows(table.name, page);
    }
    const ended = await out.end();
    return { ...ended, rows: Object.fromEntries(header.tables.map(({ name, rows }) => [name, rows])) };
  });
}

/** Throws StoreError unless the store has the schema that this program writes. */
export async function requireSchema(upkeep: Pick<Upkeep, 'schema' | 'place'>): Promise<void> {
  const [schema, newest] = [await upkeep.schema(), MIGRATIONS.length];
  if (schema === newest) return;
  const fix = schema < newest ? 'start the hub once with this program' : 'use the program that wrote it or a newer one';
  throw new StoreError(`the schema of ${upkeep.place} is version ${schema}, this program works on ${newest}: ${fix}`);
}

/** The rows that are carried, by their key; texts compare by code point on every engine. */
export function selectRows({ name, key, only }: TransferTable, columns: readonly string[]): string {
  return `SELECT ${columns.join(', ')} FROM ${name}${only === undefined ? '' : ` WHERE ${only}`} ORDER BY ${key}`;
}

/** How many rows are carried. */
export async function countRows(session: Session, { name, only }: TransferTable): Promise<number> {
  const rows = await session.rows(`SELECT count(*) FROM ${name}${only === undefined ? '' : ` WHERE ${only}`}`);
  return Number(rows[0]?.[0]);
}

async function headerOf(
  session: Session,
  { engine, schema }: Upkeep,
  tables: readonly TransferTable[],
  { program, now }: ExportOptions,
): Promise<Header> {
  const described: HeaderTable[] = [];
  for (const table of tables) {
    const columns = (await session.columns(table.name)).filter((column) => column !== table.without);
    described.push({ name: table.name, columns, rows: await countRows(session, table) });
  }
  const created = new Date(now).toISOString();
  return {
    monitor_export: EXPORT_FORMAT,
    schema: await schema(),
    engine,
    program,
    created_at: created,
    tables: described,
  };
}

/** Makes lines into blocks, and hands on one block at a time. */
function createOut(write: (text: string) => Promise<void>) {
  const whole = newDigest();
  let [bytes, total, rows, lines] = [0, 0, 0, ''];
  const send = async (text: string) => {
    whole.update(text);
    bytes += Buffer.byteLength(text);
    await write(text);
  };
  const endBlock = async () => {
    if (rows === 0) return;
    const text = lines + blockLine(rows, lines);
    total += rows;
    [rows, lines] = [0, ''];
    await send(text);
  };
  return {
    line: send,
    rows: async (table: string, page: readonly Row[]) => {
      for (const row of page) {
        lines += rowLine(table, row);
        rows += 1;
        if (rows >= BLOCK.rows || lines.length >= BLOCK.chars) await endBlock();
      }
    },
    end: async () => {
      await endBlock();
      const sum = whole.digest('hex');
      const last = endLine(total, sum);
      bytes += Buffer.byteLength(last);
      await write(last);
      return { bytes, sha256: sum };
    },
  };
}
