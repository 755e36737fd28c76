import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The floor of each folder of `src`, the lowest first. */
export const FLOORS: Readonly<Record<string, number>> = {
  ...{ core: 0, lib: 1, checkers: 2, drivers: 2, channels: 2, protocols: 2, 'rule-kinds': 2, stores: 2, config: 3 },
  ...{ followers: 3 },
  ...{ pipeline: 4, housekeeping: 4, notify: 4, peers: 4, endpoints: 4, rules: 4, imports: 4, agent: 4 },
  ...{ web: 5, dashboard: 5, app: 6, commands: 7 },
};

/** A source file: its path below `src/` with forward slashes, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** An import of a source. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path below `src/`, null for a package or a module of Node.js. */
  readonly target: string | null;
  /** `type` leaves nothing behind in JavaScript, `lazy` is loaded when it is reached. */
  readonly kind: 'static' | 'lazy' | 'type';
  /** What stands between `import` and `from`. */
  readonly names: string;
}

/** The folder of the project. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** All TypeScript files below `src/`. */
export function readSources(): Source[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map((entry) => posix.join(entry.parentPath.replaceAll('\\', '/'), entry.name))
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({
      path: posix.relative(join(ROOT, 'src').replaceAll('\\', '/'), path),
      text: readFileSync(path, 'utf8'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The first folder of a path below `src/`, empty for a file that stands in none. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

/** The second folder of a path below `src/`, empty for a file that stands in none. */
export function roomOf(path: string): string {
  return path.split('/').slice(1, -1)[0] ?? '';
}

/** The file's name without its ending. */
export function nameOf(path: string): string {
  return posix.basename(path).replace(/\.tsx?$/, '');
}

const IMPORT = /^[ \t]*(import|export)\s+(?:([^'";]*?)\s+from\s+)?'([^']+)'/gm;
const LAZY = /\bimport\(\s*'([^']+)'\s*\)/g;

/** What a source imports, in the order of the text; `typeof import('x')` is a type. */
export function importsOf(source: Source): Import[] {
  const text = withoutComments(source.text, false);
  const target = (specifier: string) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(source.path), specifier) : null;
  const found = [...text.matchAll(IMPORT)].map(([, , names = '', specifier = '']): Import => {
    return { specifier, target: target(specifier), kind: /^type\b/.test(names) ? 'type' : 'static', names };
  });
  for (const match of text.matchAll(LAZY)) {
    const isType = /typeof\s+$/.test(text.slice(0, match.index));
    found.push({
      specifier: match[1] ?? '',
      target: target(match[1] ?? ''),
      kind: isType ? 'type' : 'lazy',
      names: '',
    });
  }
  return found;
}

/** The code alone: without comments and, unless they are asked for, without what stands in quotes. */
export function codeOf(source: Source): string {
  return withoutComments(source.text, true);
}

// A quoted text, a regular expression after what cannot end a value, or a comment. Templates stay: they hold code.
const PARTS =
  /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:[!&|?{};\n>]\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function withoutComments(text: string, alsoQuotes: boolean): string {
  return text.replace(PARTS, (part) => {
    if (part.startsWith('//') || part.startsWith('/*')) return part.replace(/[^\n]/g, '');
    return alsoQuotes && !part.startsWith('`') ? `${part[0]}${part.at(-1)}` : part;
  });
}
