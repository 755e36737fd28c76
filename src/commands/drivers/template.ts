import { readFileSync } from 'node:fs';
import { UsageError } from '../contract.ts';

const TEMPLATES: Readonly<Record<string, string>> = {
  datadog: 'datadog-webhook.json',
  newrelic: 'newrelic-workflow.json',
  'pagerduty-events': 'pagerduty-events.sh',
  prometheus: 'prometheus.yml',
  zabbix: 'zabbix-media-type.yaml',
};

/** The drivers with a template. */
export const TEMPLATE_NAMES: readonly string[] = Object.keys(TEMPLATES);

/** What to put into a tool so that it speaks to the hub, as text. Throws UsageError on a tool without a template. */
export function driverTemplate(name: string): string {
  const file = Object.hasOwn(TEMPLATES, name) ? TEMPLATES[name] : undefined;
  if (file === undefined) {
    throw new UsageError(`there is no template for "${name}"; there are ${TEMPLATE_NAMES.join(', ')}`);
  }
  // The templates lie beside the program: next to dist/ where it is built, three folders up in the sources.
  const root = new URL(import.meta.url.includes('/dist/') ? '../' : '../../../', import.meta.url);
  return readFileSync(new URL(`docs/integrations/${file}`, root), 'utf8').trimEnd();
}
