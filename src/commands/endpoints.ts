import { type CommandModule, subcommands } from './contract.ts';
import { type TryFlags, tryEndpoint } from './endpoints/try.ts';

const EXAMPLES = `
Examples:
  monitor endpoints try https://www.example.com --condition '[STATUS] == 200' --condition '[CERTIFICATE_EXPIRATION] > 48h'
  monitor endpoints try tcp://db.example.com:5432
  monitor endpoints try 'dns://192.0.2.53/example.com?type=MX' --condition '[DNS_RCODE] == NOERROR'
  monitor endpoints try core/web                 one of monitor.yaml, with all that it says there`;

const each = (word: string, before: readonly string[] = []) => [...before, word];

/** `monitor endpoints`: what is looked at from outside. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES);
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
