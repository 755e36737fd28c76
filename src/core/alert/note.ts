/** Something a sender says of an alert that neither fires nor resolves it. It becomes an event of the history. */
export interface IncomingNote {
  /** Fingerprint of the alert that is meant, within the same source and origin. */
  readonly fingerprint: string;
  /** `acknowledged` and `unacknowledged` also move the alert's incident. */
  readonly kind: 'acknowledged' | 'unacknowledged' | 'noted' | 'escalated' | 'assigned' | 'priority_changed';
  /** When it happened, by the sender's clock; UTC milliseconds, never later than the arrival. */
  readonly at: number;
  /** Who did it, as the sender names them; '' when it does not. */
  readonly by: string;
  /** One line for a person. */
  readonly message: string;
}
