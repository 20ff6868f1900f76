from django.db import migrations

# What was published is what customers read and were told to check. Only to be withdrawn may its row change.
RELEASE = """
CREATE FUNCTION releases_release_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'withdrawn' THEN
        OLD.state := NEW.state;
        OLD.withdrawn_at := NEW.withdrawn_at;
        OLD.withdrawn_because := NEW.withdrawn_because;
        IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'release % is published and stays as it is', OLD.number
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_release_stays';
END $$;
CREATE TRIGGER published_release_stays BEFORE UPDATE OR DELETE ON releases_release
    FOR EACH ROW EXECUTE FUNCTION releases_release_stays();
"""

# The release's row is locked, so that a file can't slip in while the release is being published.
# The function belongs to the owner of the tables: no row policy can hide the release from it.
CONTENT = """
CREATE FUNCTION releases_content_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    published bigint;
BEGIN
    SELECT number INTO published FROM (
        SELECT number, state FROM releases_release
        WHERE id = CASE WHEN TG_OP <> 'INSERT' THEN OLD.release_id END
           OR id = CASE WHEN TG_OP <> 'DELETE' THEN NEW.release_id END
        ORDER BY id FOR SHARE
    ) AS locked WHERE state <> 'draft' LIMIT 1;
    IF published IS NOT NULL THEN
        RAISE EXCEPTION 'release % is published and stays as it is', published
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'published_release_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION releases_content_stays() FROM PUBLIC;
"""

TABLES = ["releases_releasefile", "releases_requirement", "releases_replacement"]


def _trigger(table: str) -> str:
    return (
        f"CREATE TRIGGER published_release_stays BEFORE INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION releases_content_stays();"
    )


class Migration(migrations.Migration):
    """What is published never changes but for its words: the database refuses it, whoever asks."""

    dependencies = [("releases", "0001_initial")]

    operations = [
        migrations.RunSQL(
            RELEASE,
            "DROP TRIGGER published_release_stays ON releases_release; DROP FUNCTION releases_release_stays();",
        ),
        migrations.RunSQL(
            CONTENT + "".join(_trigger(table) for table in TABLES),
            "".join(f"DROP TRIGGER published_release_stays ON {table};" for table in TABLES)
            + "DROP FUNCTION releases_content_stays();",
        ),
    ]
