import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { notifyConfig } from '../../../support/notify-config.ts';
import { blocks } from '../../../support/pages.ts';
import { ROOT } from '../../../support/sources.ts';

const page = readFileSync(join(ROOT, 'docs/notify.md'), 'utf8');
const examples = blocks(page, 'yaml').map((text) => text.replace(/^notify:\n/, '').replaceAll(/^ {2}/gm, ''));
const env = Object.fromEntries(
  blocks(page, 'sh').flatMap((text) =>
    [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  ),
);

describe('the examples of docs/notify.md start a hub, without a warning', () => {
  test.each(examples)('%#', async (yaml) => {
    const one = notifyConfig(yaml);
    try {
      const own = Object.entries(env).filter(([name]) => {
        const [, channel] = /^MONITOR_CHANNEL_([A-Z]+)_/.exec(name) ?? [];
        return channel === undefined || new RegExp(`^ *${channel}:`, 'im').test(yaml);
      });
      expect(await one.problems(Object.fromEntries(own))).toEqual([]);
      const prepared = await one.prepare(Object.fromEntries(own));
      expect(prepared?.warnings).toEqual([]);
    } finally {
      one.remove();
    }
  });

  test('there are several', () => {
    expect(examples.length).toBeGreaterThan(5);
  });
});
