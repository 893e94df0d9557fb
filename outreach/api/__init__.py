"""The API that phones speak: docs/sync.md. Bearer credentials only; cookies mean nothing here."""
