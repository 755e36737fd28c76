import type { Followers } from './followers.ts';
import type { NoticeReads } from './notices.ts';

/** What lists, figures and explanations read of what people were told. */
export type NoticeHistory = Pick<
  NoticeReads,
  'noticesOf' | 'attemptsOf' | 'listNotices' | 'listAttempts' | 'countNotices' | 'figures'
> &
  Pick<Followers, 'followerCursor' | 'lagBehind'>;
