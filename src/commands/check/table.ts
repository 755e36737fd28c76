import { type CheckResult, type CheckStatus, worst } from '../../core/check.ts';
import { spanText } from '../../core/figures.ts';
import { type HeldBack, heldBackText } from './held-back.ts';
import { perfdata, withoutBars } from './perfdata.ts';

/** How a table is set: colours the word of a state; lines are broken before `columns`, never when it is infinite. */
export interface TableStyle {
  readonly columns: number;
  paint(status: CheckStatus, text: string): string;
  /** Whether the first line ends with performance data, for schedulers of plugins. */
  readonly perfdata?: boolean;
}

const ORDER: readonly CheckStatus[] = ['critical', 'warning', 'unknown', 'ok'];

/** Narrower than this, breaking messages makes them harder to read than a terminal's own breaks. */
const NARROWEST = 24;

/**
 * The results for a person, the worst first, so that the first line is also what a scheduler of plugins shows; under
 * them how many there are of each state and, as long as the slowest, how long it took.
 */
export function checkTable(
  results: readonly CheckResult[],
  hostname: string,
  style: TableStyle,
  held: ReadonlyMap<string, HeldBack> = new Map(),
): string[] {
  const sorted = ORDER.flatMap((status) => results.filter((result) => result.status === status));
  const statusWidth = Math.max(...sorted.map((result) => result.status.length));
  const nameWidth = Math.max(...sorted.map((result) => result.checker.length));
  const indent = statusWidth + nameWidth + 4;
  const lines = sorted.flatMap((result) => {
    const { status, checker } = result;
    const whole = result.message + heldBackText(result, held);
    const message = style.perfdata ? withoutBars(whole) : whole;
    const [first = '', ...rest] = wrap(message, style.columns - indent);
    const word = style.paint(status, status) + ' '.repeat(statusWidth - status.length);
    return [`${word}  ${checker.padEnd(nameWidth)}  ${first}`, ...rest.map((line) => ' '.repeat(indent) + line)];
  });
  const counts = ORDER.map((status) => [sorted.filter((one) => one.status === status).length, status] as const)
    .filter(([count]) => count > 0)
    .map(([count, status]) => `${count} ${status}`);
  const slowest = Math.max(...results.map((result) => result.durationMs));
  const data = style.perfdata ? perfdata(sorted) : '';
  if (data !== '') lines[0] += ` | ${data}`;
  return [...lines, '', `${counts.join(', ')} on ${hostname}, in ${spanText(slowest)}`];
}

function wrap(text: string, width: number): string[] {
  if (width < NARROWEST || text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The document of `monitor check --json`: snake_case, times in ISO 8601 with milliseconds. */
export function checkDocument(
  results: readonly CheckResult[],
  instanceId: string,
  hostname: string,
  held: ReadonlyMap<string, HeldBack> = new Map(),
) {
  const notTold = (name: string) => held.has(name) && { not_told_yet: held.get(name) };
  return {
    instance_id: instanceId,
    hostname,
    status: worst(results.map((result) => result.status)),
    checks: results.map((result) => ({
      checker: result.checker,
      status: result.status,
      message: result.message,
      ...(result.details !== undefined && { details: result.details }),
      ...notTold(result.checker),
      metrics: result.metrics,
      checked_at: new Date(result.checkedAt).toISOString(),
      duration_ms: result.durationMs,
      ...(result.items !== undefined && {
        items: result.items.map(({ name, status, message, labels, metrics }) => ({
          name,
          status,
          message,
          ...notTold(name),
          labels,
          metrics,
        })),
      }),
    })),
  };
}
