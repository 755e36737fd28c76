import { type NotifyDocument, pathText, placeOf, problemAt } from '../../config/notify/document.ts';
import { nearest } from '../../core/nearest.ts';
import type { CompileRegex } from '../../core/policy/matchers.ts';
import { compileMatchers, parseMatchers } from '../../core/policy/matchers.ts';
import type { MatcherSpec } from '../../core/policy/silence.ts';
import { createZone, type Zone, ZoneError } from '../../core/time/zone.ts';
import { anchoredRegex } from '../../lib/regex.ts';

/** Keys of a place below `notify`. */
export type Keys = readonly PropertyKey[];

/** Matchers that were read, and what they hold of. */
export interface CompiledMatchers {
  readonly specs: readonly MatcherSpec[];
  readonly matches: ReturnType<typeof compileMatchers>;
}

/** What all parts of the compilation share: the way to the lines, and the list of what is wrong. */
export interface Compiler {
  readonly document: NotifyDocument;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  tell(keys: Keys, message: string): void;
  warn(keys: Keys, message: string): void;
  /** `notify.routes[0] (monitor.yaml:12)`, and behind it a name where there is one. */
  placeAt(keys: Keys, name?: string | undefined): string;
  /** Where the key stands, where it is written at all; undefined where it is not. */
  lineOf(keys: Keys): string | undefined;
  /** Reads texts one by one, each told with its own place when it cannot be read. */
  each<T>(keys: Keys, texts: readonly string[] | undefined, read: (text: string) => T): readonly T[];
  matchers(keys: Keys, texts: readonly string[] | undefined): CompiledMatchers;
  /** The names that are known; each of the others is told, with the one that was most likely meant. */
  names(keys: Keys, what: string, given: readonly string[], known: readonly string[]): readonly string[];
  /** That zone, or that of the whole of `notify`, which is UTC unless it is set. */
  zone(keys: Keys, name: string | undefined): Zone;
}

/** A compiler of this document, to which nothing was told yet. */
export function createCompiler(document: NotifyDocument): Compiler {
  const { places, sections } = document;
  const problems: string[] = [];
  const warnings: string[] = [];
  const tell: Compiler['tell'] = (keys, message) => problems.push(problemAt(places, keys, message));
  const each: Compiler['each'] = (keys, texts = [], read) =>
    texts.flatMap((text, index) => {
      try {
        return [read(text)];
      } catch (error) {
        const isList = places[pathText([...keys, index])] !== undefined;
        tell(isList ? [...keys, index] : keys, (error as Error).message);
        return [];
      }
    });
  const zones = new Map<string, Zone>();
  const zoneOf = (keys: Keys, name: string): Zone => {
    try {
      const zone = zones.get(name) ?? createZone(name);
      zones.set(name, zone);
      return zone;
    } catch (error) {
      if (!(error instanceof ZoneError)) throw error;
      tell(keys, error.message);
      return createZone('UTC');
    }
  };
  let isZoneTold = false;
  return {
    ...{ document, problems, warnings, tell, each },
    warn: (keys, message) => warnings.push(problemAt(places, keys, message)),
    placeAt: (keys, name) => {
      const line = placeOf(places, keys);
      const title = name === undefined ? '' : ` "${name}"`;
      return `notify.${pathText(keys)}${title}${line === '' ? '' : ` (${line})`}`;
    },
    lineOf: (keys) => {
      const line = places[pathText(keys)];
      return line === undefined ? undefined : `notify.${pathText(keys)} (${line})`;
    },
    matchers: (keys, texts) => {
      const read = each(keys, texts, (text) => {
        const specs = parseMatchers(text);
        return { specs, matches: compileMatchers(specs, compileRegex) };
      });
      return {
        specs: read.flatMap(({ specs }) => specs),
        matches: (labels) => read.every(({ matches }) => matches(labels)),
      };
    },
    names: (keys, what, given, known) => {
      const missing = new Set(given.filter((name) => !known.includes(name)));
      return each(keys, given, (name) => {
        if (missing.has(name)) throw new Error(unknownName(what, name, known));
        return name;
      });
    },
    zone: (keys, name) => {
      if (name !== undefined) return zoneOf(keys, name);
      const fallback = sections.zone ?? 'UTC';
      if (isZoneTold) return zones.get(fallback) ?? createZone('UTC');
      isZoneTold = true;
      return zoneOf(['zone'], fallback);
    },
  };
}

const compileRegex: CompileRegex = (pattern) => anchoredRegex(pattern);

/** "there is no interval "nigths"; did you mean nights?" */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const word = nearest(name, known);
  const all = known.length === 0 ? 'none is configured' : `there are ${known.slice(0, 20).join(', ')}`;
  return `there is no ${what} "${name}"; ${word === null ? all : `did you mean ${word}?`}`;
}
