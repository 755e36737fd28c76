import { useState } from 'preact/hooks';
import { useCell, useModel } from '../model/hooks.ts';
import { spanText } from '../words/ages.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const CHOICES = [HOUR / 2, HOUR, 4 * HOUR];

/** How long something is to hold: a few usual spans, until the morning, or any. */
export function SpanField({ span, onChange }: { readonly span: number; readonly onChange: (span: number) => void }) {
  const { clock, times } = useModel();
  const zone = useCell(times);
  const [chosen, setChosen] = useState<string>(String(HOUR));
  const now = clock.now();
  // Eight in the morning, today or tomorrow.
  const morning =
    [0, 1].map((day) => zone.dayStart(now, day) + 8 * HOUR).find((at) => at > now + 5 * MINUTE) ?? now + HOUR;
  const choose = (name: string, value: number) => () => {
    setChosen(name);
    onChange(value);
  };
  const choice = (name: string, text: string, value: number) => (
    <button type="button" aria-pressed={chosen === name} onClick={choose(name, value)}>
      {text}
    </button>
  );
  return (
    <fieldset>
      <legend>For how long</legend>
      <div class="seg">
        {CHOICES.map((value) => choice(String(value), value < HOUR ? '30 min' : spanText(value), value))}
        {choice('morning', `until ${zone.minute(morning)}`, morning - now)}
        {choice('other', 'other', span)}
      </div>
      {chosen === 'other' && (
        <label class="hours">
          <span>Hours</span>
          <input
            type="number"
            class="field"
            min="0.1"
            max="8760"
            step="any"
            value={Number((span / HOUR).toFixed(2))}
            onInput={(event) => {
              const hours = Number(event.currentTarget.value);
              if (hours > 0 && hours <= 8760) onChange(hours * HOUR);
            }}
          />
        </label>
      )}
    </fieldset>
  );
}
