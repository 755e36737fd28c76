import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readBody } from '../../src/core/reading/body.ts';
import { claimantsOf, parseBody } from '../../src/drivers/read.ts';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { GOLDEN_ARRIVAL } from '../support/golden.ts';
import { ROOT } from '../support/sources.ts';

const FOLDER = join(ROOT, 'tests/fixtures/cases');

describe('the table of cases', () => {
  const rows = readFileSync(join(FOLDER, 'README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| case'))
    .map((line) => line.slice(2, -2).split(' | '));

  test.each(rows)('%s: %s', (_, kind, place, proof) => {
    expect(kind).toMatch(/^\S.{9,}$/);
    expect(existsSync(join(ROOT, (place ?? '').replaceAll('`', '')))).toBe(true);
    const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(proof ?? '') ?? [];
    // As they stand in the sources, where quotes are escaped.
    expect(readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'")).toContain(title);
  });

  test('holds every body', () => {
    const named = new Set(rows.map(([name]) => name));
    expect(readdirSync(join(FOLDER, 'drivers')).filter((file) => !named.has(file.replace('.json', '')))).toEqual([]);
  });
});

test.each<[string, string, object]>([
  ['alertmanager-no-status-ended', 'alertmanager', { name: 'NoSt', status: 'resolved', fingerprint: 'ff07' }],
  ['bom', 'generic', { name: 'bom F10', status: 'firing' }],
  ['datadog-signl4-camelcase', 'datadog', { fingerprint: '90013:host:q-1', status: 'firing', severity: 'critical' }],
  ['generic-empty-alerts-list', 'generic', { name: 'Disk full on i9', status: 'firing', severity: 'critical' }],
  ['grafana-custom-alert-status', 'generic', { name: 'Disk full F8', status: 'resolved' }],
  ['netdata-clear', 'generic', { name: 'disk_space_usage', status: 'resolved' }],
  [
    'zabbix-eventid',
    'zabbix',
    { fingerprint: '88101', name: 'High CPU on db2', status: 'firing', severity: 'critical' },
  ],
])('reads %s', (file, driver, expected) => {
  const content = readBody(readFileSync(join(FOLDER, `drivers/${file}.json`)), 'application/json');
  if (!content.ok) throw new Error(content.message);
  const [found, ...others] = claimantsOf(new Map(DRIVERS.map((one) => [one.name, one])), content.value);
  expect([found?.name, others]).toEqual([driver, []]);
  if (found === undefined) return;
  const parsed = parseBody(found, content, { userAgent: '', receivedAt: GOLDEN_ARRIVAL });
  expect(parsed.ok && parsed.alerts[0]).toMatchObject(expected);
});
