import { expect, test } from '@jest/globals';
import { steadyText } from '../../../../src/core/reading/steady.ts';

test.each([
  ['CPU at 95.2% on web-1', 'CPU at # on web-1'],
  ['CPU at 95 % on web-1', 'CPU at # on web-1'],
  ['Disk /srv has 1.5 GB left', 'Disk /srv has # left'],
  ['Latency 250ms over 200 ms', 'Latency # over #'],
  ['Load is 12.75', 'Load is #'],
  ['Temperature 81°C', 'Temperature #'],
  ['3.5 MB/s on eth0', '# on eth0'],
])('what was measured is taken out: %s', (text, steady) => {
  expect(steadyText(text)).toBe(steady);
});

test.each([
  'Port 443 is down',
  'web-1',
  '10.0.0.12 is away',
  'Version 1.2.3',
  'db7',
  'HTTP 500',
  '2026-11-28',
  'raid1',
])('what names a thing stays: %s', (text) => {
  expect(steadyText(text)).toBe(text);
});
