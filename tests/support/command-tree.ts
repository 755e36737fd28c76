import { Command } from 'commander';
import { COMMANDS } from '../../src/commands/registry.ts';

/** Every command of the program by its words: `keys`, `keys create`, … */
export async function commandTree(): Promise<ReadonlyMap<string, Command>> {
  const silent = { out() {}, err() {}, colour: false, errColour: false, interactive: false, columns: 80 };
  const known = new Map<string, Command>();
  const add = (name: string, command: Command) => {
    known.set(name, command);
    for (const nested of command.commands) add(`${name} ${nested.name()}`, nested);
  };
  for (const { name, load } of COMMANDS) {
    const command = new Command(name);
    (await load()).command.define(command, silent, COMMANDS);
    add(name, command);
  }
  return known;
}

/** What is wrong with the words of a call, such as `['keys', 'list', '--bad']`; null when nothing is. */
export function faultOf(words: readonly string[], known: ReadonlyMap<string, Command>): string | null {
  const [name = '', second = ''] = words;
  if (name.startsWith('-')) return ['--help', '--version'].includes(name) ? null : `monitor has no ${name}`;
  const command = known.get(`${name} ${second}`) ?? known.get(name);
  if (command === undefined) return `there is no command ${name}`;
  // `monitor alerts --status firing` is `monitor alerts list --status firing`.
  const byDefault = known.get(`${name} list`);
  const takers = [command, ...(byDefault !== undefined && command === known.get(name) ? [byDefault] : [])];
  const options = ['--help', ...takers.flatMap((one) => one.options.map(({ long }) => long))];
  const flags = words.flatMap((word) => /^(--[a-z-]+)/.exec(word)?.[1] ?? []);
  const unknown = flags.filter((flag) => !options.includes(flag));
  return unknown.length === 0 ? null : `monitor ${words.join(' ')}: ${unknown.join(', ')}`;
}
