import type { CommandNode } from '../command-tree.ts';

/** What all pages share: the version of the program, and what its help says of the whole. */
export interface Manual {
  readonly version: string;
  readonly description: string;
  /** Examples of the whole program. */
  readonly more: string;
}

/** Text in the language of man(7). A line may not begin with a dot or an apostrophe, and a bare `-` may become a hyphen. */
function roff(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll(/^([.'])/gm, String.raw`\&$1`)
    .replaceAll(
      /[^\n\x20-\x7e]/gu,
      (one) => `\\[u${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

const heading = (words: string, { version }: Manual) =>
  `.TH ${words.toUpperCase().replaceAll(' ', String.raw`\-`)} 1 "" "monitor ${version}" "User Commands"`;
const verbatim = (text: string) => ['.nf', roff(text), '.fi'];

/** monitor(1): every command with what it is for, and where to read on. */
export function mainPage(commands: readonly CommandNode[], manual: Manual): string {
  return [
    heading('monitor', manual),
    '.SH NAME',
    roff(`monitor - ${manual.description.replace(/\.$/, '').replace(/^W/, 'w')}`),
    '.SH SYNOPSIS',
    '.B monitor',
    '.I command',
    '.RI [ options ]',
    '.SH COMMANDS',
    ...commands.flatMap(({ name, summary }) => ['.TP', `.BR monitor\\-${roff(name)} (1)`, roff(summary)]),
    '.SH EXAMPLES',
    ...verbatim(manual.more.replace(/^Examples:\n/, '')),
    '.SH FILES',
    '.TP\n.I ./monitor.yaml, /etc/monitor/monitor.yaml',
    'The configuration; fragments of it stand in conf.d beside it.',
    '.TP\n.I ./.env',
    'Variables of the environment.',
    '',
  ].join('\n');
}

/** monitor-NAME(1): a command with its subcommands, each with all its options. */
export function commandPage(command: CommandNode, commands: readonly CommandNode[], manual: Manual): string {
  const name = `monitor ${command.name}`;
  const others = commands.filter((one) => one !== command).map((one) => `.BR monitor\\-${roff(one.name)} (1)`);
  return [
    heading(name, manual),
    '.SH NAME',
    roff(`${name.replace(' ', '-')} - ${command.summary}`),
    '.SH SYNOPSIS',
    ...(command.commands.length === 0 ? synopsis(name, command) : []),
    ...command.commands.flatMap((inner, index) => [
      ...(index === 0 ? [] : ['.br']),
      ...synopsis(`${name} ${inner.name}`, inner),
    ]),
    '.SH DESCRIPTION',
    roff(`${sentence(command.summary)}`),
    ...(command.commands.length === 0 ? ['.SH OPTIONS', ...optionsOf(command)] : []),
    ...command.commands.flatMap((inner) => [
      `.SH ${roff(`${command.name} ${inner.name}`).toUpperCase()}`,
      roff(sentence(inner.summary)),
      ...optionsOf(inner),
    ]),
    ...(command.more === '' ? [] : ['.SH NOTES', ...verbatim(command.more)]),
    '.SH SEE ALSO',
    '.BR monitor (1),',
    ...others.map((line, index) => (index === others.length - 1 ? line : `${line},`)),
    '',
  ].join('\n');
}

function synopsis(words: string, { arguments: all }: CommandNode): string[] {
  const given = all.map((one) => {
    const name = `${one.name()}${one.variadic ? '...' : ''}`;
    return one.required ? name : `[${name}]`;
  });
  return [`.B ${roff(words)}`, ...(given.length === 0 ? [] : [`.I ${roff(given.join(' '))}`]), '.RI [ options ]'];
}

function optionsOf({ options, arguments: all }: CommandNode): string[] {
  return [
    ...all
      .filter(({ description }) => description !== '')
      .flatMap((one) => ['.TP', `.I ${roff(one.name())}`, roff(sentence(one.description))]),
    ...options.flatMap(({ flags, description, defaultValue }) => {
      const fallback =
        defaultValue === undefined || typeof defaultValue === 'boolean' || String(defaultValue) === ''
          ? ''
          : ` Default: ${String(defaultValue)}.`;
      return ['.TP', `.B ${roff(flags)}`, roff(`${sentence(description)}${fallback}`)];
    }),
  ];
}

function sentence(text: string): string {
  const whole = text.replaceAll(/\s+/g, ' ').trim();
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}${/[.!?)]$/.test(whole) ? '' : '.'}`;
}
