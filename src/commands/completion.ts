import { commandTree } from './command-tree.ts';
import { SHELLS } from './completion/shells.ts';
import { placesOf } from './completion/words.ts';
import { type CommandModule, UsageError } from './contract.ts';

const EXAMPLES = `
Examples:
  monitor completion bash > /etc/bash_completion.d/monitor
  monitor completion zsh > "\${fpath[1]}/_monitor"
  monitor completion fish > ~/.config/fish/completions/monitor.fish
  source <(monitor completion bash)                for this shell alone`;

/** `monitor completion`: the script by which a shell completes the words and options of every command. */
export const command: CommandModule = {
  define(program, terminal, all) {
    const names = Object.keys(SHELLS);
    program
      .argument('<shell>', names.join(', '))
      .addHelpText('after', EXAMPLES)
      .action(async (shell: string) => {
        const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
        if (script === undefined) throw new UsageError(`the shell must be one of ${names.join(', ')}, not "${shell}"`);
        terminal.out(script(placesOf(await commandTree(all))));
      });
  },
};
