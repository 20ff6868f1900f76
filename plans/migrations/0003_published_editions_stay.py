from django.db import migrations

EDITION = """
CREATE FUNCTION plans_edition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'edition % is published and stays as it is', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_edition_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_edition_stays BEFORE UPDATE OR DELETE ON plans_edition
    FOR EACH ROW EXECUTE FUNCTION plans_edition_stays();
"""

# The edition's row is locked, so that a cell can't slip in while the edition is being published.
# The function belongs to the owner of the tables: no row policy can hide the edition from it.
CONTENT = """
CREATE FUNCTION plans_edition_content_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    published bigint;
BEGIN
    SELECT number INTO published FROM (
        SELECT number, state FROM plans_edition
        WHERE id = CASE WHEN TG_OP <> 'INSERT' THEN OLD.edition_id END
           OR id = CASE WHEN TG_OP <> 'DELETE' THEN NEW.edition_id END
        ORDER BY id FOR SHARE
    ) AS locked WHERE state = 'published' LIMIT 1;
    IF published IS NOT NULL THEN
        RAISE EXCEPTION 'edition % is published and stays as it is', published
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_edition_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION plans_edition_content_stays() FROM PUBLIC;
"""

TABLES = ["plans_cell", "plans_target", "plans_calendar", "plans_productexception"]


def _trigger(table: str) -> str:
    return (
        f"CREATE TRIGGER published_edition_stays BEFORE INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION plans_edition_content_stays();"
    )


class Migration(migrations.Migration):
    """A published edition never changes: the database refuses it, whoever asks."""

    dependencies = [("plans", "0002_cell_notice_days")]

    operations = [
        migrations.RunSQL(
            EDITION,
            "DROP TRIGGER published_edition_stays ON plans_edition; DROP FUNCTION plans_edition_stays();",
        ),
        migrations.RunSQL(
            CONTENT + "".join(_trigger(table) for table in TABLES),
            "".join(f"DROP TRIGGER published_edition_stays ON {table};" for table in TABLES)
            + "DROP FUNCTION plans_edition_content_stays();",
        ),
    ]
