-- What waits to be told and what failed, in the order of its list: few of many notices.
CREATE INDEX notices_outbox ON notices (incident_id DESC, channel) WHERE state <> 'rest';
