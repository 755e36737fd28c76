import { describe, expect, test } from '@jest/globals';
import { readBody, readUntypedBody } from '../../../../src/core/reading/body.ts';

const UTF16LE = (text: string) => Buffer.from(text, 'utf16le');
const UTF16BE = (text: string) => Buffer.from(text, 'utf16le').swap16();
const BOM = '\ufeff';
const JSON_TYPE = 'application/json';
const NAME = { title: 'Überlast é' };
const TEXT = JSON.stringify(NAME);

describe('bytes and charsets', () => {
  test.each([
    ['UTF-8', Buffer.from(TEXT), JSON_TYPE],
    ['UTF-8 with a byte order mark', Buffer.from(BOM + TEXT), JSON_TYPE],
    ['UTF-8 that is declared', Buffer.from(TEXT), `${JSON_TYPE}; charset="UTF-8"`],
    ['Latin-1 that is declared', Buffer.from(TEXT, 'latin1'), `${JSON_TYPE}; charset=ISO-8859-1`],
    ['windows-1252 that is declared', Buffer.from(TEXT, 'latin1'), `${JSON_TYPE};charset=windows-1252`],
    ['UTF-8 declared as Latin-1 by habit', Buffer.from(TEXT), `${JSON_TYPE}; charset=ISO-8859-1`],
    ['UTF-16 with a byte order mark', UTF16LE(BOM + TEXT), JSON_TYPE],
    ['UTF-16BE with a byte order mark', UTF16BE(BOM + TEXT), JSON_TYPE],
    ['UTF-16 that is declared', UTF16LE(TEXT), `${JSON_TYPE}; charset=utf-16le`],
    ['a mark that contradicts what is declared', UTF16LE(BOM + TEXT), `${JSON_TYPE}; charset=utf-8`],
  ])('%s is read', (_, bytes, type) => {
    expect(readBody(bytes, type)).toEqual({ ok: true, value: NAME, isForm: false });
  });

  test('charsets of other scripts are read', () => {
    const bytes = Buffer.from([0x22, 0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x22]);
    expect(readBody(bytes, `${JSON_TYPE}; charset=windows-1251`)).toMatchObject({ value: 'Привет' });
    const japanese = Buffer.from([0x22, 0x8f, 0xe1, 0x8a, 0x51, 0x22]);
    expect(readBody(japanese, `${JSON_TYPE}; charset=Shift_JIS`)).toMatchObject({ value: '障害' });
  });

  test.each([
    ['no UTF-8', Buffer.from(TEXT, 'latin1'), JSON_TYPE, 'the body is not UTF-8 and declares no charset'],
    [
      'not what it declares',
      Buffer.from(TEXT, 'latin1'),
      `${JSON_TYPE}; charset=utf-8`,
      'the body is not UTF-8, as its Content-Type says',
    ],
    ['half a character', Buffer.from(TEXT).subarray(0, 11), JSON_TYPE, 'the body is not UTF-8'],
    ['half of UTF-16', UTF16LE(BOM + TEXT).subarray(0, -1), JSON_TYPE, 'the body is not utf-16le'],
    ['an unknown charset', Buffer.from(TEXT), `${JSON_TYPE}; charset=klingon`, 'the charset "klingon" is not known'],
    ['overlong', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), JSON_TYPE, 'the body is not UTF-8'],
  ])('%s is refused', (_, bytes, type, message) => {
    const read = readBody(bytes, type);
    expect(read).toMatchObject({ ok: false, cause: 'charset', message: expect.stringContaining(message) });
  });

  test('escapes that no database stores are written out, so that no two texts become one', () => {
    const [nul, half] = ['{"id":"a\\u0000"}', '{"id":"a\\ud800"}'].map((text) => readBody(Buffer.from(text), ''));
    expect([nul, half]).toEqual([
      { ok: true, value: { id: 'a{U+0000}' }, isForm: false },
      { ok: true, value: { id: 'a{U+D800}' }, isForm: false },
    ]);
  });
});

describe('forms', () => {
  const FORM = 'application/x-www-form-urlencoded';
  test.each([
    ['title=Disk+full&state=firing', FORM, { title: 'Disk full', state: 'firing' }],
    ['title=%C3%9Cberlast', FORM, { title: 'Überlast' }],
    ['title=%DCberlast', `${FORM}; charset=ISO-8859-1`, { title: 'Überlast' }],
    ['title=a&title=b', FORM, { title: 'a' }],
    ['title=100%25&x', FORM, { title: '100%', x: '' }],
    ['title=100%', FORM, { title: '100%' }],
    ['__proto__=1&a=2', FORM, JSON.parse('{"__proto__":"1","a":"2"}')],
    ['payload={"title":"x"}', FORM, { title: 'x' }],
  ])('%s (%s)', (text, type, value) => {
    expect(readBody(Buffer.from(text), type)).toEqual({ ok: true, value, isForm: true });
  });

  test('bytes of no charset are refused', () => {
    expect(readBody(Buffer.from('title=%DCberlast'), FORM)).toMatchObject({ ok: false, cause: 'charset' });
  });

  test('what begins as JSON is JSON whatever it says it is, and what nobody says anything of may be a form', () => {
    expect(readBody(Buffer.from(TEXT), FORM)).toMatchObject({ value: NAME, isForm: false });
    expect(readBody(Buffer.from(BOM + TEXT), FORM)).toMatchObject({ value: NAME, isForm: false });
    expect(readUntypedBody(Buffer.from('title=x'))).toMatchObject({ value: { title: 'x' }, isForm: true });
    expect(readUntypedBody(Buffer.from(TEXT))).toMatchObject({ value: NAME, isForm: false });
  });
});

const FORM_TYPE = 'application/x-www-form-urlencoded';

test.each([
  ['{"a":', 'not_json', 'the body is not JSON'],
  ['', 'not_json', 'the body is not JSON'],
  ['['.repeat(65), 'too_deep', 'JSON may nest at most 64 deep'],
])('%j holds nothing: %s', (text, cause, message) => {
  expect(readBody(Buffer.from(text), '')).toMatchObject({ ok: false, cause, message });
});

test('depth counts in any charset', () => {
  const deep = '['.repeat(65) + ']'.repeat(65);
  expect(readBody(UTF16LE(BOM + deep), JSON_TYPE)).toMatchObject({ cause: 'too_deep' });
});

test.each([
  ['%', '%'],
  ['%4', '%4'],
  ['%4g%zz', '%4g%zz'],
  ['%25%41', '%A'],
  ['%2541', '%41'],
  ['50%+off', '50% off'],
  ['%c3%bc%C3%BC', 'üü'],
  ['ü%41€%42', 'üA€B'],
])('a form escapes what stands behind a percent sign, and nothing else: %s', (escaped, text) => {
  const body = readBody(new TextEncoder().encode(`a=${escaped}`), FORM_TYPE);
  expect(body).toMatchObject({ ok: true, value: { a: text } });
});

test('a form of more fields than any tool sends is refused, whatever they are called', () => {
  const form = (count: number, field: (index: number) => string) =>
    readBody(Buffer.from(Array.from({ length: count }, (_, index) => field(index)).join('&')), FORM_TYPE);
  for (const field of [(index: number) => `k${index}=1`, () => 'a=1', () => '=']) {
    expect(form(1000, field)).toMatchObject({ ok: true });
    expect(form(1001, field)).toMatchObject({ ok: false, message: expect.stringContaining('at most 1000 fields') });
  }
});
