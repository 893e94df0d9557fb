"""Bugs that break a promise of docs/sync.md, one at a time."""

from tests.mutations.making import Edit, Mutation, bug

API = "tests.outreach.api"
PUSH, PULL, BATCHES = f"{API}.test_push", f"{API}.test_pull", f"{API}.test_batches"
SCHEMAS, REVOKED = f"{API}.test_schemas", f"{API}.test_revoked_phones"
LEDGER = "tests.outreach.test_ledger"
SYNC, SETTLING = "outreach/sync.py", "outreach/settling.py"
ENVELOPES, FEED, PULLING = "outreach/envelopes.py", "outreach/feed.py", "outreach/pulling.py"
WORLD, ROWS = "outreach/world.py", "outreach/rows.py"
RESTORING = "outreach/backups/restoring.py"

ONCE = (
    bug(
        "what comes again is taken for something else (Formhub #678)",
        SYNC,
        "        if event.content_hash in seen:\n",
        "        if False:\n",
        f"{PUSH}.AVisitFromAPhone",
    ),
    bug(
        "the same event is another one at each attempt (Formhub #678)",
        ENVELOPES,
        "    return sha256(canonical.encode()).hexdigest()\n",
        "    return sha256(f'{canonical}{datetime.now()}'.encode()).hexdigest()\n",
        f"{PUSH}.AVisitFromAPhone",
    ),
    bug(
        "the database lets the same event in twice (kobocat #470)",
        "outreach/migrations/0001_initial.py",
        "models.UniqueConstraint(fields=('uuid', 'content_hash'), name='stored_once'), ",
        "",
        "tests.faults.test_races.OneBatchManyTimes",
        database="postgres",
    ),
    bug(
        "the database lets the desk's event in twice",
        "outreach/migrations/0001_initial.py",
        "models.UniqueConstraint(fields=('uuid', 'content_hash'), name='stored_once'), ",
        "",
        f"{LEDGER}.AnEventSentTwice",
    ),
    bug(
        "a second event with a visit's id is counted over it",
        SETTLING,
        "            claims[Visit, one.event.uuid][one.event.number] = one.event.number\n",
        "            pass\n",
        "tests.outreach.api.test_batches",
    ),
)
NOTHING_LOST = (
    Mutation(
        "the receipt is given and nothing was stored",
        (
            Edit(
                SYNC,
                "[bulk.row_of(event) for event in new]",
                "[]",
            ),
            Edit(
                SYNC,
                "            said = stored[event.uuid, event.content_hash]\n",
                "            said = stored.get((event.uuid, event.content_hash), (1, 'stored'))\n",
            ),
        ),
        (f"{PUSH}.AVisitFromAPhone",),
    ),
    bug(
        "what cannot be applied is thrown away",
        SYNC,
        "            note_verdicts(found, {event.number: verdict for event in found})\n",
        "            stored.delete()\n",
        f"{BATCHES}.ABatch",
    ),
    bug(
        "one event that breaks the server takes others of its home along",
        SYNC,
        "        for number in failed if len(failed) > 1 else ():\n",
        "        for number in ():\n",
        f"{BATCHES}.ABatch",
    ),
    bug(
        "what a stopped process left behind stays there",
        SYNC,
        " | Q(received_at__lt=now - LEFT_BEHIND)",
        "",
        f"{BATCHES}.ABatch",
    ),
    bug(
        "what came from a newer phone is never looked at again",
        SYNC,
        "    known = _known_by_now(ward)\n",
        "    known = []\n",
        SCHEMAS,
    ),
    bug(
        "an old phone's word for something is no longer understood",
        "outreach/payloads.py",
        "    given_at: AwareDatetime\n",
        "    agreed_at: AwareDatetime\n",
        f"{SCHEMAS}.WhatPhonesOfSchema1Say",
    ),
    bug(
        "an old schema is read as if it were today's",
        "outreach/upcasting.py",
        "            said = upcast(said) if upcast else said\n",
        "            pass\n",
        f"{SCHEMAS}.ASchemaThatGrewOld",
    ),
    bug(
        "a time with an odd offset breaks the whole push",
        ENVELOPES,
        "    return moment.astimezone(UTC)\n",
        "    return moment\n",
        f"{PUSH}.AClock",
        database="postgres",
    ),
)
WHAT_PHONES_LEARN = (
    bug(
        "what became of an event never reaches its phone",
        SETTLING,
        "    feed.note_statuses(changed)\n",
        "    pass\n",
        f"{PULL}.LaterPulls",
    ),
    bug(
        "a home that moved away stays on the phone",
        PULLING,
        '        "left": _left(gone - set(documents), cursor.places),\n',
        '        "left": [],\n',
        f"{PULL}.LaterPulls",
    ),
    Mutation(
        "changes are numbered as they are written: a cursor passes those that commit late",
        (
            Edit(
                FEED,
                "                SELECT id, %s + ROW_NUMBER() OVER (ORDER BY id) AS number\n",
                "                SELECT id, id + 0 * %s AS number\n",
            ),
            Edit(
                FEED,
                "        feed.last += _number_after(feed)\n",
                "        _number_after(feed)\n"
                '        feed.last = max(Change.objects.values_list("number", flat=True))\n',
            ),
        ),
        ("tests.faults.test_races.ASlowWriter",),
        "postgres",
    ),
    bug(
        "the first pull gives homes older than its cursor",
        PULLING,
        "    said = [str(known_epoch), ward, places, feed.number(ward)]\n",
        "    said = [str(known_epoch), ward, places]\n",
        f"{PULL}.TheFirstPull",
    ),
    bug(
        "pages of changes overlap the wrong way and lose some",
        PULLING,
        "    number = found[-1].number if full and found else last\n",
        "    number = last\n",
        f"{PULL}.LaterPulls",
    ),
    bug(
        "a home of another ward is told apart from one that does not exist",
        SETTLING,
        "    refused = {one.event.number: Reason.UNKNOWN_HOUSEHOLD for",
        "    refused = {one.event.number: Reason.OUTSIDE_SCOPE for",
        f"{PUSH}.WhatCannotCountYet",
    ),
)
WHO_MAY = (
    bug(
        "what a revoked phone hands in counts",
        ENVELOPES,
        "    if sender.device.revoked_at:\n",
        "    if False:\n",
        f"{PUSH}.WhatCannotCountYet",
    ),
    bug(
        "a revoked phone may fill the disk",
        SYNC,
        "        refuse_too_much(device, len(new), len(body), now)\n",
        "        pass\n",
        f"{REVOKED}.ARevokedPhone",
    ),
    bug(
        "what was never asked who said it counts once it can be read",
        ENVELOPES,
        "    reason = _unfit(item) or _may_not(event, actor, sender) or _unread(item, event)\n",
        "    reason = _unfit(item) or _unread(item, event) or _may_not(event, actor, sender)\n",
        SCHEMAS,
    ),
    bug(
        "anybody may be named as the one who said it",
        ENVELOPES,
        "    if actor is None or not may_act(sender.device, actor, event.told_at, sender.lost):\n",
        "    if actor is None:\n",
        f"{PUSH}.WhatCannotCountYet",
    ),
    bug(
        "a closed account still reads",
        "volunteers/models/devices.py",
        "known = self.current().filter(user__is_active=True)",
        "known = self.current()",
        f"{PULL}.WhoMayNotPull",
    ),
)
WHAT_COUNTS = (
    bug(
        "a visit taken back still counts",
        "outreach/models/visits.py",
        "        return self.filter(voided_at=None)\n",
        "        return self.all()\n",
        "tests.outreach.test_coverage.AHousehold",
    ),
    bug(
        "levels seen at a visit taken back still count",
        WORLD,
        "        return self.voided is None\n",
        "        return True\n",
        f"{LEDGER}.AVoidedVisit",
    ),
    bug(
        "levels are kept of people who did not agree",
        ROWS,
        "            if key in agreed and agreed[key] <= visited_at:\n",
        "            if key:\n",
        f"{LEDGER}.AVisit",
    ),
    bug(
        "a consent taken back still holds",
        WORLD,
        "            resident, ended = self.root(said.resident), min(ends, default=None)\n",
        "            resident, ended = self.root(said.resident), None\n",
        f"{LEDGER}.WithdrawnConsent",
    ),
    bug(
        "a wrong clock is not repaired",
        "outreach/models/ledger.py",
        "moment.astimezone(UTC) + timedelta(milliseconds=self.clock_offset_ms)",
        "moment.astimezone(UTC)",
        f"{PUSH}.AClock",
    ),
    bug(
        "what arrives last wins, not what was said last",
        WORLD,
        "            for write in sorted(writes, key=lambda write: write.stamp):\n",
        "            for write in writes:\n",
        f"{PUSH}.WhatTwoPeopleSay",
    ),
    bug(
        "the second of two who differ wins without the leader",
        WORLD,
        'GUARDED = {"head", "phone", "left", "merged_into"}\n',
        "GUARDED = set()\n",
        "tests.outreach.test_leaders_choice",
    ),
    bug(
        "verify_ledger says OK whatever stands in the tables",
        "outreach/verify.py",
        "    for found in compare(rows_of(world, ward.code), homes):\n",
        "    for found in ():\n",
        f"{LEDGER}.VerifyLedger",
    ),
)
AFTER_A_RESTORE = (
    bug(
        "phones do not learn of a restore",
        "outreach/epoch.py",
        "    epoch = uuid4()\n",
        "    epoch = current()[0]\n",
        "tests.outreach.test_backup.AnInstallation",
    ),
    bug(
        "what was erased comes back with the backup",
        RESTORING,
        "    changed = erasures.replay(listed)\n",
        "    changed = 0\n",
        "tests.outreach.test_backup.AnInstallation",
    ),
    bug(
        "what was erased comes back from a phone",
        SYNC,
        "    for event in found:\n        event.payload, event.erased_at = {}, now\n",
        "    for event in ():\n        event.payload, event.erased_at = {}, now\n",
        f"{BATCHES}.WhatWasErased",
    ),
    bug(
        "a phone may forget what no backup holds",
        "outreach/epoch.py",
        "    return bool(known.update(backed_up_through=number, backed_up_at=now))\n",
        "    return bool(known.update(backed_up_through=2**31, backed_up_at=now))\n",
        "tests.outreach.test_epoch",
    ),
)
BUGS = (
    *ONCE,
    *NOTHING_LOST,
    *WHAT_PHONES_LEARN,
    *WHO_MAY,
    *WHAT_COUNTS,
    *AFTER_A_RESTORE,
)
