import { expect, test } from '@jest/globals';
import { wordingOf } from '../../../../src/core/notice/wording.ts';
import { sampleAlert, sampleMessage } from '../../../support/notice.ts';

test('the place stands in the title once, and it is one where something fires', () => {
  const at = (host: string, status: 'firing' | 'resolved') => sampleAlert({ origin: host, status, labels: {} });
  const title = (text: string, ...alerts: ReturnType<typeof at>[]) => {
    const message = sampleMessage({ alerts });
    return wordingOf({ ...message, incident: { ...message.incident, title: text } }).title;
  };
  expect(title('Disk on b and 2 more', at('b', 'firing'), at('a', 'firing'))).toBe('CRITICAL: Disk on b and 2 more');
  expect(title('Disk on b', at('b', 'firing'), at('a', 'resolved'))).toBe('CRITICAL: Disk on b');
  expect(title('Disk', at('b', 'firing'), at('a', 'firing'))).toBe('CRITICAL: Disk on b and 1 more');
  expect(title('Load average', at('a', 'firing'))).toBe('CRITICAL: Load average on a');
});

test('a title that names a machine by any of its names says where; one that names a service does not', () => {
  const named = (title: string, labels: Readonly<Record<string, string>>) => {
    const message = sampleMessage({ alerts: [sampleAlert({ origin: '', labels })] });
    return wordingOf({ ...message, incident: { ...message.incident, title } }).title;
  };
  const labels = { hostname: 'vm', instance_id: 'box1' };
  expect(named('Memory usage on box1', labels)).toBe('CRITICAL: Memory usage on box1');
  expect(named('Memory usage', labels)).toBe('CRITICAL: Memory usage on vm');
  expect(named('nginx is down', { hostname: 'vm', service: 'nginx' })).toBe('CRITICAL: nginx is down on vm');
});
