-- Finds the replays that are old enough to be forgotten, whatever came before them.

CREATE INDEX deliveries_at ON deliveries (at);
