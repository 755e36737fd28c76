import { loadYaml, readYamlFiles } from '../config/file.ts';
import { importAlertmanager } from '../imports/alertmanager/convert.ts';
import { type CommandModule, subcommands, UsageError } from './contract.ts';

interface Flags {
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  monitor import alertmanager alertmanager.yml > monitor.yaml
  monitor import alertmanager alertmanager.yml --json | jq '.lost'`;

/** `monitor import`: the configuration of another program as ours. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    add(
      'alertmanager <file>',
      'print the routes, receivers, intervals and inhibition rules of Alertmanager as monitor.yaml',
    ).action((path: string, { json }: Flags) => {
      const problems: string[] = [];
      const file = readYamlFiles(path, process.cwd(), problems);
      if (file === null) throw new UsageError('the file cannot be read', problems);
      const { configuration, lost, problems: faults, variables } = importAlertmanager(file.values, file.at);
      if (faults.length > 0) throw new UsageError('the file cannot be imported', faults);
      const text = loadYaml().stringify(configuration, { lineWidth: 120 });
      const settings = [...variables].map(([name, meaning]) => ({ name, meaning }));
      if (json) {
        terminal.out(JSON.stringify({ configuration, lost, variables: settings }));
        return;
      }
      terminal.out(text.trimEnd());
      const section = (title: string, lines: readonly string[]) =>
        lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
      const report = [
        ...section('Not kept:', lost),
        ...section(
          'Set these variables, or name files by …_FILE:',
          settings.map(({ name, meaning }) => `${name}  (${meaning})`),
        ),
        ...section('Different here:', DIFFERENT),
      ];
      for (const line of report) terminal.err(line);
    });
  },
};

// What is intended, and true of every configuration.
const DIFFERENT = [
  'the end of an incident is told after group_wait, and what is critical waits for nothing unless group_wait is set',
  'a reminder comes when repeat_interval is over, not at a multiple of group_interval',
  'a label that is missing on both sides is not equal for inhibition',
  'the end of what people were told of passes silences, mute times and inhibition',
];
