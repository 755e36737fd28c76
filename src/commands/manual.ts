import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../config/version.ts';
import { commandTree } from './command-tree.ts';
import { type CommandModule, UsageError } from './contract.ts';
import { commandPage, mainPage } from './manual/page.ts';
import { EXAMPLES as EXAMPLES_OF_ALL } from './program.ts';

const EXAMPLES = `
Examples:
  monitor manual | man -l -                        all of it in short
  monitor manual alerts | man -l -                 one command with all its options
  monitor manual --output /usr/local/share/man/man1   writes every page`;

/** `monitor manual`: the pages of man(1), made from the commands. */
export const command: CommandModule = {
  define(program, terminal, all) {
    program
      .argument('[command]', 'the command whose page is printed')
      .option('--output <folder>', 'write monitor.1 and a page for each command into it')
      .addHelpText('after', EXAMPLES)
      .action(async (name: string | undefined, { output }: { output?: string }) => {
        const commands = await commandTree(all);
        const { parent } = program;
        const manual = { version: version(), description: parent?.description() ?? '', more: EXAMPLES_OF_ALL.trim() };
        const wanted = commands.find((one) => one.name === name);
        if (name !== undefined && wanted === undefined)
          throw new UsageError(
            `there is no command "${name}"; there are ${commands.map((one) => one.name).join(', ')}`,
          );
        if (output === undefined) {
          terminal.out(
            (wanted === undefined ? mainPage(commands, manual) : commandPage(wanted, commands, manual)).trimEnd(),
          );
          return;
        }
        mkdirSync(output, { recursive: true });
        writeFileSync(join(output, 'monitor.1'), mainPage(commands, manual));
        for (const one of commands)
          writeFileSync(join(output, `monitor-${one.name}.1`), commandPage(one, commands, manual));
        terminal.out(`${commands.length + 1} pages are written to ${output}.`);
      });
  },
};
