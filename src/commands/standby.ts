import { loadSettings } from '../config/load.ts';
import { type CommandModule, Exit, showOptionsOf } from './contract.ts';
import { askHub, tellHub } from './hub-client.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

/** Who leads, as the API gives it. */
interface StandbyJson {
  readonly mode: string;
  readonly among: 'alone' | 'shared_store';
  readonly is_leading: boolean;
  readonly leader: { readonly name: string; readonly since: string; readonly term: number } | null;
}

const EXAMPLES = `
Examples:
  monitor standby
  monitor standby --json | jq -r .leader.name
  MONITOR_URL=http://hub-b:8080 monitor standby promote
  MONITOR_URL=http://hub-a:8080 monitor standby stepdown`;

/** `monitor standby`: who of several hubs tells people, and handing that over. */
export const command: CommandModule = {
  define(program, terminal) {
    const show = (standing: StandbyJson, json: boolean | undefined) => {
      if (json) return terminal.out(JSON.stringify(standing));
      for (const line of standbyLines(standing)) terminal.out(line);
    };
    const settingsOf = ({ config }: Flags) => loadSettings({ configFile: config });
    const status = program
      .command('status', { isDefault: true })
      .description('who leads, and since when (also without this word)')
      .option('--json', 'print the answer of the hub, one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async (flags: Flags) => {
        show((await askHub(settingsOf(flags), '/api/v1/standby')) as StandbyJson, flags.json);
      });
    showOptionsOf(status, program);
    const change = (word: string, about: string) =>
      program
        .command(word)
        .description(about)
        .option('--json', 'print the answer of the hub, one JSON document')
        .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
        .addHelpText('after', EXAMPLES)
        .action(async (flags: Flags) => {
          const told = await tellHub(settingsOf(flags), `/api/v1/standby/${word}`, {});
          if (!told.ok) throw new Exit(1, told.reason);
          show(told.value as StandbyJson, flags.json);
        });
    change('promote', 'have the hub that is asked lead; the one that leads finishes what it sends, and hands over');
    change('stepdown', 'have the hub that is asked, which leads, leave that to another');
    program.addHelpText('after', EXAMPLES);
  },
};

function standbyLines({ mode, among, is_leading: isLeading, leader }: StandbyJson): readonly string[] {
  if (among === 'alone') return ['This hub is alone on its store, and tells people.'];
  const who = leader === null ? 'Nobody leads.' : `${leader.name} leads since ${leader.since} (term ${leader.term}).`;
  return [who, isLeading ? 'That is this hub: it tells people.' : `This hub is ready to take over (mode ${mode}).`];
}
