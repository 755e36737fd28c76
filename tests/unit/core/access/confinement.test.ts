import { describe, expect, test } from '@jest/globals';
import {
  confinementText,
  ensuresConfinement,
  isWithin,
  parseConfinement,
} from '../../../../src/core/access/confinement.ts';
import { MatchersError, parseMatchers } from '../../../../src/core/policy/matchers.ts';

describe('what somebody is confined to', () => {
  test.each([
    ['team="web"', 'team="web"'],
    ['team=~"web|shop|web", env!=prod', 'team=~"web|shop",env!="prod"'],
    ['env!~"prod|test"', 'env!~"prod|test"'],
    ['"a b"="say \\"x\\" \\\\ y"', '"a b"="say \\"x\\" \\\\ y"'],
    ['', ''],
  ])('%s is read, and written as %s', (text, written) => {
    expect(confinementText(parseConfinement(text))).toBe(written);
    expect(parseConfinement(confinementText(parseConfinement(text)))).toEqual(parseConfinement(text));
  });

  test.each(['team=~"we.*"', 'team=~"[a-z]"', 'team', 'a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1'])(
    '%s is refused',
    (text) => {
      expect(() => parseConfinement(text)).toThrow(MatchersError);
    },
  );
});

describe('whether labels are within it', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['team="web"', { team: 'web' }, true],
    ['team="web"', { team: 'db' }, false],
    ['team="web"', {}, false],
    ['team=""', {}, true],
    ['team!="web"', {}, true],
    ['team!="web"', { team: 'web' }, false],
    ['team=~"web|shop"', { team: 'shop' }, true],
    ['team=~"web|shop"', { team: 'webshop' }, false],
    ['team!~"web|shop"', { team: 'shop' }, false],
    ['team="web",env="prod"', { team: 'web', env: 'test' }, false],
    ['toString="x"', {}, false],
    ['', { team: 'db' }, true],
  ])('%s of %j: %s', (text, labels, is) => {
    expect(isWithin(labels, parseConfinement(text))).toBe(is);
  });
});

describe('whether matchers keep to it', () => {
  test.each([
    ['team="web"', 'team="web"', true],
    ['team="web", host=~"a.*"', 'team="web"', true],
    ['host="a"', 'team="web"', false],
    ['team=~"web|db"', 'team="web"', false],
    ['team=~"web|shop"', 'team=~"shop|web|x"', true],
    ['team=~"we.*"', 'team="web"', false],
    ['team=~".*"', 'team="web"', false],
    ['team!="db"', 'team="web"', false],
    ['team!="prod"', 'team!="prod"', true],
    ['team="web"', 'team!="prod"', true],
    ['team="prod"', 'team!="prod"', false],
    ['team!~"prod|test"', 'team!="prod"', true],
    ['team!="test"', 'team!~"prod|test"', false],
    ['team=~"web|"', 'team="web"', false],
    ['team="web"', 'team="web",env="prod"', false],
    ['host="a"', '', true],
  ])('%s within %s: %s', (matchers, confinement, is) => {
    expect(ensuresConfinement(parseMatchers(matchers), parseConfinement(confinement))).toBe(is);
  });
});
