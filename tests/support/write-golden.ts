import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { FIXTURES, goldenOf, payloadsOf } from './golden.ts';

// `npx tsx tests/support/write-golden.ts DRIVER…`: a golden file for each payload that has none, for a person to review.
for (const driver of DRIVERS.filter(({ name }) => process.argv.includes(name))) {
  for (const { path, body, golden } of payloadsOf(driver.name)) {
    if (golden !== undefined) continue;
    writeFileSync(join(FIXTURES, `${path}.golden.json`), `${JSON.stringify(goldenOf(driver, body), null, 2)}\n`);
    process.stdout.write(`${path}.golden.json\n`);
  }
}
