/** A value as both engines keep it. */
export type Cell = string | number | null;

/** A row: its values in the order in which they were asked for. */
export type Row = readonly Cell[];

/** A column, and what of `T` stands in it. */
export interface Column<T> {
  readonly name: string;
  readonly type: 'text' | 'bigint';
  /** Written when the row is made, and never again. */
  readonly isFixed: boolean;
  readonly write: (value: T) => Cell;
  /** Puts a cell where it belongs in what is made of the row. */
  readonly read: (fields: Fields, cell: Cell) => void;
}

/** What is being made of a row. */
export type Fields = Record<string, unknown>;

/** A table: which columns it has, and how a `T` is written to them and read from them. */
export interface Table<T> {
  readonly name: string;
  readonly columns: readonly Column<T>[];
  /** Those that change after the row was made. */
  readonly changing: readonly Column<T>[];
}

/** How a field that is no plain text or number is written and read. */
export type Codec<T> = Pick<Column<T>, 'write' | 'read'>;

type Spec<T> = readonly [type: Column<T>['type'], field: (keyof T & string) | Codec<T>, isFixed?: 'fixed'];

/** A table by its columns, in the order in which they are written and read. */
export function table<T>(name: string, specs: Readonly<Record<string, Spec<T>>>): Table<T> {
  const columns = Object.entries(specs).map(([column, [type, field, fixed]]): Column<T> => {
    const codec = typeof field === 'string' ? plain<T>(field) : field;
    return { name: column, type, isFixed: fixed === 'fixed', write: codec.write, read: codec.read };
  });
  return { name, columns, changing: columns.filter((column) => !column.isFixed) };
}

function plain<T>(field: keyof T & string): Codec<T> {
  return {
    write: (value) => value[field] as Cell,
    read: (fields, cell) => {
      fields[field] = cell;
    },
  };
}

/** The values of some columns, in their order. */
export function valuesOf<T>(columns: readonly Column<T>[], value: T): Cell[] {
  return columns.map((column) => column.write(value));
}

/** Makes what a row holds; its cells begin at `from`. */
export function readRow<T>(columns: readonly Column<T>[], row: readonly unknown[], from = 0): T {
  const fields: Fields = {};
  for (let index = 0; index < columns.length; index += 1) {
    columns[index]?.read(fields, row[from + index] as Cell);
  }
  return fields as T;
}

type Named = Pick<Column<never>, 'name'>;

/** `id, key, title`; with an alias `a.id, a.key, a.title`. */
export function listOf(columns: readonly Named[], alias?: string): string {
  return columns.map(({ name }) => (alias === undefined ? name : `${alias}.${name}`)).join(', ');
}

/** `status = u.status, severity = u.severity`: takes all of them from another row. */
export function takenFrom(alias: string, columns: readonly Named[]): string {
  return columns.map(({ name }) => `${name} = ${alias}.${name}`).join(', ');
}
