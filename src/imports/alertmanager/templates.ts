import { type Keys, type Reporter, textOf } from '../report.ts';

// What Liquid here knows by another name; the rest of Go's templates has no counterpart.
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/^\.(?:CommonLabels)\.(\w+)$/, 'labels.$1'],
  [/^\.(?:GroupLabels)\.(\w+)$/, 'labels.$1'],
  [/^\.(?:CommonAnnotations)\.(\w+)$/, 'annotations.$1'],
  [/^\.Status$/, 'status'],
  [/^\.Status \| toUpper$/, 'status | upcase'],
  [/^\.ExternalURL$/, 'hub.url'],
];

/** A template of Go in Liquid: plain fields only; undefined for the default ones, and for what is lost, which is told. */
export function templateOf(value: unknown, keys: Keys, reporter: Reporter): string | undefined {
  const text = textOf(value);
  if (text === undefined || /^\s*\{\{-?\s*template\s+"[\w.]*default[\w.]*"\s*\.\s*-?\}\}\s*$/.test(text))
    return undefined;
  let isWhole = true;
  const made = text.replaceAll(/\{\{-?\s*(.*?)\s*-?\}\}/gs, (whole, inner: string) => {
    const found = FIELDS.find(([form]) => form.test(inner));
    if (found === undefined) isWhole = false;
    return found === undefined ? whole : `{{ ${inner.replace(...found)} }}`;
  });
  if (isWhole) return made;
  reporter.lose(keys, `a template of Go, to be written anew in Liquid: ${JSON.stringify(text.slice(0, 300))}`);
  return undefined;
}
