import type { ComponentChildren } from 'preact';
import type { Shown } from '../model/hooks.ts';
import { useCell, useModel } from '../model/hooks.ts';
import { shown } from '../words/outside.ts';
import { Empty, Loaded } from './panel.tsx';

/** What admins alone are shown; everybody else is told so, and as whom they are known. */
export function AdminOnly<T>({ of, what, children }: AdminOnlyProps<T>) {
  const { signIn } = useModel();
  const who = useCell(signIn.session);
  if (of.failure?.status === 403) {
    return (
      <Empty icon="key" title="You need the role admin to see this">
        {who !== null && (
          <p>
            You are signed in as {shown(who.name ?? who.kind)} ({who.role}).
          </p>
        )}
      </Empty>
    );
  }
  return (
    <Loaded of={of} what={what} rows={4} height={32}>
      {children}
    </Loaded>
  );
}

interface AdminOnlyProps<T> {
  readonly of: Shown<T>;
  readonly what: string;
  readonly children: (value: T) => ComponentChildren;
}
