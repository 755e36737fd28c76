import type { AlertContent } from '../contract/ingest.ts';

/** What two contents that are the same have in common, and two others practically never: a whole number below 2^53. */
export type ContentDigest = number;

/** Two sums of 32 bits, each of its own kind (FNV-1a, and the same with another prime). */
interface Sums {
  a: number;
  b: number;
}

const FNV_PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b;
// The low 21 bits of one sum above the 32 of the other.
const HIGH = 0x1_0000_0000;
const HIGH_BITS = 0x1f_ffff;

/**
 * Tells whether a repeat says the same as what is stored without making its text: half the time of `JSON.stringify`, and the
 * row's text need not be bound. No cryptographic hash: who finds two contents of one digest hides a change of its own alert
 * until the next one, and of nobody else's.
 */
export function contentDigest({ labels, annotations, metrics }: AlertContent): ContentDigest {
  const sums = { a: 0x811c9dc5, b: 0x2c1b3c6d };
  addFields(sums, labels);
  addFields(sums, annotations);
  addFields(sums, metrics);
  return ((sums.a & HIGH_BITS) >>> 0) * HIGH + (sums.b >>> 0);
}

function addFields(sums: Sums, fields: Readonly<Record<string, unknown>>): void {
  for (const key in fields) {
    const value = fields[key];
    addText(sums, key);
    // What is no text is told from the text of the same letters by what stands before it.
    if (typeof value === 'string') addText(sums, value);
    else addText(sums, `\0${JSON.stringify(value)}`);
  }
  addNumber(sums, -1);
}

function addText(sums: Sums, text: string): void {
  let { a, b } = sums;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, FNV_PRIME);
    b = Math.imul(b ^ code, OTHER_PRIME);
  }
  sums.a = a;
  sums.b = b;
  addNumber(sums, text.length);
}

/** Mixed in so that the upper bits reach the lower ones, which a product alone never moves down. */
function addNumber(sums: Sums, number: number): void {
  sums.a = Math.imul(sums.a ^ (sums.a >>> 15) ^ number, FNV_PRIME);
  sums.b = Math.imul(sums.b ^ (sums.b >>> 13) ^ number, OTHER_PRIME);
}
