import { type Doubt, type IncomingAlert, LIMITS } from '../alert/alert.ts';
import { cutText } from './json.ts';

// One line each: a body may hold a thousand alerts, each with a word of its own.
const MOST_LINES = 5;

/** What the sender of alerts is told of the doubts about them: a line for each kind, with an example. */
export function remarksOnDoubts(alerts: readonly IncomingAlert[]): readonly string[] {
  const found = new Map<string, { count: number; readonly example: string }>();
  for (const { doubts, name } of alerts) {
    for (const doubt of doubts ?? []) {
      const line = lineOf(doubt);
      const known = found.get(line);
      if (known !== undefined) known.count += 1;
      else if (found.size < MOST_LINES) found.set(line, { count: 1, example: cutText(name, 100) });
    }
  }
  return Array.from(found, ([line, { count, example }]) => {
    const which = count === 1 ? `"${example}"` : `${count} alerts, such as "${example}"`;
    return `${line}: ${which}`;
  });
}

function lineOf(doubt: Doubt): string {
  if (doubt.kind === 'status_missing') return 'no status was told, so this was taken to fire';
  if (doubt.kind === 'identity_guessed')
    return 'nothing tells this problem apart but its text, which may change; send an id with it';
  if (doubt.kind === 'too_large') return CUT_LINES[doubt.what];
  return `the status ${JSON.stringify(doubt.word)} is not known, so this was taken to fire`;
}

const { label, annotation, metric, bytes } = LIMITS.content;

const CUT_LINES: Readonly<Record<Extract<Doubt, { kind: 'too_large' }>['what'], string>> = {
  label_name: `names of labels were cut to ${label.name} characters`,
  label_value: `values of labels were cut to ${label.value} characters`,
  label_count: `labels beyond ${label.count} were left out`,
  annotation_name: `names of annotations were cut to ${annotation.name} characters`,
  annotation_value: `annotations were cut to ${annotation.value} characters`,
  annotation_count: `annotations beyond ${annotation.count} were left out`,
  metrics: `the metrics were left out, for there are more than ${metric.count}`,
  metric_text: `names and texts of metrics were cut to ${metric.name} and ${metric.value} characters`,
  whole: `metrics were left out and the longest texts cut, for an alert holds ${bytes} bytes`,
};
