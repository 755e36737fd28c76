import { describe, expect, it } from '@jest/globals';
import { alertWords, searchWords } from '../../../../src/core/search/words.ts';
import fc from '../../../support/property.ts';

const ALERT = {
  ...{ id: '01a1fd96-f94d-7454-bbba-0b7460d066bd', name: '', source: 'generic', origin: '', fingerprint: 'ab12' },
  ...{ labels: {}, annotations: {} },
};

/** Whether an alert with this name is found by that search. */
function finds(search: string, name: string): boolean {
  const words = alertWords({ ...ALERT, name });
  return searchWords(search).every((wanted) => words.some((word) => word.startsWith(wanted)));
}

describe('searchWords', () => {
  it.each([
    ['nothing', '', []],
    ['signs alone', `"' OR * ( ) : ^ - \\ %_ \0`, ['or']],
    ['in lower case', 'Disk FULL', ['disk', 'full']],
    ['a word once', 'disk Disk', ['disk']],
    ['signs between words', 'team="web",host=~db-03', ['team', 'web', 'host', 'db', '03']],
    ['marks', 'Café CAFÉ Ärger', ['cafe', 'arger']],
    ['compatible letters', 'ﬁle ½ ⑴ Ⅷ', ['file', '1', '2', 'viii']],
    ['a letter that gets a mark in lower case', 'İstanbul', ['istanbul']],
    ['scripts without blanks, by their characters', '障害DB', ['障', '害', 'db']],
    ['half a character', '\ud800disk\udfff', ['disk']],
    ['only marks', '\u0301\u0308', []],
  ])('reads %s', (_, text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('compares long words by their first 64 characters', () => {
    expect(searchWords('x'.repeat(1000))).toEqual(['x'.repeat(64)]);
    expect(searchWords('𝔘'.repeat(100)).map((word) => [...word].length)).toEqual([64]);
  });
});

describe('alertWords', () => {
  it.each([
    ['disk', 'Disk full on db-03'],
    ['fu di', 'Disk full on db-03'],
    ['db-03', 'Disk full on db-03'],
    ['podcrash', 'KubePodCrashLooping'],
    ['Loop', 'KubePodCrashLooping'],
    ['kubepodcrashloop', 'KubePodCrashLooping'],
    ['server', 'HTTPServerDown'],
    ['cafe', 'CAFÉ closed'],
    ['害', '障害'],
    ['01a1fd96-f94d', 'any, by the id'],
    ['ab12', 'any, by the fingerprint'],
  ])('finds %j in %j', (search, name) => {
    expect(finds(search, name)).toBe(true);
  });

  it.each([
    ['isk', 'Disk full'],
    ['disk empty', 'Disk full'],
    ['rash', 'KubePodCrashLooping'],
  ])('does not find %j in %j', (search, name) => {
    expect(finds(search, name)).toBe(false);
  });

  it('has names and values of labels, and texts of annotations without their names', () => {
    const words = alertWords({ ...ALERT, labels: { team: 'web' }, annotations: { summary: 'too hot' } });
    expect(words).toEqual(expect.arrayContaining(['team', 'web', 'too', 'hot']));
    expect(words).not.toContain('summary');
  });

  it('keeps names and labels of an alert that says very much, and a bounded number of words', () => {
    const text = Array.from({ length: 9000 }, (_, index) => `w${index}`).join(' ');
    const words = alertWords({ ...ALERT, labels: { team: 'web' }, annotations: { summary: text } });
    expect(words).toHaveLength(2000);
    expect(words).toContain('web');
  });

  // What is told in ASCII has a way of its own; a mark sends the same text the other way, and adds no word.
  it('finds the same words in ASCII and elsewhere', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'abzABZ019 _-./\0'),
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, (name) => {
        expect(alertWords({ ...ALERT, name })).toEqual(alertWords({ ...ALERT, name: `${name} \u0301` }));
      }),
    );
  });
});
