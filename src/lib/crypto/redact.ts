import { Secret } from './secret.ts';

const MASK = '[secret]';
// What is shorter stands in any text by chance.
const SHORTEST = 4;
const SHORTEST_PART = 8;

/** All secrets in a value of plain objects and lists. */
export function secretsIn(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}

/**
 * Masks the secrets in texts of others, such as answers that repeat what they were sent: as they are, as they stand in
 * JSON and in URLs, in base64; of an address that is a secret, also the parts of its path and its query.
 */
export function redactor(secrets: readonly Secret[]): (text: string) => string {
  const forms = secrets.map((secret) => secret.reveal()).flatMap((text) => [...formsOf(text), ...partsOf(text)]);
  const wanted = [...new Set(forms)].filter((form) => form.length >= SHORTEST).sort((a, b) => b.length - a.length);
  return (text) => wanted.reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

function formsOf(text: string): readonly string[] {
  const base64 = Buffer.from(text).toString('base64');
  return [
    text,
    encodeURIComponent(text),
    encodeURI(text),
    JSON.stringify(text).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(text).toString('base64url'),
  ];
}

function partsOf(text: string): readonly string[] {
  if (!/^\w[\w+.-]*:\/\//.test(text) || !URL.canParse(text)) return [];
  const url = new URL(text);
  const parts = [...url.pathname.split('/'), ...url.searchParams.values(), url.username, url.password];
  const whole = [url.pathname, url.pathname + url.search].filter((one) => one.length >= SHORTEST_PART);
  return [...whole, ...parts.flatMap((part) => [part, decoded(part)])].filter((part) => part.length >= SHORTEST_PART);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
