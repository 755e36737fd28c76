import { expect, test } from '@jest/globals';
import { oneLine } from '../../../src/core/one-line.ts';

test.each([
  ['', ''],
  [' a\r\n\tb ', 'a b'],
  ['abcdefgh', 'abcdefgh'],
  ['abcdefghi', 'abcdefg…'],
  [`${' '.repeat(1000)}x`, 'x'],
  [`a${' '.repeat(1000)}x`, 'a'],
  ['abcdef😀😀', 'abcdef…'],
  // Half of a pair where the text is cut before its blanks are.
  [`a${' '.repeat(30)}😀`, 'a'],
])('%j on a line of 8 characters is %j', (text, line) => {
  expect(oneLine(text, 8)).toBe(line);
});
