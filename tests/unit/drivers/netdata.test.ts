import { expect, test } from '@jest/globals';
import { generic } from '../../../src/drivers/generic.ts';
import { parseBody } from '../../../src/drivers/read.ts';

const BODY = {
  ...{ alert: 'disk_space_usage', chart: 'disk_space._srv', context: 'disk.space', space: 'ops', family: '/srv' },
  ...{ severity: 'warning', info: 'space utilisation of /srv' },
};

function read(body: object) {
  const content = { ok: true, value: { ...BODY, ...body }, isForm: false } as const;
  const parsed = parseBody(generic, content, { userAgent: '', receivedAt: Date.UTC(2026, 10, 28) });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.alerts[0];
}

const on = (node: string, figure = '91.5%') => read({ message: `disk_space_usage on ${node} is ${figure}` });

test('one alert on two nodes is two, whatever the figures, and its end ends its own', () => {
  expect(on('db7')?.fingerprint).toBe(on('db7', '40.1%')?.fingerprint);
  expect(on('db7')?.fingerprint).not.toBe(on('db8')?.fingerprint);
  const over = read({ message: 'disk_space_usage on db8 recovered', severity: 'clear' });
  expect(over).toMatchObject({ status: 'resolved', fingerprint: on('db8')?.fingerprint, labels: { node: 'db8' } });
});

test.each([
  ['disk_space_usage on node web-1.example.com: 91%', 'web-1.example.com'],
  ['disk_space_usage on "web-1" is 91%', 'web-1'],
  ['disk_space_usage on 10.0.0.7.', '10.0.0.7'],
])('%s', (message, node) => expect(read({ message })?.labels.node).toBe(node));

test('a node that has a field of its own is not read from the text', () => {
  expect(read({ message: 'disk_space_usage on fire', host: 'db7' })?.labels).toMatchObject({ host: 'db7' });
  expect(read({ message: 'disk_space_usage on fire', host: 'db7' })?.labels.node).toBeUndefined();
});

test('a node that cannot be reached fires, and ends when it can be', () => {
  const reach = (reachable: boolean) =>
    read({ host: 'db7', severity: 'critical', message: 'x', status: { reachable, text: 'y' } });
  expect(reach(false)).toMatchObject({ name: 'Node unreachable', status: 'firing', labels: { host: 'db7' } });
  expect(reach(true)).toMatchObject({ status: 'resolved', fingerprint: reach(false)?.fingerprint });
});
