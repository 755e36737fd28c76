import type { ComponentChildren } from 'preact';

/** A table that is moved sideways where it is wider than its place, by keys too. `heads` are the cells of its head. */
export function ScrollTable({
  label,
  heads,
  children,
}: {
  readonly label: string;
  readonly heads: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>{heads}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
