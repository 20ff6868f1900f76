from django.db import migrations

# All that may still happen to a published text is that a newer one takes its place.
STAYS = """
CREATE FUNCTION solutions_revision_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.stage IN ('published', 'superseded') THEN
        IF TG_OP = 'UPDATE' AND OLD.stage = 'published' AND NEW.stage = 'superseded'
            AND to_jsonb(NEW) - 'stage' = to_jsonb(OLD) - 'stage'
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'revision % is published and stays as it is', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_revision_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_revision_stays BEFORE UPDATE OR DELETE ON solutions_revision
    FOR EACH ROW EXECUTE FUNCTION solutions_revision_stays();
"""

# Readers may not write a solution, so what they say is counted for them. The function belongs to the owner
# of the tables; it counts the row that its caller was allowed to write, and nothing else.
COUNTED = """
CREATE FUNCTION solutions_verdict_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE solutions_solution
           SET helped = helped - OLD.helped::int, not_helped = not_helped - (NOT OLD.helped)::int
         WHERE tenant_id = OLD.tenant_id AND id = OLD.solution_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE solutions_solution
           SET helped = helped + NEW.helped::int, not_helped = not_helped + (NOT NEW.helped)::int
         WHERE tenant_id = NEW.tenant_id AND id = NEW.solution_id;
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION solutions_verdict_counts() FROM PUBLIC;
CREATE TRIGGER verdict_counts AFTER INSERT OR UPDATE OF helped, solution_id OR DELETE ON solutions_verdict
    FOR EACH ROW EXECUTE FUNCTION solutions_verdict_counts();
"""


class Migration(migrations.Migration):
    """A published text never changes, whoever asks; and what readers say is counted."""

    dependencies = [("solutions", "0001_solutions_revisions_and_verdicts")]

    operations = [
        migrations.RunSQL(
            STAYS,
            "DROP TRIGGER published_revision_stays ON solutions_revision;"
            " DROP FUNCTION solutions_revision_stays();",
        ),
        migrations.RunSQL(
            COUNTED,
            "DROP TRIGGER verdict_counts ON solutions_verdict; DROP FUNCTION solutions_verdict_counts();",
        ),
    ]
