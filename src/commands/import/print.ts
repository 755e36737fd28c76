import { loadYaml } from '../../config/file.ts';
import type { Imported } from '../../imports/report.ts';
import { type Terminal, UsageError } from '../contract.ts';

/** Prints what was imported: the configuration on stdout, what there is to say of it on stderr. Throws UsageError. */
export function printImported(
  { configuration, lost, problems, variables }: Imported,
  { json, different }: { readonly json?: boolean | undefined; readonly different: readonly string[] },
  terminal: Terminal,
): void {
  if (problems.length > 0) throw new UsageError('the file cannot be imported', problems);
  const settings = [...variables].map(([name, meaning]) => ({ name, meaning }));
  if (json) {
    terminal.out(JSON.stringify({ configuration, lost, variables: settings }));
    return;
  }
  terminal.out(loadYaml().stringify(configuration, { lineWidth: 120 }).trimEnd());
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  const report = [
    ...section('Not kept:', lost),
    ...section(
      'Set these variables, or name files by …_FILE:',
      settings.map(({ name, meaning }) => `${name}  (${meaning})`),
    ),
    ...section('Different here:', different),
  ];
  for (const line of report) terminal.err(line);
}
