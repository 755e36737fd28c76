import type { CommandNode } from '../command-tree.ts';

/** One word that a shell may offer, with what it is for. */
export interface Offer {
  readonly word: string;
  readonly summary: string;
}

/** What may follow where the words of a command stand. */
export interface Place {
  /** The words so far without `monitor`: empty, `alerts`, `alerts list`. */
  readonly path: string;
  readonly commands: readonly Offer[];
  readonly options: readonly Offer[];
  /** Options behind which the name of a file or folder stands. */
  readonly files: readonly string[];
  /** Options behind which something else stands, of which a shell knows nothing. */
  readonly values: readonly string[];
}

const FILES = /<(file|folder)>/;

/** Every place of the command line, the outermost first. */
export function placesOf(commands: readonly CommandNode[]): readonly Place[] {
  const root = { name: '', summary: '', arguments: [], options: [], more: '', commands };
  return placesBelow(root, []);
}

function placesBelow(node: CommandNode, path: readonly string[]): Place[] {
  const taking = node.options.filter(({ required, optional }) => required || optional);
  const words = (options: CommandNode['options']) =>
    options.flatMap(({ short, long }) => [short, long].filter((one) => one !== undefined));
  const own: Place = {
    path: path.join(' '),
    commands: node.commands.map(({ name, summary }) => ({ word: name, summary })),
    options: node.options.flatMap(({ long, description }) =>
      long === undefined ? [] : [{ word: long, summary: description }],
    ),
    files: words(taking.filter(({ flags }) => FILES.test(flags))),
    values: words(taking.filter(({ flags }) => !FILES.test(flags))),
  };
  return [own, ...node.commands.flatMap((inner) => placesBelow(inner, [...path, inner.name]))];
}

/** The steps from one place to the next, as a shell compares them: `<path> <word>`. */
export function stepsOf(places: readonly Place[]): readonly string[] {
  return places.flatMap(({ path, commands }) => commands.map(({ word }) => `${path} ${word}`));
}
