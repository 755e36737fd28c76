/** What an examination came to: as it should be, worth knowing, wrong, or not to be told from here. */
export type FindingStatus = 'ok' | 'warning' | 'problem' | 'unknown';

/** One thing that `monitor doctor` has looked at. */
export interface Finding {
  readonly part: string;
  readonly status: FindingStatus;
  readonly message: string;
  /** What mends it: a command or a setting. */
  readonly fix?: string;
}

/** The worst of them; `ok` where there are none. */
export function worstOf(findings: readonly Finding[]): FindingStatus {
  const order: readonly FindingStatus[] = ['problem', 'warning', 'unknown'];
  return order.find((status) => findings.some((finding) => finding.status === status)) ?? 'ok';
}

/** What an examination finds; where it cannot ask, why not. */
export async function orUnknown(part: string, examine: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    return [{ part, status: 'unknown', message: (error as Error).message }];
  }
}
