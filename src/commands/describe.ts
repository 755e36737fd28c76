import { Command } from 'commander';
import { checkerTables, configSchema, envSample, settingsTable } from '../config/reference.ts';
import { rulesReference } from '../config/rules/reference.ts';
import { DRIVERS } from '../drivers/registry.ts';
import type { Terminal } from './contract.ts';
import { run } from './program.ts';
import { COMMANDS } from './registry.ts';

/**
 * The files of this project that are made from its sources, by path. `read` gives the present text of a page, of which
 * only the parts between `<!-- made: NAME -->` and `<!-- end -->` are made.
 */
export async function madeFiles(read: (path: string) => string): Promise<Readonly<Record<string, string>>> {
  const configuration = fill(read('docs/configuration.md'), 'settings', settingsTable());
  return {
    '.env.sample': envSample(),
    'monitor.schema.json': `${JSON.stringify(await configSchema(), null, 2)}\n`,
    'docs/configuration.md': fill(configuration, 'checkers', checkerTables()),
    'docs/openapi.json': await openApiText(),
    'docs/http-api.md': fill(read('docs/http-api.md'), 'drivers', driverTable()),
    'docs/rules.md': fill(read('docs/rules.md'), 'rules', rulesReference()),
    'docs/cli.md': fill(read('docs/cli.md'), 'commands', await commandHelp()),
  };
}

async function openApiText(): Promise<string> {
  const { describedApi } = await import('../web/api/described.ts');
  return `${JSON.stringify(describedApi(), null, 2)}\n`;
}

function fill(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- made: ${name} -->`, '<!-- end -->'];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`the page lacks ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}

function driverTable(): string {
  const rows = DRIVERS.map(({ name, summary, schemes, signature }) => {
    const ways = [...(signature === undefined ? [] : ['signature']), ...schemes].join(', ');
    return `| \`POST /alerts/webhook/${name}/\` | ${ways} | ${summary} |`;
  });
  return ['| route | proof | takes |', '|---|---|---|', ...rows].join('\n');
}

async function commandHelp(): Promise<string> {
  const sections = [await helpOf([])];
  for (const { name, load } of COMMANDS) {
    sections.push(await helpOf([name]));
    const scratch = new Command(name);
    (await load()).command.define(scratch, printer([]), COMMANDS);
    for (const nested of scratch.commands) sections.push(await helpOf([name, nested.name()]));
  }
  return sections.join('\n\n');
}

async function helpOf(words: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await run([...words, '--help'], COMMANDS, printer(lines));
  return `## ${['monitor', ...words].join(' ')}\n\n\`\`\`text\n${lines.join('\n').trim()}\n\`\`\``;
}

function printer(lines: string[]): Terminal & { hasPrinted: () => boolean } {
  const out = (line: string) => void lines.push(line);
  return { out, err: out, colour: false, errColour: false, interactive: false, columns: 100, hasPrinted: () => false };
}
