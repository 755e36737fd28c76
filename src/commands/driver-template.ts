import { readFileSync } from 'node:fs';
import { UsageError } from './contract.ts';

const TEMPLATES: Readonly<Record<string, string>> = {
  datadog: 'datadog-webhook.json',
  newrelic: 'newrelic-workflow.json',
  'pagerduty-events': 'pagerduty-events.sh',
  prometheus: 'prometheus.yml',
  zabbix: 'zabbix-media-type.yaml',
};

/** What to put into a tool so that it speaks to the hub, as text. Throws UsageError on a tool without a template. */
export function driverTemplate(name: string): string {
  const file = TEMPLATES[name];
  if (file === undefined) {
    throw new UsageError(`there is no template for "${name}"; there are ${Object.keys(TEMPLATES).join(', ')}`);
  }
  // The templates lie beside the program: next to dist/ where it is built, two folders up in the sources.
  const root = new URL(import.meta.url.includes('/dist/') ? '../' : '../../', import.meta.url);
  return readFileSync(new URL(`docs/integrations/${file}`, root), 'utf8').trimEnd();
}
