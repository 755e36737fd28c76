import { loadSettings } from '../config/load.ts';
import type { readExplanation } from '../web/api/explanation.ts';
import type { CommandModule } from './contract.ts';
import { askHub } from './hub-client.ts';
import { displayWidth, hanging } from './screen/width.ts';

/** An explanation as the API gives it. */
export type ExplanationJson = NonNullable<Awaited<ReturnType<typeof readExplanation>>>;

const EXAMPLES = `
Everything that a hub has stored of an alert or an incident: how it was received, what was decided, who was told and what
each channel answered, and of what nobody was told the one reason.

Examples:
  monitor explain 01a1fd96-f94d-7454-bbba-0b7460d066bd
  monitor explain 7460d066bd      its last signs, as far as no other has them
  monitor explain 01a1fd96-f94d-7454-bbba-0b7460d066bd --json`;

/** `monitor explain`: the life of an alert or an incident, and who was told of it. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .argument('<id>', 'an alert or an incident, or as much of its id as no other has')
      .option('--json', 'print the answer of the hub, one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async (id: string, { json, config }: { json?: boolean; config?: string }) => {
        const settings = loadSettings({ configFile: config });
        const explained = (await askHub(settings, `/api/v1/explanations/${encodeURIComponent(id)}`)) as ExplanationJson;
        if (json) terminal.out(JSON.stringify(explained));
        else for (const line of explanationLines(explained, terminal.columns)) terminal.out(line);
      });
  },
};

/** An explanation for people, on lines of at most `width` columns. */
export function explanationLines(explained: ExplanationJson, width: number): string[] {
  const { subject, title, status, severity, id, incident_id: incident, earlier_incident_ids: earlier } = explained;
  const { started_at: start, ended_at: end } = explained;
  const wide = Math.max(40, width);
  const named = explained.channels.map(({ channel }) => displayWidth(channel ?? ''));
  const indent = Math.min(20, Math.max(0, ...named)) + 4;
  return [
    ...hanging('', `${subject === 'alert' ? 'Alert' : 'Incident'}: ${title}`, wide, 2),
    `${severity}, ${status}, since ${timeOf(start)}${end === null ? '' : ` until ${timeOf(end)}`}`,
    `${subject} ${id}`,
    ...(subject === 'alert' && incident !== null ? [`incident ${incident}`] : []),
    ...(earlier.length === 0 ? [] : hanging('', `before that, of ${earlier.join(', ')}`, wide, 2)),
    '',
    ...hanging('', explained.verdict, wide, 0),
    ...explained.channels.flatMap(({ channel, text, places }) => [
      '',
      ...text.flatMap((line, index) => hanging(index === 0 ? `  ${channel ?? ''}` : '', line, wide, indent)),
      ...(places.length === 0 ? [] : hanging('', `chosen by ${places.join(', ')}`, wide, indent)),
    ]),
    '',
    ...explained.steps.flatMap(({ at, text }) => hanging(timeOf(at), text, wide, 21)),
    ...(explained.cut ? ['', 'There is more in the store than is shown here.'] : []),
  ];
}

function timeOf(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
