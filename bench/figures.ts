/** The median of several figures. */
export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** The quantile of several figures; NaN of none. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The largest of any number of figures, also of more than `Math.max(...)` takes. */
export function maximum(figures: readonly number[]): number {
  return figures.reduce((most, figure) => Math.max(most, figure), Number.NEGATIVE_INFINITY);
}

/** Formats a count: 1,234. */
export function count(figure: number): string {
  return Math.round(figure).toLocaleString('en');
}

/** Prints a figure and whether it is within its budget. */
export function verdict(what: string, figure: string, isWithin: boolean, budget: string): void {
  console.log(`${isWithin ? 'within' : 'MISSED'}  ${what}: ${figure} (budget ${budget})`);
}

/** Reports that a figure does not measure what it claims to, and makes the run fail. */
export function reportInvalid(reason: string): void {
  console.log(`FAILED  ${reason}`);
  process.exitCode = 1;
}

/** Prints a table: the first column aligned left, the others right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('   ').trimEnd());
  }
}
