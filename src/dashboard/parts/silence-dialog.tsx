import { useEffect, useState } from 'preact/hooks';
import { useCell, useDocument, useModel } from '../model/hooks.ts';
import { fewestMatchers, matchersOf, previewPath } from '../model/matchers.ts';
import type { Incident, IncidentDetail, SilencePreview } from '../wire/documents.ts';
import { spanText } from '../words/ages.ts';
import { countOf } from '../words/numbers.ts';
import { FormDialog, TextField } from './form-dialog.tsx';
import { SpanField } from './span-field.tsx';

const HOUR = 3_600_000;

/** Silences what matchers hold: those of an incident, or ones that are typed. What it would hold back is shown before. */
export function SilenceDialog({ incident, what = '', comment = '', isWindow = false, onClose }: SilenceDialogProps) {
  const model = useModel();
  const zone = useCell(model.times);
  const detail = useDocument<IncidentDetail>(incident ? `/api/v1/incidents/${incident.id}` : null);
  const [text, setText] = useState(what);
  const [isTyped, setTyped] = useState(what !== '');
  const [span, setSpan] = useState(HOUR);
  const [why, setWhy] = useState(comment);
  const [asked, setAsked] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  useEffect(() => {
    if (!isTyped && detail.value) setText(fewestMatchers(detail.value));
  }, [detail.value, isTyped]);
  useEffect(() => model.clock.after(150, () => setAsked(text)), [text, model.clock]);
  const matchers = matchersOf(text);
  const preview = useDocument<SilencePreview>(previewPath(matchersOf(asked)));
  const until = model.clock.now() + span;
  const word = isWindow ? 'window' : 'silence';

  const save = async () => {
    if (matchers.length === 0) return 'Say what is to be silenced, such as service=web.';
    if (why.trim() === '') return 'Say why: it is shown to everyone who asks why there was no notice.';
    const by = model.preferences.get().name;
    const body = { matchers, for: `${Math.round(span / 1000)}s`, comment: why.trim(), ...(by !== '' && { by }) };
    const path = isWindow ? '/api/v1/maintenance' : '/api/v1/silences';
    const answer = await model.http.change('POST', path, body, key);
    if (answer.kind === 'failed') return `Not saved. ${answer.failure.text}`;
    model.documents.refresh();
    onClose();
    const id = answer.kind === 'value' ? (answer.value as { readonly id?: string }).id : undefined;
    const undo = () =>
      void model.http.change('DELETE', `${path}/${id}`).then(() => {
        model.documents.refresh();
        model.say({ text: `The ${word} has ended` });
      });
    model.say({
      text: `Silenced until ${zone.until(until, model.clock.now())}`,
      ...(id !== undefined && { action: { word: 'Undo', call: undo } }),
    });
    return null;
  };

  return (
    <FormDialog
      title={isWindow ? 'Maintenance window' : 'Silence'}
      button={`${isWindow ? 'Open window' : 'Silence'} for ${spanText(span)}`}
      isReady={isTyped || incident === undefined || text !== ''}
      note={`Ends ${zone.until(until, model.clock.now())} ${zone.zone === 'UTC' ? 'UTC' : ''}`}
      onSave={save}
      onClose={onClose}
    >
      <TextField
        label="What"
        class="mono"
        placeholder="service=web env=production"
        spellcheck={false}
        value={text}
        onChange={(typed) => {
          setTyped(true);
          setText(typed);
        }}
      />
      <p class="preview" role="status">
        {previewText(matchersOf(asked).length, preview.value, preview.failure?.text)}
      </p>
      <SpanField span={span} onChange={setSpan} />
      <TextField
        label="Why"
        placeholder="shown to everyone who asks why there was no notice"
        maxLength={4000}
        value={why}
        onChange={setWhy}
      />
    </FormDialog>
  );
}

interface SilenceDialogProps {
  /** What it is prefilled with: the fewest labels that tell this incident apart. */
  readonly incident?: Incident | undefined;
  readonly what?: string;
  readonly comment?: string;
  readonly isWindow?: boolean;
  readonly onClose: () => void;
}

function previewText(count: number, preview: SilencePreview | undefined, failure: string | undefined): string {
  if (count === 0) return 'Nothing yet: name=value, name!=value, name=~"a.*".';
  if (failure !== undefined) return failure;
  if (preview === undefined) return 'Looking what it matches…';
  const { alert_count: alerts, incident_count: incidents, firing_count: firing } = preview;
  if (alerts === 0) return 'Matches nothing that fires now.';
  const all = alerts === firing && firing > 1 ? ' That is everything that fires.' : '';
  return `Matches ${countOf(alerts, 'firing alert')} of ${countOf(incidents, 'incident')}.${all}`;
}
