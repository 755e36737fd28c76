// `npm run check`: everything that must be green before a change goes in. Steps run one after the other and all of
// them run, so that one go tells everything; tests need the build and are left out when it fails.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', name);
const results = join(mkdtempSync(join(tmpdir(), 'monitor-check-')), 'jest.json');
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', bin('jest/bin/jest.js')];

/** Runs a step with its output shown, and tells whether it went well. */
function step(name, args) {
  console.log(`\n— ${name}`);
  const started = performance.now();
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (error) console.error(error.message);
  return { name, isGood: status === 0, seconds: (performance.now() - started) / 1000 };
}

const steps = [
  step('build', ['scripts/build.js']),
  step('types', [bin('typescript/bin/tsc'), '--noEmit']),
  step('types of the dashboard', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'src/dashboard']),
  step('lint and format', [bin('@biomejs/biome/bin/biome'), 'ci', '.']),
];
let counts = { passed: 0, failed: 0 };
if (steps[0].isGood) {
  steps.push(step('tests', [...jest, '--ci', '--json', `--outputFile=${results}`]));
  counts = readCounts();
} else {
  steps.push({ name: 'tests (left out: not built)', isGood: false, seconds: 0 });
}
rmSync(dirname(results), { recursive: true, force: true });

console.log('\nSummary');
for (const { name, isGood, seconds } of steps)
  console.log(`  ${isGood ? 'ok    ' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)`);
const others = steps.slice(0, -1).filter(({ isGood }) => !isGood).length;
const isGood = others === 0 && steps.at(-1).isGood && counts.failed === 0 && counts.passed > 0;
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = isGood ? 0 : 1;

/** Single tests, and each file that could not be run at all as one that failed. */
function readCounts() {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch (error) {
    console.error(`the tests left no result: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}
