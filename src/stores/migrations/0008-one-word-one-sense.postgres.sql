-- The table of nonces is `replays` and the hub's own marks are `hub_state`: a delivery is an attempt on a channel, a note
-- a remark of a sender.
-- Hubs of the former version run until they are restarted, so the former names stay as
-- views, which PostgreSQL writes through; a later step drops them.

ALTER TABLE deliveries RENAME TO replays;
ALTER INDEX deliveries_pkey RENAME TO replays_pkey;
ALTER INDEX deliveries_key_key RENAME TO replays_key_key;
ALTER INDEX deliveries_at RENAME TO replays_at;
ALTER SEQUENCE deliveries_rid_seq RENAME TO replays_rid_seq;
ALTER TABLE notes RENAME TO hub_state;
ALTER INDEX notes_pkey RENAME TO hub_state_pkey;
CREATE VIEW deliveries AS SELECT * FROM replays;
CREATE VIEW notes AS SELECT * FROM hub_state;
