// Writes the files that are made from the sources: .env.sample, monitor.schema.json, and parts of docs/configuration.md,
// docs/http-api.md and docs/cli.md. tests/unit/commands/describe.test.ts is red when one of them has not been written anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { madeFiles } = await tsImport('../src/commands/describe.ts', import.meta.url);
const files = await madeFiles((path) => readFileSync(join(root, path), 'utf8'));
for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
