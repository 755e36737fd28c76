import { useEffect, useMemo } from 'preact/hooks';
import { playTone } from '../browser/tone.ts';
import { createAnnouncer } from '../model/announcer.ts';
import { useCell, useModel } from '../model/hooks.ts';
import { useOpenIncidents } from './navigation.tsx';

/** Says to screen readers what is new and critical, and plays a tone for who has switched it on. */
export function Announcements() {
  const { clock, spoken, preferences } = useModel();
  const open = useOpenIncidents();
  const announce = useMemo(
    () =>
      createAnnouncer(clock, (text) => {
        spoken.set(text);
        if (preferences.get().sound === 'on') playTone();
      }),
    [clock, spoken, preferences],
  );
  useEffect(() => {
    if (open !== undefined) announce(open.items);
  }, [open, announce]);
  return (
    <div class="vh" role="status" aria-live="polite">
      {useCell(spoken)}
    </div>
  );
}
