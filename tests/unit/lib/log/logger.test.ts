import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { createLogger, type LoggerOptions } from '../../../../src/lib/log/logger.ts';

const CLOCK = { now: () => Date.UTC(2026, 2, 29, 12), monotonic: () => 0, after: () => () => {} };

function open(more: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const logger = createLogger({
    level: 'info',
    format: 'json',
    version: '1.2.3',
    instanceId: 'web',
    clock: CLOCK,
    write,
    ...more,
  });
  return { logger, lines };
}

describe('json', () => {
  test('is one object a line, with a constant message and fields', () => {
    const { logger, lines } = open();
    logger.info({ alerts: 3 }, 'pushed');
    logger.child({ part: 'agent' }).warn({ text: 'a\nb' }, 'hub not reached');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        time: '2026-03-29T12:00:00.000Z',
        pid: process.pid,
        version: '1.2.3',
        instance: 'web',
        alerts: 3,
        msg: 'pushed',
      },
      expect.objectContaining({ level: 'warn', part: 'agent', text: 'a\nb', msg: 'hub not reached' }),
    ]);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });

  test('keeps what is below the level back', () => {
    const { logger, lines } = open({ level: 'warn' });
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]({}, level);
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error', 'fatal']);
    const silent = open({ level: 'silent' });
    silent.logger.fatal({}, 'x');
    expect(silent.lines).toEqual([]);
  });

  test('tells an error with its code and stack', () => {
    const { logger, lines } = open();
    logger.error({ error: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) }, 'push failed');
    expect(JSON.parse(lines[0] ?? '').error).toMatchObject({
      type: 'Error',
      message: 'refused',
      code: 'ECONNREFUSED',
      stack: expect.any(String),
    });
  });
});

test.each(['json', 'pretty', 'syslog'] as const)('%s never shows a secret', (format) => {
  const { logger, lines } = open({ format });
  const headers = {
    authorization: 'canary',
    cookie: 'canary',
    'x-cluster-signature': 'canary',
    'x-cluster-signature-v2': 'canary',
  };
  logger.info(
    {
      key: new Secret('canary'),
      list: [new Secret('canary')],
      password: 'canary',
      options: { token: 'canary', secret: 'canary' },
      headers,
    },
    'x',
  );
  logger.child({ token: 'canary' }).info({}, 'y');
  expect(lines).toHaveLength(2);
  expect(lines.join()).toContain('[secret]');
  expect(lines.join()).not.toContain('canary');
});

test('pretty is for eyes: short, coloured only when asked to, without control characters of others', () => {
  const { logger, lines } = open({ format: 'pretty' });
  logger.info({ text: '\u001b[31mred', alerts: 3 }, 'pushed');
  expect(lines.join('')).toMatch(/INFO.*: pushed\n {4}text: "\\u001b\[31mred"\n {4}alerts: 3\n$/);
  const coloured = open({ format: 'pretty', colour: true });
  coloured.logger.info({}, 'pushed');
  expect(coloured.lines.join('')).toContain('\u001b[');
});

test('syslog carries the JSON object as its message, with the priority of the level', () => {
  const { logger, lines } = open({ format: 'syslog' });
  logger.error({ text: 'a\r\nb' }, 'push failed');
  logger.info({}, 'pushed');
  const [, priority, message] =
    /^<(\d+)>1 2026-03-29T12:00:00\.000Z \S+ monitor \d+ - - (.*)\n$/.exec(lines[0] ?? '') ?? [];
  expect(priority).toBe('27');
  expect(JSON.parse(message ?? '')).toMatchObject({ level: 'error', text: 'a\r\nb', msg: 'push failed' });
  expect(lines[1]).toMatch(/^<30>1 /);
});
