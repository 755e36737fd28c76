import { previewChannel } from '../app/notify/preview.ts';
import { loadSettings } from '../config/load.ts';
import { EXAMPLE_PHASES, exampleMessage } from '../core/notice/example.ts';
import { systemClock } from '../lib/clock.ts';
import type { Recorded } from '../lib/net/recorded.ts';
import { type CommandModule, Exit, subcommands, UsageError } from './contract.ts';
import { messageOfHub } from './templates/message.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
  readonly alert?: string;
  readonly phase: string;
  readonly route?: string;
}

const EXAMPLES = `
Examples:
  monitor templates preview ops
  monitor templates preview ops --phase resolved
  monitor templates preview ops --route 'database team'
  monitor templates preview ops --alert 019c0b7e-4a3f-7c21-9d0e-2f6f5b1a7c44`;

/** `monitor templates`: what a channel would send, to look at before it does. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    add('preview <channel>', 'print what a channel would send, secrets masked; nothing is sent')
      .option('--alert <id>', 'about an alert of the hub, instead of an example')
      .option('--route <route>', 'with the templates of that route: its name, or its place such as routes[0]')
      .option('--phase <phase>', EXAMPLE_PHASES.join(', '), 'firing')
      .action(async (channel: string, { json, config, alert, phase: word, route }: Flags) => {
        const phase = EXAMPLE_PHASES.find((one) => one === word);
        if (phase === undefined) throw new UsageError(`--phase must be one of ${EXAMPLE_PHASES.join(', ')}`);
        const settings = loadSettings({ configFile: config });
        const now = systemClock.now();
        const example = exampleMessage(
          { name: settings.instanceId, url: 'https://hub.example.com', marker: '' },
          channel,
          phase,
          now,
        );
        const message = alert === undefined ? example : await messageOfHub(alert, example, settings);
        const { sent, problems } = await previewChannel(settings, channel, message, systemClock, route);
        if (json) terminal.out(JSON.stringify({ sent, problems }));
        else for (const line of sent.flatMap(linesOf)) terminal.out(line);
        for (const problem of problems) terminal.err(problem);
        if (problems.length > 0) throw new Exit(1);
      });
  },
};

function linesOf(one: Recorded): readonly string[] {
  const pairs = (values: Readonly<Record<string, string>>, sign: string) =>
    Object.entries(values).map(([name, value]) => `${name}${sign}${value}`);
  if (one.kind === 'request')
    return [`${one.method} ${one.url}`, ...pairs(one.headers, ': '), '', pretty(one.body), ''];
  if (one.kind === 'bytes') return [`to ${one.to}`, '', one.text, ''];
  return [...pairs(one.env, '='), one.argv.join(' '), '', pretty(one.input), ''];
}

/** JSON in lines; anything else as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
