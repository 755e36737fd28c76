import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readMessage } from '../../../../src/core/notice/received.ts';
import { ROOT } from '../../../support/sources.ts';

const FOLDER = join(ROOT, 'tests/fixtures/channels');

interface Fixture {
  readonly requests?: readonly { readonly headers: Record<string, string>; readonly body: unknown }[];
}

/** The first request of a fixture, with its body as it crosses the wire. */
function sent(channel: string, file: string): { readonly type: string; readonly body: string } | null {
  const path = join(FOLDER, channel, file);
  if (!existsSync(path)) return null;
  const [request] = (JSON.parse(readFileSync(path, 'utf8')) as Fixture).requests ?? [];
  if (request === undefined) return null;
  const { body } = request;
  const type = request.headers['content-type'] ?? '';
  const isForm = type.includes('form-urlencoded');
  return { type, body: isForm ? String(new URLSearchParams(body as Record<string, string>)) : JSON.stringify(body) };
}

const HTTP = readdirSync(FOLDER).filter((channel) => sent(channel, 'firing.json') !== null);

describe('the bodies of our own channels', () => {
  test('are tried for every channel that speaks HTTP', () => expect(HTTP.length).toBeGreaterThan(12));

  test.each(HTTP)('%s is known by its form, says what is wrong, and shows no credential', (channel) => {
    const { type, body } = sent(channel, 'firing.json') ?? { type: '', body: '' };
    const { form, lines, body: shown } = readMessage(type, body);
    const known: Record<string, string> = { webhook: 'alertmanager', mattermost: 'slack' };
    expect(form).toBe(known[channel] ?? channel);
    expect(lines.join('\n')).toContain('CPU usage critical');
    expect(JSON.stringify([lines, shown])).not.toMatch(/canary-?secret/i);
  });

  test.each(['alerta', 'generic'])('a webhook with the preset %s', (preset) => {
    const { type, body } = sent('webhook', `${preset}.json`) ?? { type: '', body: '' };
    expect(readMessage(type, body)).toMatchObject({
      form: preset,
      lines: expect.arrayContaining([expect.stringContaining('CPU usage')]),
    });
  });
});

const JSON_TYPE = 'application/json';
const ROWS: readonly (readonly [about: string, type: string, body: string, form: string, lines: readonly string[]])[] =
  [
    ['nothing', '', ' ', 'empty', ['(no body)']],
    ['plain text', 'text/plain', 'disk full\non db1\n', 'text', ['disk full', 'on db1']],
    ['text that says it is JSON', JSON_TYPE, '{"a":', 'text', ['{"a":']],
    ['a JSON number', JSON_TYPE, '42', 'text', ['42']],
    ['an object without texts', JSON_TYPE, '{"a":1}', 'json', ['{"a":1}']],
    ['a list', JSON_TYPE, '[{"text":"one"},{"text":"two"}]', 'json', ['one', 'two']],
    ['an unknown form', 'application/x-www-form-urlencoded', 'title=disk+full&x=1', 'form', ['disk full']],
    ['JSON without a content type', '', '{"text":"disk full"}', 'slack', ['disk full']],
    [
      'two alerts of Alertmanager',
      JSON_TYPE,
      JSON.stringify({
        ...{ status: 'firing', groupLabels: {}, truncatedAlerts: 3 },
        alerts: [
          { status: 'firing', labels: { alertname: 'Disk', host: 'db1' }, annotations: { summary: 'full' } },
          { status: 'firing', labels: { alertname: 'Disk', host: 'db2' } },
        ],
      }),
      'alertmanager',
      ['[FIRING:2] Disk', 'firing Disk: full  host=db1', 'firing Disk  host=db2', 'and 3 more'],
    ],
    [
      'a button with its address',
      JSON_TYPE,
      JSON.stringify({
        text: 'x',
        blocks: [{ type: 'button', text: { text: 'Acknowledge' }, url: 'https://hub/ack' }],
      }),
      'slack',
      ['x', 'Acknowledge: https://hub/ack'],
    ],
  ];

describe('any body', () => {
  test.each(ROWS)('%s', (_, type, body, form, lines) => {
    expect(readMessage(type, body)).toMatchObject({ form, lines });
  });

  test('credentials are replaced at any depth', () => {
    const { body } = readMessage(JSON_TYPE, '{"a":[{"token":"x1","API_KEY":"x2"}],"password":"x3","text":"hello"}');
    expect(body).toEqual({ a: [{ token: '[secret]', API_KEY: '[secret]' }], password: '[secret]', text: 'hello' });
  });

  test('a body that is nested too deep, or has too many lines, ends', () => {
    expect(readMessage(JSON_TYPE, `${'['.repeat(5000)}${']'.repeat(5000)}`).form).toBe('json');
    const many = JSON.stringify({ text: Array.from({ length: 500 }, (_, n) => `line ${n}`).join('\n') });
    expect(readMessage(JSON_TYPE, many).lines).toHaveLength(101);
  });
});
