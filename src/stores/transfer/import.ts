import type { Hash } from 'node:crypto';
import { MIGRATIONS } from '../migrations/index.ts';
import type { Session, Upkeep, WriteSession } from '../upkeep/contract.ts';
import { blocksOf, linesOf } from './blocks.ts';
import { countRows, requireSchema, selectRows } from './export.ts';
import { BLOCK, type Header, type HeaderTable, newDigest, readHeader, rowLine, TransferError } from './format.ts';
import { TRANSFER_TABLES, type TransferTable } from './tables.ts';

/** What an import came to. */
export interface Imported {
  /** Rows of the export by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Rows that were not there before; 0 when the same export had been imported already. */
  readonly added: number;
  /** Where the export came from. */
  readonly from: Pick<Header, 'engine' | 'program' | 'schema' | 'created_at'>;
}

/** A table of the export, and what its rows came to so far. */
interface Incoming {
  readonly table: TransferTable;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly digest: Hash;
}

/**
 * Reads an export into a store, all of it or nothing: one transaction, in constant memory. Afterwards the store holds
 * exactly the rows of the export, which is checked row by row before it is kept; so a second time changes nothing, and
 * a store with rows of its own refuses. Throws TransferError, InUseError, StoreError; then nothing was imported.
 * `open` opens the store once it is known that there is an export of a version that is understood.
 */
export async function importStore(
  open: () => Promise<Upkeep>,
  pieces: AsyncIterable<Buffer>,
): Promise<Imported & { readonly place: string }> {
  const lines = linesOf(pieces);
  const first = await lines.next();
  if (first.done) throw new TransferError('the export is empty');
  const header = readHeader(first.value, MIGRATIONS.length);
  const upkeep = await open();
  try {
    await requireSchema(upkeep);
    const [rows, added] = await upkeep.write(async (session) => {
      const incoming = await match(session, header);
      const count = await insertAll(session, incoming, blocksOf(first.value, header, lines));
      for (const one of incoming.values()) await compare(session, one);
      for (const { table } of incoming.values()) if (table.numbered) await session.numberAfter(table.name, table.key);
      return [Object.fromEntries([...incoming.values()].map((one) => [one.table.name, one.rows])), count];
    });
    const { engine, program, schema, created_at } = header;
    return { rows, added, from: { engine, program, schema, created_at }, place: upkeep.place };
  } finally {
    await upkeep.close();
  }
}

/** The tables of the export, by their names there, as this store knows them; refuses at once a store that holds more than the export. */
async function match(session: Session, header: Header): Promise<ReadonlyMap<string, Incoming>> {
  const incoming = new Map<string, Incoming>();
  for (const { name, columns, rows } of header.tables) {
    const table = TRANSFER_TABLES.find((one) => one.name === name || one.formerly === name);
    const known = new Set(table === undefined ? [] : await session.columns(table.name));
    const strange = columns.find((column) => !known.has(column));
    if (table === undefined || strange !== undefined) {
      const what = table === undefined ? `table ${name}` : `column ${name}.${strange}`;
      throw new TransferError(
        `the export has a ${what}, which this store does not have: use the program that wrote it`,
      );
    }
    const present = await countRows(session, table);
    if (present > rows && !table.restless) throw ofItsOwn(table.name, present, rows);
    incoming.set(name, { table, columns, rows, digest: newDigest() });
  }
  return incoming;
}

async function insertAll(
  session: WriteSession,
  incoming: ReadonlyMap<string, Incoming>,
  blocks: ReturnType<typeof blocksOf>,
): Promise<number> {
  let added = 0;
  for await (const block of blocks) {
    for (const { table, rows } of block) {
      const { columns, digest, table: known } = incoming.get(table) as Incoming;
      for (const row of rows) digest.update(rowLine(known.name, row));
      const count = await session.insert(known.name, columns, rows);
      if (!known.restless) added += count;
    }
  }
  return added;
}

/** Whether the store now holds the rows of the export, each as it was, and no others. */
async function compare(session: Session, { table, columns, rows, digest }: Incoming): Promise<void> {
  if (table.restless) return;
  const present = await countRows(session, table);
  if (present !== rows) throw ofItsOwn(table.name, present, rows);
  const found = newDigest();
  for await (const page of session.pages(selectRows(table, columns), BLOCK.rows)) {
    for (const row of page) found.update(rowLine(table.name, row));
  }
  if (found.digest('hex') === digest.digest('hex')) return;
  throw new TransferError(
    `the store holds ${table.name} that differ from the export: it has changed since, or it is another store; ` +
      'import into an empty store',
  );
}

function ofItsOwn(table: HeaderTable['name'], present: number, rows: number): TransferError {
  return new TransferError(
    `the store has rows of its own: ${present} in ${table}, where the export has ${rows}; import into an empty store`,
  );
}
