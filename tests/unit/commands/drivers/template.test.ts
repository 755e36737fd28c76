import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { driverTemplate, TEMPLATE_NAMES } from '../../../../src/commands/drivers/template.ts';
import { LIST } from '../../../../src/drivers/list.ts';
import { ROOT } from '../../../support/sources.ts';

// For those who scrape the hub; no tool sends by them.
const OF_METRICS = ['grafana-dashboard.json', 'prometheus-rules.yml', 'prometheus-rules.test.yml'];

test('every shipped template is printed under the name of a driver, and nothing else is', () => {
  const folder = join(ROOT, 'docs/integrations');
  const files = readdirSync(folder).filter((file) => !OF_METRICS.includes(file));
  const shipped = files.map((file) => readFileSync(join(folder, file), 'utf8').trimEnd());
  expect(TEMPLATE_NAMES.map(driverTemplate).sort()).toEqual(shipped.sort());
  expect(Object.keys(LIST)).toEqual(expect.arrayContaining([...TEMPLATE_NAMES]));
});

test.each(['nosuch', 'constructor', ''])('there is none for %j', (name) => {
  expect(() => driverTemplate(name)).toThrow(
    `there is no template for "${name}"; there are ${TEMPLATE_NAMES.join(', ')}`,
  );
});
