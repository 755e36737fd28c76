import { expect, test } from '@jest/globals';
import { partsOf, type TextPart } from '../../../src/web/text.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* texts;
}

async function all(texts: readonly string[]): Promise<TextPart[]> {
  const parts = await partsOf(pieces(...texts));
  const found: TextPart[] = [];
  for (let part = await parts?.next(); part?.value !== undefined; part = await parts?.next()) found.push(part.value);
  return found;
}

test('pieces become parts of a bounded size, the last one named so', async () => {
  const piece = 'ä'.repeat(40_000);
  const parts = await all([piece, piece, piece, 'end']);
  expect(parts.map(({ last }) => last)).toEqual([false, true]);
  expect(parts.map(({ bytes }) => Buffer.from(bytes).toString()).join('')).toBe(`${piece}${piece}${piece}end`);
});

test('a short text is one part, and no text is none', async () => {
  expect(await all(['[', ']'])).toMatchObject([{ last: true }]);
  expect(await partsOf(pieces())).toBeUndefined();
});

test('who reads no further ends what makes the text', async () => {
  let ended = false;
  const endless = async function* (): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) yield 'x'.repeat(70_000);
    } finally {
      ended = true;
    }
  };
  const parts = await partsOf(endless());
  await parts?.next();
  await parts?.return?.();
  expect(ended).toBe(true);
});
