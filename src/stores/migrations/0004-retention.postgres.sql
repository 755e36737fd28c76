-- Finds what is old enough to be removed. Both indexes hold what is over only: a firing alert's repeats touch neither.

CREATE INDEX alerts_over ON alerts (received_at, rid) WHERE status = 'resolved';
CREATE INDEX incidents_over ON incidents (coalesce(resolved_at, opened_at), id)
  WHERE status IN ('resolved', 'closed');
