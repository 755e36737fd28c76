import { countOf } from '../words/numbers.ts';
import { type Query, valueIn } from './address.ts';

/** How many alerts, or incidents, opened step by step, as the API tells it. */
export interface Openings {
  readonly from: string;
  readonly to: string;
  readonly step_ms: number;
  readonly is_cut: boolean;
  /** Steps in which something opened. */
  readonly points: readonly OpeningPoint[];
}

interface OpeningPoint {
  readonly at: string;
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
}

/** Spans over which openings are shown. */
export const OPENED_RANGES = ['24h', '7d', '30d'] as const;

/** The span that an address asks for. */
export function openedRange(query: Query): (typeof OPENED_RANGES)[number] {
  return OPENED_RANGES.find((one) => one === valueIn(query, 'range')) ?? '24h';
}

/** A step with what opened in it, and how high each severity stands above the ones below it, from 0 to 1. */
export interface StackedBar {
  readonly at: number;
  readonly count: number;
  readonly text: string;
  readonly parts: readonly { readonly kind: 'crit' | 'warn' | 'info'; readonly from: number; readonly to: number }[];
}

// So that one of a thousand is still seen.
const LEAST = 0.04;

/** Every step of the span as a bar, the worst at the bottom. */
export function stackedBars({ from, to, step_ms: step, points }: Openings): readonly StackedBar[] {
  const known = new Map(points.map((point) => [Date.parse(point.at), point]));
  const start = Date.parse(from);
  const steps = Math.max(1, Math.ceil((Date.parse(to) - start) / step));
  const most = Math.max(1, ...points.map(({ critical, warning, info }) => critical + warning + info));
  return Array.from({ length: steps }, (_, index) => {
    const at = start + index * step;
    const { critical = 0, warning = 0, info = 0 } = known.get(at) ?? {};
    const parts = stacked([critical, warning, info].map((count) => count / most));
    const count = critical + warning + info;
    const words = [
      ...(critical > 0 ? [`${critical} critical`] : []),
      ...(warning > 0 ? [`${warning} warning`] : []),
      ...(info > 0 ? [`${info} info`] : []),
    ];
    return { at, count, text: count === 0 ? 'nothing opened' : `${words.join(', ')} opened`, parts };
  });
}

const KINDS = ['crit', 'warn', 'info'] as const;

/** Shares one above the other; what little ones have more than their share, the largest has less. */
function stacked(shares: readonly number[]): StackedBar['parts'] {
  const heights = shares.map((share) => (share === 0 ? 0 : Math.max(LEAST, share)));
  const over = Math.max(0, heights.reduce((sum, height) => sum + height, 0) - 1);
  const largest = heights.indexOf(Math.max(...heights));
  let base = 0;
  return KINDS.flatMap((kind, index) => {
    const height = (heights[index] ?? 0) - (index === largest ? over : 0);
    if (height <= 0) return [];
    const part = { kind, from: base, to: base + height };
    base = part.to;
    return [part];
  });
}

/** All that opened, in words. */
export function openedText(bars: readonly StackedBar[], isCut: boolean): string {
  const count = bars.reduce((sum, bar) => sum + bar.count, 0);
  return isCut ? `more than ${countOf(count, 'alert')}` : countOf(count, 'alert');
}
