import { describe, expect, test } from '@jest/globals';
import { readPlainRequest } from '../../../../src/web/plain/request.ts';

const BODY = '{"ö":1}';
const read = (text: string) => readPlainRequest(Buffer.from(text));
/** A request with these lines behind its first, a body of so many bytes announced. */
const whole = (lines: readonly string[], line = 'POST /alerts/webhook/cluster/ HTTP/1.1', body = BODY) =>
  `${[line, ...lines].join('\r\n')}\r\n\r\n${body}`;
const LENGTH = `Content-Length: ${Buffer.byteLength(BODY)}`;
const HOST = 'Host: hub:8080';

describe('a request that is read', () => {
  test('has its address, its fields by names in lower case, and its bytes', () => {
    const fields = [HOST, 'User-Agent:monitor/0.1.0', `${LENGTH} `, 'X-Cluster-Signature: \t abc=/+ \t', 'X-Empty:'];
    expect(read(whole(fields, 'POST /alerts/webhook/cluster/?a=b%20c HTTP/1.1'))).toEqual({
      url: '/alerts/webhook/cluster/?a=b%20c',
      headers: {
        host: 'hub:8080',
        'user-agent': 'monitor/0.1.0',
        'content-length': '8',
        'x-cluster-signature': 'abc=/+',
        'x-empty': '',
      },
      body: Buffer.from(BODY),
    });
  });

  test.each([
    ['without a body', ['Content-Length: 0'], ''],
    ['that stays connected', [LENGTH, 'Connection: Keep-Alive'], BODY],
  ])('may be one %s', (_, lines, body) => {
    expect(read(whole([HOST, ...lines], undefined, body))?.body.toString()).toBe(body);
  });
});

describe("a request that is Node's to read", () => {
  test.each([
    ['another method', whole([HOST, LENGTH], 'PUT /a HTTP/1.1')],
    ['a method in small letters', whole([HOST, LENGTH], 'post /a HTTP/1.1')],
    ['another version', whole([HOST, LENGTH], 'POST /a HTTP/1.0')],
    ['a version that is none', whole([HOST, LENGTH], 'POST /a HTTP/1.1 ')],
    ['a whole address', whole([HOST, LENGTH], 'POST http://hub/a HTTP/1.1')],
    ['two spaces', whole([HOST, LENGTH], 'POST  /a HTTP/1.1')],
    ['a line before it', `\r\n${whole([HOST, LENGTH])}`],
    ['lines ended by LF', whole([HOST, LENGTH]).replaceAll('\r\n', '\n')],
    ['one line ended by LF', whole([HOST, LENGTH]).replace('8080\r\n', '8080\n')],
    ['a CR within a line', whole([HOST, LENGTH, 'X-A: b\rX-B: c'])],
    ['NUL within a line', whole([HOST, LENGTH, 'X-A: b\0'])],
    ['a text that is no ASCII', whole([HOST, LENGTH, 'X-A: ö'])],
    ['a folded line', whole([HOST, LENGTH, 'X-A: b', ' c'])],
    ['a space before the colon', whole([HOST, 'Content-Length : 8'])],
    ['a line without a colon', whole([HOST, LENGTH, 'X-A'])],
    ['a field without a name', whole([HOST, LENGTH, ': a'])],
    ['no host', whole([LENGTH])],
    ['two hosts', whole([HOST, 'host: other', LENGTH])],
    ['no length', whole([HOST])],
    ['two lengths', whole([HOST, LENGTH, LENGTH])],
    ['a signed length', whole([HOST, 'Content-Length: +8'])],
    ['a length in hex', whole([HOST, 'Content-Length: 0x8'])],
    ['a list of lengths', whole([HOST, 'Content-Length: 8, 8'])],
    ['chunks', whole([HOST, 'Transfer-Encoding: chunked'], undefined, '8\r\n{"ö":1}\r\n0\r\n\r\n')],
    ['chunks and a length', whole([HOST, LENGTH, 'Transfer-Encoding: chunked'])],
    ['a wish to be told to go on', whole([HOST, LENGTH, 'Expect: 100-continue'])],
    ['another protocol', whole([HOST, LENGTH, 'Connection: upgrade', 'Upgrade: h2c'])],
    ['the end of the connection', whole([HOST, LENGTH, 'Connection: close'])],
    ['a field that no object holds', whole([HOST, LENGTH, '__proto__: a'])],
    ['a field of every object', whole([HOST, LENGTH, 'constructor: a'])],
    ['a head without its end', whole([HOST, LENGTH]).slice(0, 40)],
    ['a body without its end', whole([HOST, LENGTH]).slice(0, -1)],
    ['something behind it', `${whole([HOST, LENGTH])}P`],
    ['a head that is long', whole([HOST, LENGTH, `X-A: ${'b'.repeat(9000)}`])],
    ['nothing', ''],
  ])('has %s', (_, text) => {
    expect(read(text)).toBeNull();
  });
});
