/** The store cannot be opened; the message says why and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}
