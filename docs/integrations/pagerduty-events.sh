# An event as clients of PagerDuty send it. Give the client https://hub.example.com/v2/enqueue as its address, and
# WEBHOOK_SECRET_PAGERDUTY_EVENTS of the hub as its integration key (routing key).
curl https://hub.example.com/v2/enqueue -H 'Content-Type: application/json' --data-binary @- <<EOF
{
  "routing_key": "$WEBHOOK_SECRET_PAGERDUTY_EVENTS",
  "event_action": "trigger",
  "dedup_key": "try-monitor",
  "payload": { "summary": "Trying the hub", "source": "$(hostname)", "severity": "info" }
}
EOF
