import * as z from 'zod';
import { nearest } from '../core/nearest.ts';
import { issueText } from '../lib/issue-text.ts';

/** Says what is wrong with the value at a path. */
export type Tell = (keys: readonly PropertyKey[], message: string) => void;

/** What is said of a key that a schema does not know; `known` are those that may stand there. */
export type ExplainKey = (key: string, known: readonly string[]) => string;

// What zod says of a union that has no message of its own.
const UNSAID = 'Invalid input';

/** Tells an issue of a schema, each unknown key by itself and of a choice what came nearest; `above` stands before its path. */
export function tellIssue(
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
  tell: Tell,
  explain: ExplainKey = unknownKey,
): void {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.message === UNSAID) {
    const inner = issue.errors.find((branch) =>
      branch.some((one) => one.path.length > 0 || one.code === 'unrecognized_keys'),
    );
    if (inner === undefined) tell(path, issueText(issue));
    else {
      for (const one of inner) {
        const whole = { ...one, path: [...issue.path, ...one.path] } as z.core.$ZodIssue;
        tellIssue(schema, whole, above, tell, explain);
      }
    }
    return;
  }
  if (issue.code !== 'unrecognized_keys') {
    tell(path, issueText(issue));
    return;
  }
  const known = keysAt(schema, issue.path);
  for (const key of issue.keys) tell([...path, key], explain(key, known));
}

/** What is said of an unknown key: the one that was most likely meant, else all. */
export function unknownKey(key: string, known: readonly string[]): string {
  const word = nearest(key, known);
  return `unknown setting; ${word === null ? `there are ${known.join(', ')}` : `did you mean ${word}?`}`;
}

/** The keys that an object in a schema has, found by the path to it. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return keysAt(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodUnion)
    return schema.options.map((one) => keysAt(one, path)).find((keys) => keys.length > 0) ?? [];
  const [key, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    return key === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[String(key)], rest);
  }
  if (key !== undefined && schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (key !== undefined && schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  return [];
}
