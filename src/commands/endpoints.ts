import type { Command } from 'commander';
import { type CommandModule, showOptionsOf, subcommands } from './contract.ts';
import { type ListFlags, listEndpoints } from './endpoints/list.ts';
import { type ReportFlags, reportEndpoints } from './endpoints/report.ts';
import { showEndpoint } from './endpoints/show.ts';
import { type TryFlags, tryEndpoint } from './endpoints/try.ts';
import { several } from './reading/flags.ts';
import { OUTPUTS } from './screen/output.ts';
import { LIMIT } from './screen/pages.ts';

const EXAMPLES = `
Examples:
  monitor endpoints --state down,unknown
  monitor endpoints show core/web
  monitor endpoints report --from 30d --output csv
  monitor endpoints try https://www.example.com --condition '[STATUS] == 200' --condition '[CERTIFICATE_EXPIRATION] > 48h'
  monitor endpoints try tcp://db.example.com:5432
  monitor endpoints try 'dns://192.0.2.53/example.com?type=MX' --condition '[DNS_RCODE] == NOERROR'
  monitor endpoints try core/web                 one of monitor.yaml, with all that it says there`;

const each = (word: string, before: readonly string[] = []) => [...before, word];

/** `monitor endpoints`: what is looked at from outside. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
    const list = add('list', 'list endpoints, what is down first (also without this word)')
      .option('--sort <order>', 'attention, or key', 'attention')
      .option('--limit <number>', 'how many, 1 to 500', LIMIT)
      .option('--cursor <cursor>', 'the next_cursor of the previous page')
      .option('--watch', 'draw it again and again, until q')
      .action((flags: ListFlags) => listEndpoints(flags, terminal));
    showOptionsOf(withFilters(list), program);
    add('show <endpoint>', 'show one with its witnesses and last looks (group/name, or its key)').action(
      (word: string, flags: { json?: boolean; config?: string }) => showEndpoint(word, flags, terminal),
    );
    withFilters(add('report', 'uptime, downtime, outages, and mean times to recovery and between failures'))
      .option('--from <time>', 'begin of the span: 7d, 24h (the default) or 2026-03-29T14:00:00Z; at most 730 days')
      .option('--to <time>', 'its end; now, unless told')
      .action((flags: ReportFlags) => reportEndpoints(flags, terminal));
    add('try <url>', 'look once, and show each condition and where the time went; needs no hub (url: or group/name)')
      .option('--condition <condition>', 'what has to hold; may be given several times', each)
      .option('--timeout <time>', 'time that the look may take', '10s')
      .option('--method <method>', 'method of an HTTP request')
      .option('--header <header>', 'header of the request, "Name: value"; may be given several times', each)
      .option('--body <text>', 'what is sent')
      .option('--insecure', 'accept any certificate')
      .option('--ca-file <file>', 'PEM of authorities that are trusted, too')
      .option('--http-version <version>', 'version of HTTP: 1.1, 2, or auto')
      .option('--no-follow', 'judge a redirect itself')
      .action((url: string, flags: TryFlags) => tryEndpoint(url, flags, terminal));
  },
};

function withFilters(command: Command): Command {
  return command
    .option('--state <state>', 'up, down, unknown; several as down,unknown', several)
    .option('--group <group>', 'of this group', several)
    .option('--probe <id>', 'that this probe looks at', several)
    .option('--search <text>', 'with these words, in name, group, labels or url')
    .option('--output <form>', OUTPUTS.join(', '));
}
