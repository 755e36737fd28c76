-- The table of nonces is `replays` and the hub's own marks are `hub_state`: a delivery is an attempt on a channel, a note
-- a remark of a sender.

ALTER TABLE deliveries RENAME TO replays;
DROP INDEX deliveries_at;
CREATE INDEX replays_at ON replays (at);
ALTER TABLE notes RENAME TO hub_state;
