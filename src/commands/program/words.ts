import type { Command } from 'commander';
import { nearest } from '../../core/nearest.ts';
import { UsageError } from '../contract.ts';

/** A group takes nothing else as its first word: what is meant when none is named would call it an argument too many. */
export function refuseUnknownVerb(group: Command, word: string | undefined): void {
  const verbs = group.commands.map((command) => command.name());
  if (verbs.length === 0 || word === undefined || word.startsWith('-') || word === 'help' || verbs.includes(word))
    return;
  const near = nearest(word, verbs);
  const fix = near === null ? `there are ${verbs.join(', ')}` : `did you mean ${near}?`;
  throw new UsageError(`there is no command "monitor ${group.name()} ${word}"; ${fix}`);
}

/** Verbs that people look for at the top, and where they are. */
export const FOUND_UNDER: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['ack', 'unack', 'assign', 'note', 'shelve', 'unshelve', 'resolve', 'close', 'reopen'].map((verb) => [
      verb,
      `incidents ${verb}`,
    ]),
  ),
  ...{ acknowledge: 'incidents ack', expire: 'silences expire', mute: 'silences add' },
  ...{ test: 'notify test', preview: 'templates preview', receive: 'notify receive', try: 'endpoints try' },
};

/** The error about a command that is not there. */
export function unknownCommand(name: string, names: readonly string[]): UsageError {
  const word = Object.hasOwn(FOUND_UNDER, name) ? (FOUND_UNDER[name] ?? null) : nearest(name, names);
  const fix = word === null ? 'monitor --help lists them all' : `did you mean monitor ${word}?`;
  return new UsageError(`there is no command "${name}"; ${fix}`);
}
