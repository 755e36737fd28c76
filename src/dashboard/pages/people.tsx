import { valueIn } from '../model/address.ts';
import { useCell, useModel } from '../model/hooks.ts';
import { mayOpen } from '../model/session.ts';
import { PeoplePanel } from '../parts/people-panel.tsx';
import { Segments } from '../parts/segments.tsx';
import { SessionsPanel } from '../parts/sessions-panel.tsx';
import { TokensPanel } from '../parts/tokens-panel.tsx';

const TABS = [
  { word: 'People', tab: null },
  { word: 'Tokens', tab: 'tokens' },
  { word: 'Sessions', tab: 'sessions' },
] as const;

/** Who and what may use this hub. */
export function PeoplePage() {
  const { address, signIn } = useModel();
  const session = useCell(signIn.session);
  const query = useCell(address)?.query ?? {};
  const tab = TABS.find((one) => one.tab === valueIn(query, 'tab'))?.tab ?? null;
  const tabs = TABS.filter((one) => mayOpen(session, 'people', one.tab ?? undefined));
  return (
    <>
      <div class="filters">
        <Segments
          query={query}
          name="tab"
          label="Of what"
          choices={tabs.map(({ word, tab: value }) => ({ word, value }))}
        />
      </div>
      {tab === 'tokens' ? <TokensPanel /> : tab === 'sessions' ? <SessionsPanel /> : <PeoplePanel />}
    </>
  );
}
