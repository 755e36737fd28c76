import { describe, expect, test } from '@jest/globals';
import { severityOfWord, statusOfWord } from '../../../../src/core/reading/words.ts';

describe('severity', () => {
  test.each([
    ['critical', ['critical', 'error', 'high', 'major', 'p1', 'p2', 'disaster', 'emergency', 'fatal', 'page', 'crit']],
    ['warning', ['warning', 'warn', 'minor', 'medium', 'average', 'p3']],
    ['info', ['info', 'information', 'informational', 'notice', 'low', 'none', 'ok', 'normal', 'debug', 'p4', 'p5']],
  ])('%s', (meaning, words) => {
    for (const word of words) {
      expect([word, severityOfWord(word)]).toEqual([word, meaning]);
      expect(severityOfWord(` ${word.toUpperCase()}\n`)).toBe(meaning);
    }
  });
});

describe('status', () => {
  test.each([
    ['firing', ['firing', 'alerting', 'problem', 'triggered', 'active', 'open', 'down', '1']],
    ['resolved', ['resolved', 'ok', 'recovered', 'closed', 'inactive', 'normal', 'up', 'cleared', '0']],
  ])('%s', (meaning, words) => {
    for (const word of words) {
      expect([word, statusOfWord(word)]).toEqual([word, meaning]);
      expect(statusOfWord(` ${word.toUpperCase()}\n`)).toBe(meaning);
    }
  });
});

test.each(['', ' ', 'firingg', 'constructor', '__proto__', 'toString', 'criti cal', '\0'])(
  '%j is in neither table',
  (word) => {
    expect([severityOfWord(word), statusOfWord(word)]).toEqual([undefined, undefined]);
  },
);
