import { loadSettings } from '../config/load.ts';
import { readRules } from '../config/rules/read.ts';
import { runCase } from '../rules/cases.ts';
import { type CommandModule, Exit, subcommands, type Terminal, UsageError } from './contract.ts';
import { casesFrom } from './rules/cases.ts';
import { junitLines } from './rules/junit.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly junit?: boolean;
}

const EXAMPLES = `
Examples:
  monitor rules check
  monitor rules test rules.test.yaml             exits 1 when a case does not hold
  monitor rules test --junit rules.test.yaml > report.xml`;

/** `monitor rules`: what raises alerts by figures, checked and tried before it is trusted. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES, 'check');
    add(
      'check',
      'check the rules of the configuration, and print every mistake with its place (also without this word)',
    ).action((flags: Flags) => check(flags, terminal));
    add('test <file>', 'give samples to rules by a clock of their own, and compare the alerts with what is expected')
      .option('--junit', 'print the results as JUnit reads them')
      .action((file: string, flags: Flags) => test(file, flags, terminal));
  },
};

function check({ json, config }: Flags, terminal: Terminal): void {
  const { rules, problems } = readRules(loadSettings({ configFile: config }).rulesFile);
  if (json) {
    const listed = rules.map(({ name, kind, severity, isShadow, place }) => ({
      name,
      kind,
      severity,
      shadow: isShadow,
      place,
    }));
    terminal.out(JSON.stringify({ rules: listed, problems }));
    if (problems.length > 0) throw new Exit(2);
    return;
  }
  if (problems.length > 0) throw new UsageError('the rules cannot be used', problems);
  if (rules.length === 0) {
    terminal.out('No rules: write some under rules in monitor.yaml; docs/rules.md shows how.');
    return;
  }
  for (const { name, kind, severity, isShadow } of rules)
    terminal.out(`${name}: ${kind}, ${severity}${isShadow ? ', told to nobody' : ''}`);
  terminal.out(`${rules.length} ${rules.length === 1 ? 'rule is' : 'rules are'} sound`);
}

function test(path: string, { json, junit, config }: Flags, terminal: Terminal): void {
  const file = casesFrom(path);
  const read =
    file.rules === null
      ? readRules(loadSettings({ configFile: config }).rulesFile)
      : { rules: file.rules, problems: [] };
  if (read.problems.length > 0) throw new UsageError('the rules cannot be used', read.problems);
  if (read.rules.length === 0)
    throw new UsageError(`there are no rules to test: write them in ${path}, or in monitor.yaml`);
  const results = file.cases.map((one) => runCase(read.rules, one));
  const failed = results.filter(({ differences }) => differences.length > 0);
  if (junit) for (const line of junitLines(results)) terminal.out(line);
  else if (json) terminal.out(JSON.stringify({ cases: results.length, failed: failed.length, results }));
  else {
    for (const { name, place, differences } of failed)
      for (const line of [`${name} (${place})`, ...differences.map((one) => `  ${one}`)]) terminal.out(line);
    terminal.out(`${results.length - failed.length} of ${results.length} cases hold`);
  }
  if (failed.length > 0) throw new Exit(1);
}
