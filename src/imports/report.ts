import { pathText } from '../config/notify/document.ts';
import { isObject } from '../core/reading/read.ts';

/** Keys of a place in the file that is read. */
export type Keys = readonly PropertyKey[];
/** An object of that file. */
export type Fields = Readonly<Record<string, unknown>>;

/** What an import has to say beside what it makes. */
export interface ImportReport {
  /** What could not be kept, each with its line. */
  readonly lost: readonly string[];
  /** What makes the import wrong if it went on: with one of them there is no result. */
  readonly problems: readonly string[];
  /** Environment variables to set, and what belongs into them. */
  readonly variables: ReadonlyMap<string, string>;
}

/** A configuration of ours, as plain data, and what there is to say of it. */
export interface Imported extends ImportReport {
  readonly configuration: Fields;
}

/** A report that is being written. */
export interface Reporter extends ImportReport {
  lose(keys: Keys, message: string): void;
  refuse(keys: Keys, message: string): void;
  /** Names a variable that the operator has to set. */
  variable(name: string, meaning: string): void;
  /** Loses the keys of an object that nobody knows or that have no counterpart; `known` are dealt with elsewhere. */
  rest(keys: Keys, fields: Fields, known: readonly string[]): void;
}

/** An empty one; `at` gives the line of a place. */
export function createReporter(at: (keys: readonly string[]) => string): Reporter {
  const lost: string[] = [];
  const problems: string[] = [];
  const variables = new Map<string, string>();
  const told = (keys: Keys, message: string) => `${at(keys.map(String))}: ${pathText(keys)}: ${message}`;
  const lose: Reporter['lose'] = (keys, message) => lost.push(told(keys, message));
  return {
    ...{ lost, problems, variables, lose },
    refuse: (keys, message) => problems.push(told(keys, message)),
    variable: (name, meaning) => variables.set(name, meaning),
    rest: (keys, fields, known) => {
      for (const key of Object.keys(fields)) if (!known.includes(key)) lose([...keys, key], 'has no counterpart here');
    },
  };
}

/** A value as an object; empty for anything else. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** A value as a list; empty for anything else, and of a single one that list. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** A value as text, undefined where it is none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A name as configuration takes it. */
export function nameOf(text: string): string {
  return (
    text
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 60) || 'unnamed'
  );
}

/** An object without what is undefined. */
export function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Whether a value means yes; Alertmanager reads YAML 1.1, in which these words do. */
export function isYes(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(y|yes|on|true)$/i.test(value));
}
