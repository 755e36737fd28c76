import type { CheckResult, Metrics, MetricValue } from '../../core/check.ts';

/** Schedulers of plugins keep some 8 KiB of a plugin's output; the text comes first. */
const MOST = 6000;

/**
 * The figures of checks as performance data of the monitoring-plugins convention: `'cpu.cpu_percent'=12.5%`. Those of a
 * plugin keep what it said of them. As many as fit, whole.
 */
export function perfdata(results: readonly CheckResult[]): string {
  let text = '';
  for (const { checker, metrics } of results) {
    for (const datum of data(checker, metrics)) {
      if (text.length + datum.length >= MOST) return text;
      text += text === '' ? datum : ` ${datum}`;
    }
  }
  return text;
}

/** Text in which no bar begins performance data. */
export function withoutBars(text: string): string {
  return text.replaceAll('|', '/');
}

function data(prefix: string, metrics: Metrics): string[] {
  return Object.entries(metrics).flatMap(([name, value]): string[] => {
    const label = `${prefix}.${name}`;
    if (typeof value === 'number') return [`${quoted(label)}=${figure(value)}${unitOf(name)}`];
    if (!isMap(value)) return [];
    return 'value' in value && 'uom' in value ? [ofPlugin(label, value)] : data(label, value);
  });
}

type MetricMap = { readonly [key: string]: MetricValue };

function isMap(value: MetricValue): value is MetricMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ofPlugin(label: string, { value, uom, warn, crit, min, max }: MetricMap): string {
  const bounds = [warn, crit, min, max].map((bound) => String(bound ?? '')).join(';');
  return `${quoted(label)}=${typeof value === 'number' ? figure(value) : 'U'}${uom};${bounds}`.replace(/;+$/, '');
}

/** No exponent, which many readers do not know. */
function figure(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(6).replace(/\.?0+$/, '');
}

/** Quotes in a label are doubled; the sign of equality ends one for many readers. */
function quoted(label: string): string {
  return `'${withoutBars(label).replaceAll('=', '_').replaceAll("'", "''")}'`;
}

const UNITS = [
  ['percent', '%'],
  ['bytes', 'B'],
  ['ms', 'ms'],
  ['seconds', 's'],
] as const;

function unitOf(name: string): string {
  return UNITS.find(([end]) => name === end || name.endsWith(`_${end}`))?.[1] ?? '';
}
