import { expect, test } from '@jest/globals';
import { syslogLine } from '../../../../src/lib/log/syslog.ts';

const HEAD = { level: 'info', time: Date.UTC(2026, 2, 29, 12), hostname: 'web-03', processId: 42 };

test('a line has the form of RFC 5424', () => {
  expect(syslogLine(HEAD, '{"msg":"ready"}\n')).toBe(
    '<30>1 2026-03-29T12:00:00.000Z web-03 monitor 42 - - {"msg":"ready"}\n',
  );
});

test.each([
  ['fatal', 26],
  ['error', 27],
  ['warn', 28],
  ['info', 30],
  ['debug', 31],
  ['trace', 31],
])('the level %s of facility daemon is priority %d', (level, priority) => {
  expect(syslogLine({ ...HEAD, level }, 'x')).toMatch(new RegExp(`^<${priority}>1 `));
});

test('a header field is visible ASCII of bounded length, or the nil value', () => {
  const hostOf = (hostname: string) => syslogLine({ ...HEAD, hostname }, 'x').split(' ')[2];
  expect(hostOf('')).toBe('-');
  expect(hostOf('ü\n ')).toBe('-');
  expect(hostOf('a b\r\nc')).toBe('abc');
  expect(hostOf('x'.repeat(300))).toHaveLength(255);
});

test('a line is one line', () => {
  expect(syslogLine(HEAD, 'a\r\nb\nc\n')).toBe('<30>1 2026-03-29T12:00:00.000Z web-03 monitor 42 - - a b c\n');
});
