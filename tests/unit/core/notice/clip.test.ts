import { describe, expect, test } from '@jest/globals';
import { clip, clipLine, codePoints, utf8Bytes, utf16Units, wellFormed } from '../../../../src/core/notice/clip.ts';
import { composeText, fitted, HTML, MARKDOWN, MRKDWN, PLAIN, textOr } from '../../../../src/core/notice/compose.ts';
import { wordingOf } from '../../../../src/core/notice/wording.ts';
import { sampleAlert, sampleMessage } from '../../../support/notice.ts';
import fc from '../../../support/property.ts';

const MEASURES = { codePoints, utf16Units, utf8Bytes };
const text = () =>
  fc.string({ unit: fc.constantFrom('a', 'é', '…', '😀', '\ud83d', '&', '<', '\n', '*'), maxLength: 60 });

describe.each(Object.entries(MEASURES))('%s', (_, measure) => {
  test('a text at its limit is left as it is, one unit over is cut', () => {
    for (const unit of ['a', 'é', '😀']) {
      const whole = unit.repeat(100);
      const size = measure(whole);
      expect(clip(whole, size, measure)).toBe(whole);
      const cut = clip(whole, size - 1, measure);
      expect(cut.endsWith('…')).toBe(true);
      expect(measure(cut)).toBeLessThanOrEqual(size - 1);
      expect(measure(cut)).toBeGreaterThan(size - 1 - 4 - measure('…'));
    }
  });

  test('is never passed, and no half of a character is left', () => {
    fc.assert(
      fc.property(text(), fc.nat(80), (given, most) => {
        for (const cut of [clip(given, most, measure), clipLine(given, most, measure)]) {
          expect(measure(cut)).toBeLessThanOrEqual(most);
          expect(cut.isWellFormed()).toBe(true);
        }
        expect(clipLine(given, most, measure)).not.toMatch(/[\r\n]/);
      }),
    );
  });
});

test('bytes are those of UTF-8', () => {
  fc.assert(
    fc.property(text(), (given) =>
      expect(utf8Bytes(given.toWellFormed())).toBe(Buffer.byteLength(given.toWellFormed())),
    ),
  );
});

test('what is not whole becomes whole, names too', () => {
  expect(wellFormed({ 'a\ud83d': ['\udc00x', null, 1, true] })).toEqual({ 'a\ufffd': ['\ufffdx', null, 1, true] });
});

describe.each(Object.entries({ PLAIN, HTML, MRKDWN, MARKDOWN }))('a text in %s', (name, style) => {
  const many = (count: number, word: string) =>
    wordingOf(
      sampleMessage({
        alerts: Array.from({ length: count }, (_, index) => sampleAlert({ name: `${word}${index}` })),
        more: 3,
        remarks: [word],
      }),
    );

  test('keeps every limit, with whole tags, and counts exactly what it leaves out', () => {
    for (const measure of Object.values(MEASURES)) {
      for (const word of ['disk', '😀<&>*']) {
        const wording = many(30, word);
        for (let most = 0; most < 3000; most += 37) {
          const made = composeText(wording, style, { most, measure });
          expect(measure(made)).toBeLessThanOrEqual(most);
          expect(made.isWellFormed()).toBe(true);
          if (name === 'HTML')
            expect(made.replace(/<(b|a)[^<>]*>[^<>]*<\/\1>/g, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/);
          const shown = made.split('\n').filter((line) => line.startsWith('- ')).length;
          const rest = /^and (\d+) more$/m.exec(made)?.[1];
          if (rest !== undefined) expect(shown + Number(rest)).toBe(33);
          else expect(shown).toBe(0);
        }
      }
    }
  });

  test('at the size that it needs nothing is left out, one unit below something is', () => {
    const wording = wordingOf(sampleMessage());
    const whole = composeText(wording, style, { most: 100_000, measure: codePoints });
    const size = codePoints(whole);
    expect(composeText(wording, style, { most: size, measure: codePoints })).toBe(whole);
    expect(composeText(wording, style, { most: size - 1, measure: codePoints })).not.toBe(whole);
  });
});

test('a template that is longer than the limit, or empty, gives way to the built-in text, which says so', () => {
  const wording = wordingOf(sampleMessage());
  const limit = { most: 600, measure: codePoints };
  expect(textOr('mine', wording, PLAIN, limit)).toBe('mine');
  expect(textOr('x'.repeat(600), wording, PLAIN, limit)).toBe('x'.repeat(600));
  expect(textOr('x'.repeat(601), wording, PLAIN, limit)).toMatch(/^CRITICAL: [\s\S]*template is longer than 600/);
  expect(textOr(' \n', wording, PLAIN, limit)).toMatch(/template is empty/);
});

test('a text that does not fit at all is left out rather than cut to nothing', () => {
  expect(fitted('abcdefghijkl', PLAIN.escape, 4, codePoints)).toBeNull();
  expect(fitted('abc', PLAIN.escape, 3, codePoints)).toBe('abc');
});

test.each([
  [HTML, '<script>&"\'', '&lt;script&gt;&amp;&quot;&#39;'],
  [MRKDWN, '<!channel> & co', '&lt;!channel&gt; &amp; co'],
  [MARKDOWN, '@here [x](y) *b* `c`', '@\u200bhere \\[x\\](y) \\*b\\* \\`c\\`'],
  [MARKDOWN, '# no title', '\\# no title'],
])('markup of others is only text: %#', (style, given, shown) => expect(style.escape(given)).toBe(shown));

test('links are http or https and nothing else', () => {
  const message = sampleMessage({
    runbook: 'javascript:alert(1)',
    links: {
      incident: 'https://h/x" onclick="y',
      acknowledge: 'data:text/html,x',
      silence: 'https://hub.example.com/s',
    },
  });
  expect(wordingOf(message).links).toEqual([{ label: 'Silence', url: 'https://hub.example.com/s' }]);
});
