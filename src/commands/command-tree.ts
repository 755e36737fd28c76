import { type Argument, Command, type Option } from 'commander';
import type { CommandEntry, Terminal } from './contract.ts';

/** A command with everything that its help says, for what is made of the commands: pages of man, completion of shells. */
export interface CommandNode {
  /** Its own word. */
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  /** Examples and other text behind the options, as the help prints it. */
  readonly more: string;
  readonly commands: readonly CommandNode[];
}

const SILENT: Terminal = {
  out: () => {},
  err: () => {},
  ...{ colour: false, errColour: false, interactive: false, columns: 80 },
};

/** Every command with its subcommands; loads all their modules. */
export async function commandTree(entries: readonly CommandEntry[]): Promise<readonly CommandNode[]> {
  return Promise.all(
    entries.map(async ({ name, summary, load }) => {
      const command = new Command(name).description(summary);
      (await load()).command.define(command, SILENT, entries);
      return nodeOf(command);
    }),
  );
}

function nodeOf(command: Command): CommandNode {
  const help = command.createHelp();
  const own = (one: { readonly name: () => string }) => one.name() !== 'help';
  return {
    name: command.name(),
    summary: command.description(),
    arguments: command.registeredArguments,
    options: help.visibleOptions(command),
    more: textAfter(command),
    commands: help.visibleCommands(command).filter(own).map(nodeOf),
  };
}

/** What was added with `addHelpText('after', …)`: commander writes it around its own help, and gives it away no other way. */
function textAfter(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}
