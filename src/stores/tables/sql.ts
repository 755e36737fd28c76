import type { Cell } from './columns.ts';

/** A statement, or part of one: its text, and between its pieces the values that are sent beside it. */
class Text {
  readonly pieces: readonly string[];
  readonly values: readonly Cell[];

  constructor(pieces: readonly string[], values: readonly Cell[] = []) {
    this.pieces = pieces;
    this.values = values;
  }
}

/** A statement, or part of one. Only the functions of this file make one, and none of them takes text at run time. */
export type Sql = Text;

/**
 * `` sql`id = ${id} AND ${other}` ``: what is put in is a value, which goes beside the text and never into it, or is
 * another piece of SQL.
 */
export function sql(pieces: TemplateStringsArray, ...parts: readonly (Cell | Sql)[]): Sql {
  const texts = [pieces[0] ?? ''];
  const values: Cell[] = [];
  parts.forEach((part, index) => {
    const after = pieces[index + 1] ?? '';
    if (!(part instanceof Text)) {
      values.push(part);
      texts.push(after);
      return;
    }
    const [first = '', ...rest] = part.pieces;
    texts[texts.length - 1] += first;
    texts.push(...rest);
    values.push(...part.values);
    texts[texts.length - 1] += after;
  });
  return new Text(texts, values);
}

/** The names of columns: `id, key`, with an alias `a.id, a.key`. */
export function names(columns: readonly { readonly name: string }[], alias = ''): Sql {
  return new Text([columns.map(({ name }) => (alias === '' ? name : `${alias}.${name}`)).join(', ')]);
}

/** A condition on a value; none when there is no value to compare with. */
export function given(value: Cell | undefined, condition: (value: Cell) => Sql): Sql | undefined {
  return value === undefined ? undefined : condition(value);
}

/** Values with commas between them, for `IN (…)`; at least one. */
export function listed(values: readonly Cell[]): Sql {
  return values.map((value) => sql`${value}`).reduce((all, one) => sql`${all}, ${one}`);
}

/** `WHERE` all of these conditions hold; nothing where there is none. */
export function where(...conditions: readonly (Sql | undefined)[]): Sql {
  const asked = conditions.filter((one) => one !== undefined);
  return asked.reduce((all, one, index) => (index === 0 ? sql`WHERE ${one}` : sql`${all} AND ${one}`), sql``);
}

/** The text with its placeholders, written by their number from 1. */
export function textOf({ pieces }: Sql, placeholder: (number: number) => string): string {
  return pieces.reduce((text, piece, index) => text + placeholder(index) + piece);
}
