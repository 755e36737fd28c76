import { isObject } from '../core/reading/read.ts';
import type { ConfigFile } from './file.ts';

type Keys = readonly string[];

/** A piece of a value with the file it stands in, and its keys there. */
interface Piece {
  readonly file: ConfigFile;
  readonly keys: Keys;
  readonly value: unknown;
}

/**
 * One configuration of a file and its fragments (`conf.d/*.yaml`, in the order of their names): maps are joined by their
 * keys, lists one behind the other. A value that two of them set is a problem, not a question of order: who reads one of
 * the two files would never learn that it does not count.
 */
export function joinFragments(path: string, files: readonly ConfigFile[], problems: string[]): ConfigFile {
  const [only] = files;
  if (only !== undefined && files.length === 1) return only;
  const whole = files.map((file): Piece => ({ file, keys: [], value: file.values }));
  return {
    path,
    files: files.map((file) => file.path),
    values: join(whole, problems) as Record<string, unknown>,
    at: (keys) => placeOf(whole, keys) ?? path,
  };
}

function join(pieces: readonly Piece[], problems: string[]): unknown {
  const written = pieces.filter(({ value }) => value !== null && value !== undefined);
  const [first, ...others] = written;
  if (first === undefined) return null;
  if (others.length === 0) return first.value;
  if (written.every(({ value }) => Array.isArray(value))) return written.flatMap(({ value }) => value as unknown[]);
  if (written.every(({ value }) => isObject(value))) {
    const names = new Set(written.flatMap(({ value }) => Object.keys(value as object)));
    // No prototype: a key may have any name.
    const joined = [...names].map((name) => [name, join(within(written, name), problems)]);
    return Object.fromEntries(joined);
  }
  const [second] = others;
  const place = (piece: Piece | undefined) => piece?.file.at(piece.keys) ?? '';
  problems.push(`${place(second)}: ${first.keys.join('.')}: is set in ${place(first)}, too; remove one of them`);
  return first.value;
}

function within(pieces: readonly Piece[], name: string): Piece[] {
  return pieces.flatMap(({ file, keys, value }) =>
    isObject(value) && Object.hasOwn(value, name) ? [{ file, keys: [...keys, name], value: value[name] }] : [],
  );
}

/** `<path>:<line>` of a key, or of an item of a joined list, or of the nearest one above it that stands anywhere. */
function placeOf(pieces: readonly Piece[], [key, ...rest]: Keys): string | undefined {
  const [first] = pieces;
  if (key === undefined) return first?.file.at(first.keys);
  const inner = pieces.some(({ value }) => Array.isArray(value)) ? itemOf(pieces, Number(key)) : within(pieces, key);
  if (inner.length > 0) return placeOf(inner, rest);
  return first === undefined || first.keys.length === 0 ? undefined : first.file.at(first.keys);
}

function itemOf(pieces: readonly Piece[], index: number): Piece[] {
  let rest = index;
  for (const { file, keys, value } of pieces) {
    if (!Array.isArray(value)) continue;
    if (rest < value.length) return [{ file, keys: [...keys, String(rest)], value: value[rest] }];
    rest -= value.length;
  }
  return [];
}
