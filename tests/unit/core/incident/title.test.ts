import { expect, test } from '@jest/globals';
import { hostOf, messageOf } from '../../../../src/core/alert/host.ts';
import { titleNow } from '../../../../src/core/incident/title.ts';

const of = (firing: number, key = 'instance:web-1') => ({
  title: 'As it was opened',
  key,
  firing: { critical: 0, warning: firing, info: 0 },
});
const alert = (origin: string, labels = {}) => ({ name: 'Disk usage', origin, labels });

test.each([
  ['the worst, where it is', of(1), alert('web-1'), 'Disk usage on web-1'],
  ['and how many beside it', of(4), alert('web-1'), 'Disk usage on web-1 and 3 more'],
  ['of an incident that is over', of(0), alert('web-1'), 'Disk usage on web-1'],
  ['of a tool that names a host', of(1), alert('', { instance: 'db1:9100' }), 'Disk usage on db1:9100'],
  ['of one that names none', of(2), alert(''), 'Disk usage and 1 more'],
  ['of alerts that went elsewhere', of(0), undefined, 'As it was opened'],
  ['grouped by labels', of(2, 'labels:[["team","db"],["env",""]]'), alert('web-1'), 'Disk usage (db) and 1 more'],
  ['grouped by labels that are all empty', of(1, 'labels:[["team",""]]'), alert('web-1'), 'Disk usage on web-1'],
  ['with a key that only looks like that', of(1, 'labels:x'), alert('web-1'), 'Disk usage on web-1'],
])('%s', (_, incident, worst, title) => {
  expect(titleNow(incident, worst)).toBe(title);
});

test.each([
  [{ host: 'h', instance: 'i' }, '', 'i'],
  [{ hostname: 'h', node: 'n' }, '', 'h'],
  [{ node: 'n' }, '', 'n'],
  [{ instance: '  ', host: 'h' }, '', 'h'],
  [{ instance: 'i' }, 'web-1', 'web-1'],
  [{ region: 'eu' }, '', ''],
])('the host of %j from %j is %j', (labels, origin, host) => {
  expect(hostOf({ labels, origin })).toBe(host);
});

test.each([
  [{ message: 'm', description: 'd', summary: 's' }, 's'],
  [{ message: 'm', description: 'd' }, 'd'],
  [{ message: 'm', summary: '' }, 'm'],
  [{}, ''],
])('the message of %j is %j', (annotations, message) => {
  expect(messageOf({ annotations })).toBe(message);
});
