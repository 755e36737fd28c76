import { type CommandModule, subcommands } from './contract.ts';
import { type QueryFlags, queryMetrics } from './metrics/query.ts';
import { OUTPUTS } from './screen/output.ts';

const EXAMPLES = `
Examples:
  monitor metrics query web1 cpu.cpu_percent
  monitor metrics query web1 'disk.used_percent{mount="/var"}' --from 7d --step 1h
  monitor metrics query web1 memory.memory_percent --output csv`;

/** `monitor metrics`: figures over time. */
export const command: CommandModule = {
  define(program, terminal) {
    const add = subcommands(program, EXAMPLES, 'query');
    add(
      'query <instance> <metric>',
      'draw a figure of an instance as a line, or print its points (also without this word)',
    )
      .option('--from <time>', 'begin of the span: 7d, 24h (the default) or 2026-03-29T14:00:00Z')
      .option('--to <time>', 'its end; now, unless told')
      .option('--step <time>', 'time that one point stands for; left out, what fits')
      .option('--output <form>', OUTPUTS.join(', '))
      .action((instance: string, metric: string, flags: QueryFlags) => queryMetrics(instance, metric, flags, terminal));
  },
};
