import { expect, test } from '@jest/globals';
import { createEventParser } from '../../../src/lib/http/event-stream.ts';

const TEXT =
  ': hello\nretry: 3000\n\nid: 7\ndata: {"a":1}\n\nevent: reset\ndata: one\ndata:two\n\r\ndata\r\n\r\nid: 8\n\ndata: x\r\r';
const EVENTS = [
  { id: '7', event: 'message', data: '{"a":1}' },
  { id: '7', event: 'reset', data: 'one\ntwo' },
  { id: '7', event: 'message', data: '' },
  { id: '8', event: 'message', data: 'x' },
];

test('events are the same wherever the pieces of the stream end', () => {
  for (let size = 1; size <= TEXT.length; size += 1) {
    const parse = createEventParser();
    const found = [];
    for (let at = 0; at < TEXT.length; at += size) found.push(...parse(TEXT.slice(at, at + size)));
    // The last line break might have been the first half of one.
    found.push(...parse('\n'));
    expect([size, found]).toEqual([size, EVENTS]);
  }
});

test('a line without an end is refused before it fills the memory', () => {
  const parse = createEventParser();
  expect(() => {
    for (let count = 0; count < 20; count += 1) parse('x'.repeat(1024 * 1024));
  }).toThrow('without an end');
});
