/** Called when an older schema is about to be brought up to date, by the numbers of the last step of both. */
export type OnMigration = (from: number, to: number) => void;
