import { expect, test } from '@jest/globals';
import { createLateLog } from '../../../../src/lib/log/late-log.ts';

test('opens nothing without a line, and once for many; lines keep their order', async () => {
  const lines: unknown[] = [];
  let opened = 0;
  const at = (level: string) => (fields: unknown, message: string) => void lines.push([level, message, fields]);
  const late = createLateLog(async () => {
    opened += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return { info: at('info'), warn: at('warn'), error: at('error') };
  });
  await late.flush();
  expect(opened).toBe(0);
  late.log.warn({ a: 1 }, 'first');
  late.log.error({}, 'second');
  late.log.info({}, 'third');
  expect(lines).toEqual([]);
  await late.flush();
  expect(opened).toBe(1);
  expect(lines).toEqual([
    ['warn', 'first', { a: 1 }],
    ['error', 'second', {}],
    ['info', 'third', {}],
  ]);
});
