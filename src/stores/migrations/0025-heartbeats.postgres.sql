-- What an origin of Alerta says of itself with its heartbeat, as JSON; NULL for an instance that pushes.
ALTER TABLE instances ADD COLUMN heartbeat text;
