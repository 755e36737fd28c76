import { Liquid } from 'liquidjs';

/** A template that was read without fault. */
export interface Template {
  /** Its text with the data in it, which are plain: no function, no prototype. Throws TemplateError. */
  render(data: Readonly<Record<string, unknown>>): string;
}

/** A template that cannot be read or rendered; the message says where and why. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

// Work is bounded: characters of a template, milliseconds of a rendering, characters that it makes.
const LIMITS = { parseLimit: 100_000, renderLimit: 200, memoryLimit: 1_000_000 };

/**
 * Reads a template in Liquid. It has no access to files, other templates, code or prototypes. Values are put through
 * `escapeValue`, so that they show as they are; the filter `raw` leaves them. `json` writes a value as JSON.
 */
export function readTemplate(text: string, escapeValue: (text: string) => string, isJson = false): Template {
  const liquid = new Liquid({
    ...LIMITS,
    // Without this, "render" and "include" read files.
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    outputEscape: (value: unknown) => escapeValue(textOf(value)),
  });
  if (isJson) liquid.registerFilter('json', { raw: true, handler: (value: unknown) => JSON.stringify(value ?? null) });
  const parsed = orTemplateError(() => liquid.parse(text));
  return { render: (data) => orTemplateError(() => String(liquid.renderSync(parsed, copyOf(data)))) };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function copyOf(data: object): object {
  return JSON.parse(JSON.stringify(data)) as object;
}

function orTemplateError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Liquid shows the lines around the fault below the first one.
    const [first = ''] = String((error as Error).message).split('\n');
    throw new TemplateError(first.slice(0, 300));
  }
}
