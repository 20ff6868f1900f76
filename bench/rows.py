"""The many rows of a bench vendor, by set-based SQL.

Every row is worked out from its number, for which ``pick`` throws dice: two loads of a scale are alike.
``%(tenant)s`` and the other parameters are the fields of :class:`bench.vendors.Vendor`.
"""

FIVE, FIVE_HUNDRED = "Conversation of five messages", "Conversation of five hundred messages"

_CUSTOMERS = """
INSERT INTO identity_user (password, email, name, language, time_zone, is_active, created_at)
SELECT '!', format('c%%s.%%s@%%s.example', a, c, %(label)s), format('Contact %%s of %%s', c, a),
       (ARRAY['en','fr','it','nl','sv','ko'])[1 + a %% 6], 'Europe/Berlin', true, now()
FROM generate_series(1, %(accounts)s) a, generate_series(1, 4) c;

INSERT INTO identity_account (tenant_id, name, key, language, time_zone, country, subdivision,
                              last_incident_number, created_at)
SELECT %(tenant)s, format('Customer %%s', a), 'K' || lpad(upper(to_hex(a)), 5, '0'),
       (ARRAY['en','fr','it','nl','sv','ko'])[1 + a %% 6], 'Europe/Berlin', 'DE', '',
       1 + %(incidents)s / %(accounts)s, now() - interval '4 years'
FROM generate_series(1, %(accounts)s) a;

CREATE TEMP TABLE account AS
SELECT id, key, row_number() OVER (ORDER BY id) - 1 AS n FROM identity_account WHERE tenant_id = %(tenant)s;

INSERT INTO identity_membership (tenant_id, user_id, account_id, role, languages, sales_contact, joined_at)
SELECT %(tenant)s, u.id, account.id, CASE c WHEN 1 THEN 'customer_admin' ELSE 'customer' END, '{}', false,
       now()
FROM account, generate_series(1, 4) c, identity_user u
WHERE u.email = format('c%%s.%%s@%%s.example', n + 1, c, %(label)s);

INSERT INTO entitlements_contract (tenant_id, account_id, number, plan_id, edition_id, starts_on, ends_on,
                                   grace_days, created_at)
SELECT %(tenant)s, account.id, 'C-' || account.key, plan.id, %(edition)s,
       current_date - 100, current_date + 265, 14, now()
FROM account JOIN plans_plan plan ON plan.tenant_id = %(tenant)s
 AND plan.rank = CASE WHEN n %% 10 < 6 THEN 1 WHEN n %% 10 < 9 THEN 2 ELSE 3 END;

INSERT INTO entitlements_contractline (tenant_id, account_id, contract_id, product_id)
SELECT %(tenant)s, contract.account_id, contract.id, product.id
FROM entitlements_contract contract JOIN plans_product product USING (tenant_id)
WHERE contract.tenant_id = %(tenant)s;

INSERT INTO entitlements_installation (tenant_id, account_id, product_id, version_id, name, environment, kind)
SELECT %(tenant)s, account.id, product.id, version.id, product.name || ' production', 'production', 'standard'
FROM account, plans_product product
JOIN plans_productversion version ON version.tenant_id = product.tenant_id AND version.product_id = product.id
WHERE product.tenant_id = %(tenant)s;
"""

_LOOK_UPS = """
CREATE OR REPLACE FUNCTION pg_temp.pick(n int, die int) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT hashint4extended(n, die) & 2147483647 $$;

CREATE TEMP TABLE contact AS
SELECT id, user_id, account_id, row_number() OVER (PARTITION BY account_id ORDER BY id) - 1 AS n
FROM identity_membership WHERE tenant_id = %(tenant)s AND account_id IS NOT NULL;

CREATE TEMP TABLE product AS
SELECT product.id, served.team_id, row_number() OVER (ORDER BY product.id) - 1 AS n
FROM plans_product product JOIN incidents_teamproduct served ON served.product_id = product.id
WHERE product.tenant_id = %(tenant)s;

CREATE TEMP TABLE agent AS
SELECT id, team_id, row_number() OVER (PARTITION BY team_id ORDER BY id) - 1 AS n
FROM identity_membership WHERE tenant_id = %(tenant)s AND role = 'agent';

CREATE TEMP TABLE cover AS
SELECT line.id AS line_id, line.account_id, line.product_id, plan.id AS plan_id,
       installation.id AS installation_id,
       CASE plan.rank WHEN 1 THEN 0 ELSE -plan.rank END AS plan_order
FROM entitlements_contractline line
JOIN entitlements_contract contract ON contract.id = line.contract_id
JOIN plans_plan plan ON plan.id = contract.plan_id
JOIN entitlements_installation installation
  ON installation.account_id = line.account_id AND installation.product_id = line.product_id
WHERE line.tenant_id = %(tenant)s;

CREATE TEMP TABLE calendar AS
SELECT id FROM plans_calendar WHERE tenant_id = %(tenant)s AND edition_id = %(edition)s AND code = 'business';

ANALYZE account; ANALYZE contact; ANALYZE product; ANALYZE agent; ANALYZE cover;
"""

_INCIDENTS = """
CREATE TEMP TABLE incident AS
SELECT i, i * 7919::bigint %% %(accounts)s AS a,
       pg_temp.pick(i, 1) %% 5 AS p, pg_temp.pick(i, 2) %% 4 AS c, pg_temp.pick(i, 3) %% 10 AS g,
       CASE WHEN pg_temp.pick(i, 4) %% 100 < 5 THEN 1 WHEN pg_temp.pick(i, 4) %% 100 < 25 THEN 2
            WHEN pg_temp.pick(i, 4) %% 100 < 70 THEN 3 ELSE 4 END AS severity,
       CASE WHEN i <= %(incidents)s - %(unsolved)s THEN CASE i %% 50 WHEN 0 THEN 'resolved' ELSE 'closed' END
            WHEN pg_temp.pick(i, 5) %% 10 < 1 THEN 'waiting' WHEN pg_temp.pick(i, 5) %% 10 < 4 THEN 'new'
            ELSE 'open' END AS state,
       now() - interval '3 years' * (%(incidents)s - i + 1) / %(incidents)s AS created_at
FROM generate_series(1, %(incidents)s) i;

INSERT INTO incidents_incident (
  tenant_id, account_id, number, reference, reported_by_id, logged_by_id, channel, kind, severity, state,
  title, description, language, product_id, installation_id, coverage_check, contract_line_id, plan_id,
  edition_id, edition_in_force_id, time_zone, holiday_region, plan_order, team_id, assignee_id, created_at,
  last_activity_at, waiting_since, resolved_at, closed_at, resolution, revision)
SELECT %(tenant)s, account.id, (i - 1) / %(accounts)s + 1,
       account.key || '-' || (i - 1) / %(accounts)s + 1,
       contact.id, contact.id, 'web', 'defect', severity, state,
       format('Posting run %%s stops at step %%s with an unexpected answer', i, i %% 17),
       format(E'Since this morning the **posting run** stops.\n\n- Run: %%s\n- Step: %%s\n\n'
              'We have started it again twice, with the same result. The log says `E%%s: answer not'
              ' expected`. Yesterday''s run went through.', i, i %% 17, i %% 997),
       'en', product.id, cover.installation_id, false, cover.line_id, cover.plan_id, %(edition)s, %(edition)s,
       'Europe/Berlin', 'DE', cover.plan_order, product.team_id, CASE WHEN state <> 'new' THEN agent.id END,
       created_at, least(created_at + interval '1 hour' * (i %% 90), now()),
       CASE state WHEN 'waiting' THEN created_at + interval '3 hours' END,
       CASE WHEN state IN ('resolved', 'closed') THEN created_at + interval '3 days' END,
       CASE state WHEN 'closed' THEN created_at + interval '9 days' END,
       CASE WHEN state IN ('resolved', 'closed') THEN 'Repaired by the latest service pack.' ELSE '' END, 2
FROM incident
JOIN account ON account.n = a
JOIN contact ON contact.account_id = account.id AND contact.n = c
JOIN product ON product.n = p
JOIN agent ON agent.team_id = product.team_id AND agent.n = g
JOIN cover ON cover.account_id = account.id AND cover.product_id = product.id
ORDER BY i;

ANALYZE incidents_incident;  -- or the planner believes that there are none
UPDATE incidents_incident changed SET title = CASE latest.n WHEN 1 THEN %(five_hundred)s ELSE %(five)s END
FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS n
      FROM incidents_incident WHERE tenant_id = %(tenant)s AND state = 'open') latest
WHERE changed.id = latest.id AND latest.n <= 2;
"""

_CLOCKS = """
INSERT INTO incidents_clock (
  tenant_id, account_id, incident_id, kind, round, state, started_at, due_at, paused_at, ended_at, broken,
  alerted, alert_at, minutes, unit, calendar_id, time_zone, holiday_region, event_days)
SELECT clock.tenant_id, account_id, clock.id, kind, 1, clock_state, started_at, clock_due_at,
       CASE clock_state WHEN 'paused' THEN waiting_since END,
       CASE clock_state WHEN 'met' THEN created_at + interval '2 hours' END,
       clock_state = 'running' AND clock_due_at < now(),
       CASE WHEN clock_state = 'running' AND clock_due_at < now() THEN 150 ELSE 0 END,
       CASE WHEN clock_state = 'running' AND clock_due_at >= now() THEN clock_due_at END,
       minutes, 'coverage', calendar.id, 'Europe/Berlin', 'DE', '{}'
FROM (
  SELECT incident.id, incident.tenant_id, account_id, created_at, waiting_since, promised.kind, minutes,
         CASE promised.kind WHEN 'first_response' THEN CASE state WHEN 'new' THEN 'running' ELSE 'met' END
                   WHEN 'resolution' THEN CASE state WHEN 'waiting' THEN 'paused' ELSE 'running' END
                   ELSE 'running' END AS clock_state,
         CASE WHEN promised.kind IN ('next_response', 'update') THEN created_at + interval '3 hours'
              ELSE created_at END AS started_at,
         CASE WHEN promised.kind = 'first_response' AND state <> 'new' THEN created_at + interval '4 hours'
              ELSE now() + interval '1 minute' * (incident.id * 7 %% 5760 - 1440 + delay) END AS clock_due_at
  FROM incidents_incident incident
  JOIN (VALUES ('first_response', 240, 0, NULL::text), ('next_response', 480, 10, 'open'),
               ('update', 480, 30, 'open'), ('update', 480, 30, 'waiting'), ('resolution', 2400, 60, NULL)
       ) AS promised (kind, minutes, delay, only_in) ON only_in IS NULL OR only_in = state
  WHERE incident.tenant_id = %(tenant)s
    AND (state IN ('new', 'open', 'waiting') OR promised.kind = 'first_response')
  ORDER BY incident.id
) clock CROSS JOIN calendar;

INSERT INTO incidents_clocksegment (tenant_id, account_id, clock_id, at, state, reason, minutes, unit,
                                    calendar_id, time_zone, holiday_region, event_days)
SELECT tenant_id, account_id, id, at, state, reason, minutes, unit, calendar_id, time_zone, holiday_region,
       event_days
FROM (
  SELECT clock.tenant_id, account_id, id, minutes, unit, calendar_id, time_zone, holiday_region, event_days,
         step.at, step.state, step.reason
  FROM incidents_clock clock,
       (VALUES ('running', 'started'), ('paused', 'waiting'), ('met', 'met')) AS happened (state, reason),
       LATERAL (SELECT happened.*, CASE happened.state WHEN 'running' THEN clock.started_at
                                   WHEN 'paused' THEN clock.paused_at ELSE clock.ended_at END AS at) AS step
  WHERE clock.tenant_id = %(tenant)s AND happened.state IN ('running', clock.state)
  ORDER BY clock.id, at
) segment;

INSERT INTO incidents_score (tenant_id, account_id, incident_id, clock_id, kind, severity, plan_id,
                             product_id, team_id, kept, due_at, decided_at)
SELECT clock.tenant_id, clock.account_id, incident_id, clock.id, clock.kind, severity, plan_id, product_id,
       team_id, clock.id %% 12 > 0, clock.due_at, clock.ended_at
FROM incidents_clock clock JOIN incidents_incident incident ON incident.id = clock.incident_id
WHERE clock.tenant_id = %(tenant)s AND clock.state = 'met'
ORDER BY clock.id;

ANALYZE incidents_clock;
UPDATE incidents_incident incident SET due_at = soonest.due_at, due_clock_id = soonest.id
FROM (SELECT DISTINCT ON (incident_id) incident_id, id, due_at FROM incidents_clock
      WHERE tenant_id = %(tenant)s AND state IN ('running', 'paused')
      ORDER BY incident_id, due_at, id) soonest
WHERE incident.id = soonest.incident_id AND incident.tenant_id = %(tenant)s;
"""

_CONVERSATIONS = """
INSERT INTO incidents_message (tenant_id, account_id, incident_id, author_id, by_staff, internal, channel,
                               body, mentions, created_at)
SELECT tenant_id, account_id, id, CASE WHEN by_staff THEN assignee_id ELSE reported_by_id END, by_staff,
       false, 'web',
       format(E'Thank you. We looked at the run once more, and **step %%s** is where it stops.\n\n'
              '1. Open the journal.\n2. Compare the two totals.\n\nSeen in run %%s-%%s.', m %% 17, id, m),
       '{}', created_at + interval '2 hours' + interval '10 minutes' * m
FROM (
  SELECT incident.*, m, m %% 2 = 1 AND assignee_id IS NOT NULL AS by_staff
  FROM incidents_incident incident,
       generate_series(1, CASE title WHEN %(five)s THEN 5 WHEN %(five_hundred)s THEN 500
                               ELSE CASE state WHEN 'new' THEN 1 ELSE 2 END END) m
  WHERE tenant_id = %(tenant)s
  ORDER BY incident.id, m
) said;

INSERT INTO core_historyentry (tenant_id, account_id, subject_type, subject_id, verb, actor_id, actor_name,
                               internal, data, at)
SELECT tenant_id, account_id, 'incident', id, verb,
       CASE verb WHEN 'logged' THEN reported_by_id ELSE assignee_id END,
       CASE verb WHEN 'logged' THEN 'Contact' ELSE 'Agent' END, false,
       CASE verb WHEN 'logged' THEN jsonb_build_object('severity', severity, 'coverage_check', false)
                 ELSE '{}' END,
       created_at + CASE verb WHEN 'logged' THEN interval '0' ELSE interval '2 hours' END
FROM incidents_incident,
     unnest(CASE state WHEN 'new' THEN ARRAY['logged'] ELSE ARRAY['logged', 'first_response'] END) verb
WHERE tenant_id = %(tenant)s;

INSERT INTO incidents_follower (tenant_id, account_id, incident_id, person_id)
SELECT %(tenant)s, incident.account_id, incident.id, contact.id
FROM incidents_incident incident JOIN contact ON contact.account_id = incident.account_id AND contact.n = 0
WHERE incident.tenant_id = %(tenant)s AND incident.id %% 4 = 0;

INSERT INTO notifications_notification (tenant_id, id, recipient_id, user_id, kind, key, data, url,
                                        created_at, read_at)
SELECT %(tenant)s, gen_random_uuid(), contact.id, contact.user_id, 'incidents.reply',
       incident.id || ':message', jsonb_build_object('reference', reference, 'title', title),
       '/incidents/' || reference || '/', incident.last_activity_at,
       CASE WHEN incident.id %% 3 > 0 THEN incident.last_activity_at END
FROM incidents_incident incident JOIN contact ON contact.id = incident.reported_by_id
WHERE incident.tenant_id = %(tenant)s AND incident.state <> 'new';

INSERT INTO notifications_delivery (tenant_id, id, notification_id, channel, in_bulk, state, due_at,
                                    attempts, sent_at, error)
SELECT tenant_id, gen_random_uuid(), id, 'mail', false, 'sent', created_at, 1, created_at, ''
FROM notifications_notification WHERE tenant_id = %(tenant)s;

DROP TABLE account, contact, product, agent, cover, calendar, incident;
"""

STEPS = (_CUSTOMERS, _LOOK_UPS, _INCIDENTS, _CLOCKS, _CONVERSATIONS)
TABLES = (
    "incidents_incident",
    "incidents_clock",
    "incidents_clocksegment",
    "incidents_score",
    "incidents_message",
    "incidents_follower",
    "core_historyentry",
    "notifications_notification",
    "notifications_delivery",
)
"""The tables that grow with the number of incidents."""
