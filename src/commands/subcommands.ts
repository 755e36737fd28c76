import type { Command } from 'commander';

/** Adds one subcommand: its words with their arguments, and what it is for. */
export type AddSubcommand = (words: string, about: string) => Command;

/** For a command that only groups others: each subcommand has `--json` and `--config`, and shows the group's examples. */
export function subcommands(program: Command, examples: string): AddSubcommand {
  program.addHelpText('after', examples);
  return (words, about) =>
    program
      .command(words)
      .description(about)
      .option('--json', 'print one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', examples);
}
