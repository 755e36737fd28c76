import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type CommandModule, Exit, type Terminal, UsageError } from './contract.ts';
import { type DeployedFile, deployedFiles, PARTS, SYSTEMS } from './deploy/files.ts';

interface Flags {
  readonly print?: boolean;
  readonly root: string;
  readonly force?: boolean;
}

const EXAMPLES = `
Examples:
  sudo monitor deploy systemd hub            writes /etc/systemd/system/monitor-hub.service
  sudo monitor deploy systemd agent          its service and its timer
  monitor deploy cron agent --print          shows the file instead of writing it`;

/** `monitor deploy`: the files by which this machine runs monitor, with the paths of this installation. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .argument('<system>', `${SYSTEMS.join(' or ')}`)
      .argument('[part]', `${PARTS.join(' or ')}`, 'agent')
      .option('--print', 'print the files, write nothing')
      .option('--root <folder>', 'write below this folder', '/')
      .option('--force', 'overwrite files that are there')
      .addHelpText('after', EXAMPLES)
      .action((system: string, part: string, flags: Flags) => {
        const script = resolve(process.argv[1] ?? '');
        const files = deployedFiles(oneOf('system', system, SYSTEMS), oneOf('part', part, PARTS), {
          command: `${process.execPath} ${script}`,
          folders: [dirname(process.execPath), dirname(script)],
        });
        if (files.length === 0) throw new UsageError('a hub runs all the time: use monitor deploy systemd hub');
        for (const file of files) deliver(file, flags, terminal);
      });
  },
};

function oneOf<const Word extends string>(what: string, given: string, words: readonly Word[]): Word {
  const word = words.find((one) => one === given);
  if (word === undefined) throw new UsageError(`the ${what} must be ${words.join(' or ')}, not "${given}"`);
  return word;
}

function deliver({ path, text }: DeployedFile, { print, root, force }: Flags, terminal: Terminal): void {
  if (print) {
    terminal.out(text.trimEnd());
    return;
  }
  const place = join(root, path);
  try {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text, { mode: 0o644, flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const fix = code === 'EEXIST' ? 'it is there already; --force overwrites it' : message;
    throw new Exit(1, `cannot write ${place}: ${fix}`);
  }
  terminal.out(`${place} is written.`);
}
