"""Years of visits, written straight into PostgreSQL: as the product would have left them."""

EVENTS = """
    INSERT INTO outreach_ledgerevent (
        uuid, ward_id, type, schema, actor_id, household, device, seq, client_time,
        clock_offset_ms, payload, content_hash, received_at, status, reason, reason_text,
        clock_uncertain
    )
    SELECT
        gen_random_uuid(), home.ward_id, 'visit.recorded', 1, person.user_id, home.id, phone.id,
        1000000000 + round, now() - interval '1 day' * (20 + mod(round, 700)), 0,
        jsonb_build_object('outcome', 'met', 'visited_at', now() - interval '30 days'),
        md5(home.id::text || round), now() - interval '20 days', 'applied', '', '', false
    FROM generate_series(1, %s) AS round
    CROSS JOIN outreach_household AS home
    JOIN volunteers_device AS phone ON phone.ward_id = home.ward_id
    JOIN volunteers_deviceactor AS person ON person.device_id = phone.id
    ORDER BY round, md5(home.id::text || round)
    LIMIT %s
"""
VISITS = """
    INSERT INTO outreach_visit (
        id, event_number, ward_id, household_id, area_id, visitor_id, visited_at, day, outcome,
        lessons_taught, lessons_finished, note, voided_at, void_reason
    )
    SELECT
        said.uuid, said.number, said.ward_id, said.household, home.area_id, said.actor_id,
        said.client_time, said.client_time::date, 'met', '[]', '[]', '', NULL, ''
    FROM outreach_ledgerevent AS said
    JOIN outreach_household AS home ON home.id = said.household
    WHERE said.type = 'visit.recorded'
        AND NOT EXISTS (SELECT 1 FROM outreach_visit AS known WHERE known.id = said.uuid)
"""
ASSESSMENTS = """
    INSERT INTO outreach_assessment (ward_id, visit_id, resident_id, skill_id, level)
    SELECT visit.ward_id, visit.id, person.id, 'pay_qr', 1
    FROM outreach_visit AS visit
    JOIN outreach_resident AS person ON person.household_id = visit.household_id
    WHERE NOT EXISTS (SELECT 1 FROM outreach_assessment AS known WHERE known.visit_id = visit.id)
"""


def fill(visits: int) -> int:
    """Bring the ledger to so many visits, spread over all homes; gives how many there are."""
    from django.db import connection

    from outreach.models import Household, Visit

    missing = visits - Visit.objects.count()
    rounds = missing // Household.objects.count() + 1
    with connection.cursor() as cursor:
        # The rows are right by their making; checking each reference would take hours.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(EVENTS, [rounds, missing])
        cursor.execute(VISITS)
        cursor.execute(ASSESSMENTS)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return Visit.objects.count()
