import { type Command, Help } from 'commander';

/** Where a command prints: data to `out`, everything else to `err`. */
export interface Terminal {
  /** Writes one line of data to stdout. */
  out(line: string): void;
  /** Writes one line for people to stderr. */
  err(line: string): void;
  /** Whether stdout is a terminal. */
  readonly isTerminal?: boolean;
  /** Whether stdout is a terminal that wants colour (`NO_COLOR` and `FORCE_COLOR` obeyed). */
  readonly colour: boolean;
  /** The same of stderr, where logs go. */
  readonly errColour: boolean;
  /** Whether stderr is a terminal, for spinners. */
  readonly interactive: boolean;
  /** Columns of stdout, 80 when unknown. */
  readonly columns: number;
  /** Rows of stdout; undefined where that is no terminal. */
  readonly rows?: number | undefined;
  /** Columns that lists must fit into: those of a terminal, or of `COLUMNS`; left out where another program reads. */
  readonly width?: number | undefined;
}

/** One command: a file of this folder, loaded only when it is called. */
export interface CommandModule {
  /**
   * Adds arguments, options, examples and the action to a command that `main.ts` has created; `all` is every command, for
   * one that tells of the others.
   */
  define(command: Command, terminal: Terminal, all: readonly CommandEntry[]): void;
}

/** A command as `monitor --help` shows it; its module is loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: CommandModule }>;
}

/** Ends the process with `code`; `main.ts` is the one place that exits. An empty message prints nothing. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number, message = '') {
    super(message);
    this.name = 'Exit';
    this.code = code;
  }
}

/** Wrong usage or configuration: exit code 2 (3 in `monitor check`), with the fix in the message. */
export class UsageError extends Error {
  /** Single problems, each naming its field and the fix. */
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[] = []) {
    super(message);
    this.name = 'UsageError';
    this.problems = problems;
  }
}

/** Adds one subcommand: its words with their arguments, and what it is for. */
export type AddSubcommand = (words: string, about: string) => Command;

/**
 * For a command that only groups others: each subcommand has `--json` and `--config`, and shows the group's examples. The
 * one named `usual` is meant where none is named.
 */
export function subcommands(program: Command, examples: string, usual = 'list'): AddSubcommand {
  program.addHelpText('after', examples);
  return (words, about) =>
    program
      .command(words, { isDefault: words === usual })
      .description(about)
      .option('--json', 'print one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', examples);
}

/** Lets a group's help list the options of the command that is meant when none is named. */
export function showOptionsOf(one: Command, group: Command): void {
  const help = new Help();
  group.configureHelp({
    visibleOptions: (command) => {
      const own = help.visibleOptions(command);
      if (command !== group) return own;
      const more = help.visibleOptions(one).filter(({ flags }) => own.every((option) => option.flags !== flags));
      return [...more, ...own];
    },
  });
}
