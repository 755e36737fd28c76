import { loadSettings } from '../config/load.ts';
import { type CommandModule, Exit, showOptionsOf, subcommands, type Terminal } from './contract.ts';
import { tellHub } from './hub-client.ts';
import { type NewProbe, type ProbeFiles, probeFiles } from './probes/files.ts';
import { listProbes, showProbe } from './probes/list.ts';
import { OUTPUTS } from './screen/output.ts';

interface Flags extends NewProbe {
  readonly json?: boolean;
  readonly config?: string;
  readonly apply?: boolean;
  readonly end?: boolean;
}

const EXAMPLES = `
A probe is added beside the configuration file of the hub, in conf.d: probe-ID.yaml, and its token in
probe-ID.token. Run this as the user of the hub.

Examples:
  monitor probes
  monitor probes add p4 --region us --apply      on the hub; prints the token once
  monitor probes rotate p4 --apply               a new token; the one before is accepted, too
  monitor probes rotate p4 --end --apply         the one before is accepted no more
  MONITOR_PROBE_TOKEN_FILE=p4.token monitor probe --peer-url https://hub.example.com --node-id p4`;

/** `monitor probes`: who looks at endpoints for a hub. Lists ask the hub; the rest works on its own configuration. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    const list = add('list', 'list probes (also without this word)')
      .option('--watch', 'draw it again and again, until q')
      .option('--output <form>', OUTPUTS.join(', '))
      .action((flags: Parameters<typeof listProbes>[0]) => listProbes(flags, terminal));
    showOptionsOf(list, program);
    add('show <id>', 'show one with what it looks at').action((id: string, flags: Flags) =>
      showProbe(id, flags, terminal),
    );
    const change = (words: string, about: string) =>
      add(words, about).option('--apply', 'have the hub read its configuration again');
    change('add <id>', 'let a probe look at endpoints, and print its token')
      .option('--name <name>', 'its name in lists')
      .option('--region <region>', 'its region, by which endpoints are assigned')
      .action((id: string, flags: Flags) => {
        const about = { ...(flags.name && { name: flags.name }), ...(flags.region && { region: flags.region }) };
        return changed(id, flags, terminal, (files) => files.add(id, about));
      });
    change('rotate <id>', 'give a probe a new token; the one before is accepted, too, until --end')
      .option('--end', 'accept the token before no more')
      .action((id: string, flags: Flags) =>
        changed(id, flags, terminal, (files) => (flags.end ? files.endRotation(id) : files.rotate(id))),
      );
    change('remove <id>', 'end a probe, and what it says').action((id: string, flags: Flags) =>
      changed(id, flags, terminal, (files) => files.remove(id)),
    );
  },
};

/** Changes the configuration, gives a token away where there is a new one, and has the hub read it where that is asked for. */
async function changed(
  id: string,
  { json, config, apply }: Flags,
  terminal: Terminal,
  change: (files: ProbeFiles) => Promise<string | null>,
): Promise<void> {
  const token = await change(probeFiles(config));
  if (json) terminal.out(JSON.stringify({ id, ...(token !== null && { token }), applied: apply === true }));
  else if (token !== null) {
    terminal.err(`The token of ${id}. It is shown this once: give it to the probe as MONITOR_PROBE_TOKEN.`);
    terminal.out(token);
  }
  if (!apply) return terminal.err('The hub reads it with monitor config apply --yes, or at SIGHUP.');
  const told = await tellHub(loadSettings({ configFile: config }), '/api/v1/config/reload', {});
  if (!told.ok) throw new Exit(1, `it is written, and the hub does not read it: ${told.reason}`);
}
