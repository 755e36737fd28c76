import { expect, test } from '@jest/globals';
import { firstPiece } from '../../../../src/web/paced/piece.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

test.each([
  ['nothing', '', ''],
  ['a part of a head', 'GET / HTTP/1.1\r\nHost: a\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['a head', GET, GET],
  ['a head and a part of the next', `${GET}GET`, GET],
  ['many heads', GET.repeat(100), GET],
  ['heads that end without carriage returns', 'GET / HTTP/1.1\nHost: a\n\nGET', 'GET / HTTP/1.1\nHost: a\n\n'],
  ['heads of both kinds, the longer first', `${GET}GET /\n\n`, GET],
  ['heads of both kinds, the shorter first', `GET /\n\n${GET}`, 'GET /\n\n'],
  ['the end of a body, and the next head', `{}${GET}${GET}`, `{}${GET}`],
  ['a body without an empty line', '{"a":\n1}', '{"a":\n1}'],
])('of %s', (_, bytes, piece) => {
  expect(firstPiece(Buffer.from(bytes)).toString()).toBe(piece);
});
