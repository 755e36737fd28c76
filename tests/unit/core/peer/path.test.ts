import { describe, expect, test } from '@jest/globals';
import {
  begunAt,
  hasHad,
  hubAddress,
  loopHeader,
  MOST_HOPS,
  namesakes,
  passedOn,
  readLoopHeader,
} from '../../../../src/core/peer/path.ts';

const A = { marker: 'mh-a', url: 'http://a:8080' };
const B = { marker: 'mh-b', url: 'http://b:8080/' };

test.each([
  ['HTTP://Hub.Example.com:80/', 'http://hub.example.com'],
  ['https://hub.example.com:443/api/', 'https://hub.example.com/api'],
  ['http://hub.example.com:8080', 'http://hub.example.com:8080'],
  [' http://hub/API ', 'http://hub/API'],
  ['mh-0011', 'mh-0011'],
])('%s is compared as %s', (written, compared) => {
  expect(hubAddress(written)).toBe(compared);
});

describe('the loop header', () => {
  test('is read by whole entries, so that one name inside another is none', () => {
    const via = { key: 'k', path: [], urls: readLoopHeader('http://a:80801, http://c/,http://A:808') };
    expect(via.urls).toEqual(['http://a:80801', 'http://c', 'http://a:808']);
    expect(hasHad(via, A)).toBe(false);
    expect(hasHad({ ...via, urls: readLoopHeader('http://c,HTTP://A:8080/') }, A)).toBe(true);
  });

  test('is passed on with this hub behind the others, each once, and never longer than anything may travel', () => {
    expect(loopHeader(['http://c', 'http://a:8080/'], A.url)).toBe('http://c,http://a:8080');
    const many = Array.from({ length: 40 }, (_, at) => `http://h${at}`);
    expect(loopHeader(many, A.url).split(',')).toHaveLength(MOST_HOPS);
    expect(loopHeader(many, A.url)).toMatch(/,http:\/\/a:8080$/);
    expect(readLoopHeader(many.join(','))).toHaveLength(MOST_HOPS);
    expect(readLoopHeader(undefined)).toEqual([]);
  });
});

test('what has passed a hub is known by the number of its store, whatever the hub is called', () => {
  const via = passedOn(begunAt(A, '1'), B);
  expect(via?.path).toEqual(['mh-a http://a:8080', 'mh-b http://b:8080']);
  expect(hasHad(via as NonNullable<typeof via>, { ...A, url: 'http://renamed' })).toBe(true);
  expect(hasHad(via as NonNullable<typeof via>, { marker: 'mh-c', url: 'http://c' })).toBe(false);
});

test('a hub that bears the address of another is found, and what it tells is not taken for what came round', () => {
  const via = begunAt({ marker: 'mh-x', url: 'http://a:8080/' }, '1');
  expect(namesakes(via, A)).toEqual(['mh-x']);
  expect(hasHad(via, A)).toBe(false);
  expect(namesakes(begunAt(A, '1'), A)).toEqual([]);
});

test('nothing goes further than so many hubs', () => {
  let via: ReturnType<typeof passedOn> = begunAt({ marker: 'mh-0', url: 'http://h0' }, '1');
  let hops = 1;
  for (; via !== null; hops += 1) via = passedOn(via, { marker: `mh-${hops}`, url: `http://h${hops}` });
  expect(hops).toBe(MOST_HOPS + 1);
});
