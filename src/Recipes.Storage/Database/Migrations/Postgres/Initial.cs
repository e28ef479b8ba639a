using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>
/// The first tables, for PostgreSQL. Enums are their names, small structures JSON as text: what providers say may hold <c>\u0000</c>, which jsonb refuses.
/// Text sorts by its bytes, as on SQLite, whatever the language of the server.
/// </summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261122000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TABLE connection_definitions (
                id uuid NOT NULL CONSTRAINT pk_connection_definitions PRIMARY KEY,
                tenant text COLLATE "C" NOT NULL,
                key text COLLATE "C" NOT NULL,
                display_name text COLLATE "C" NOT NULL,
                connector text COLLATE "C" NOT NULL,
                scheme text COLLATE "C" NOT NULL,
                presets text COLLATE "C" NOT NULL,
                scopes text COLLATE "C" NOT NULL,
                client_id text COLLATE "C" NULL,
                sealed_client_secret bytea NULL,
                use_development_app boolean NOT NULL,
                runtime_user text COLLATE "C" NOT NULL,
                client_failure text COLLATE "C" NULL,
                created_at timestamptz NOT NULL,
                version bigint NOT NULL,
                success_address text COLLATE "C" NULL,
                failure_address text COLLATE "C" NULL,
                check_every_seconds bigint NULL
            );
            CREATE UNIQUE INDEX ix_connection_definitions_tenant_key ON connection_definitions (tenant, key);

            CREATE TABLE development_apps (
                id uuid NOT NULL CONSTRAINT pk_development_apps PRIMARY KEY,
                connector text COLLATE "C" NOT NULL,
                scheme text COLLATE "C" NOT NULL,
                client_id text COLLATE "C" NOT NULL,
                sealed_client_secret bytea NULL,
                presets text COLLATE "C" NOT NULL,
                created_at timestamptz NOT NULL,
                version bigint NOT NULL
            );
            CREATE UNIQUE INDEX ix_development_apps_connector_scheme ON development_apps (connector, scheme);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE connections (
                id uuid NOT NULL CONSTRAINT pk_connections PRIMARY KEY,
                tenant text COLLATE "C" NOT NULL,
                definition_id uuid NOT NULL,
                owner_kind text COLLATE "C" NOT NULL,
                owner_id text COLLATE "C" NOT NULL,
                display_name text COLLATE "C" NOT NULL,
                is_default boolean NOT NULL,
                state text COLLATE "C" NOT NULL,
                fields text COLLATE "C" NOT NULL,
                sealed_credential bytea NULL,
                credential_version bigint NOT NULL,
                version bigint NOT NULL,
                account_label text COLLATE "C" NULL,
                granted_scopes text COLLATE "C" NULL,
                requested_scopes text COLLATE "C" NULL,
                expires_at timestamptz NULL,
                failure text COLLATE "C" NULL,
                last_success_at timestamptz NULL,
                last_probed_at timestamptz NULL,
                suspect_since timestamptz NULL,
                limitations text COLLATE "C" NOT NULL,
                created_at timestamptz NOT NULL,
                updated_at timestamptz NOT NULL,
                health text COLLATE "C" NOT NULL DEFAULT 'Yellow',
                health_since timestamptz NULL,
                failure_since timestamptz NULL,
                lost_since timestamptz NULL,
                account_id text COLLATE "C" NULL,
                grant_expires_at timestamptz NULL,
                expiry_told_for timestamptz NULL,
                environment text COLLATE "C" NOT NULL DEFAULT 'Unknown',
                account_kind text COLLATE "C" NOT NULL DEFAULT 'Unknown',
                check_at timestamptz NOT NULL DEFAULT '-infinity',
                claimed_until timestamptz NULL,
                CONSTRAINT fk_connections_connection_definitions FOREIGN KEY (definition_id) REFERENCES connection_definitions (id) ON DELETE RESTRICT
            );
            CREATE UNIQUE INDEX ix_connections_default ON connections (definition_id, owner_kind, owner_id) WHERE is_default;
            CREATE INDEX ix_connections_state_updated_at ON connections (state, updated_at);
            CREATE INDEX ix_connections_state_check_at ON connections (state, check_at);
            CREATE INDEX ix_connections_tenant_health ON connections (tenant, health);
            CREATE INDEX ix_connections_tenant_definition_id_owner_kind_owner_id ON connections (tenant, definition_id, owner_kind, owner_id);

            CREATE TABLE refresh_leases (
                connection_id uuid NOT NULL CONSTRAINT pk_refresh_leases PRIMARY KEY,
                owner uuid NOT NULL,
                expires_at timestamptz NOT NULL,
                sent_version bigint NULL,
                sent_at timestamptz NULL,
                kept_version bigint NULL,
                sealed_credential bytea NULL,
                CONSTRAINT fk_refresh_leases_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            """);

        migrationBuilder.Sql("""
            CREATE TABLE authorization_flows (
                state_hash bytea NOT NULL CONSTRAINT pk_authorization_flows PRIMARY KEY,
                cookie_hash bytea NOT NULL,
                tenant text COLLATE "C" NOT NULL,
                "user" text COLLATE "C" NOT NULL,
                definition_id uuid NOT NULL,
                connection_id uuid NOT NULL,
                sealed_verifier bytea NULL,
                issuer text COLLATE "C" NULL,
                redirect_uri text COLLATE "C" NOT NULL,
                scopes text COLLATE "C" NOT NULL,
                expires_at timestamptz NOT NULL,
                CONSTRAINT fk_authorization_flows_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_authorization_flows_connection_id ON authorization_flows (connection_id);
            CREATE INDEX ix_authorization_flows_expires_at ON authorization_flows (expires_at);

            CREATE TABLE device_flows (
                connection_id uuid NOT NULL CONSTRAINT pk_device_flows PRIMARY KEY,
                id uuid NOT NULL,
                tenant text COLLATE "C" NOT NULL,
                "user" text COLLATE "C" NOT NULL,
                sealed_device_code bytea NOT NULL,
                user_code text COLLATE "C" NOT NULL,
                verification_address text COLLATE "C" NOT NULL,
                complete_address text COLLATE "C" NULL,
                scopes text COLLATE "C" NOT NULL,
                interval_seconds double precision NOT NULL,
                next_poll_at timestamptz NOT NULL,
                started_at timestamptz NOT NULL,
                expires_at timestamptz NOT NULL,
                status text COLLATE "C" NOT NULL,
                failure text COLLATE "C" NULL,
                CONSTRAINT fk_device_flows_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_device_flows_status_next_poll_at ON device_flows (status, next_poll_at);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE users (
                tenant text COLLATE "C" NOT NULL,
                id text COLLATE "C" NOT NULL,
                display_name text COLLATE "C" NOT NULL,
                privileges text COLLATE "C" NOT NULL,
                created_at timestamptz NOT NULL,
                email text COLLATE "C" NULL,
                CONSTRAINT pk_users PRIMARY KEY (tenant, id)
            );
            CREATE TABLE api_tokens (
                id uuid NOT NULL CONSTRAINT pk_api_tokens PRIMARY KEY,
                tenant text COLLATE "C" NOT NULL,
                "user" text COLLATE "C" NOT NULL,
                hash bytea NOT NULL,
                label text COLLATE "C" NOT NULL,
                created_at timestamptz NOT NULL,
                CONSTRAINT fk_api_tokens_users FOREIGN KEY (tenant, "user") REFERENCES users (tenant, id) ON DELETE CASCADE
            );
            CREATE UNIQUE INDEX ix_api_tokens_hash ON api_tokens (hash);
            CREATE INDEX ix_api_tokens_tenant_user ON api_tokens (tenant, "user");
            """);

        migrationBuilder.Sql("""
            CREATE TABLE nodes (
                id uuid NOT NULL CONSTRAINT pk_nodes PRIMARY KEY,
                started_at timestamptz NOT NULL,
                seen_at timestamptz NOT NULL
            );
            CREATE TABLE runs (
                id uuid NOT NULL CONSTRAINT pk_runs PRIMARY KEY,
                tenant text COLLATE "C" NOT NULL,
                recipe text COLLATE "C" NOT NULL,
                recipe_version text COLLATE "C" NOT NULL,
                status text COLLATE "C" NOT NULL,
                caller text COLLATE "C" NOT NULL,
                runtime_user text COLLATE "C" NULL,
                started_at timestamptz NOT NULL,
                ended_at timestamptz NULL,
                failure text COLLATE "C" NULL,
                connections text COLLATE "C" NOT NULL,
                input bytea NOT NULL,
                output bytea NULL,
                journal bytea NOT NULL,
                node uuid NULL
            );
            CREATE INDEX ix_runs_running ON runs (id) WHERE status = 'Running';
            CREATE INDEX ix_runs_tenant_id ON runs (tenant, id DESC);
            CREATE INDEX ix_runs_tenant_recipe_id ON runs (tenant, recipe, id DESC);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE connection_log (
                number bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT pk_connection_log PRIMARY KEY,
                connection_id uuid NOT NULL,
                tenant text COLLATE "C" NOT NULL,
                at timestamptz NOT NULL,
                event text COLLATE "C" NOT NULL,
                by_kind text COLLATE "C" NOT NULL,
                by_name text COLLATE "C" NULL,
                failure text COLLATE "C" NULL,
                detail text COLLATE "C" NULL,
                request_line text COLLATE "C" NULL,
                health text COLLATE "C" NOT NULL,
                CONSTRAINT fk_connection_log_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_connection_log_at ON connection_log (at);
            CREATE INDEX ix_connection_log_connection_id_number ON connection_log (connection_id, number);

            CREATE TABLE connection_days (
                connection_id uuid NOT NULL,
                day integer NOT NULL,
                uses integer NOT NULL,
                failed_uses integer NOT NULL,
                refreshes integer NOT NULL,
                failed_refreshes integer NOT NULL,
                probes integer NOT NULL,
                failed_probes integer NOT NULL,
                CONSTRAINT pk_connection_days PRIMARY KEY (connection_id, day),
                CONSTRAINT fk_connection_days_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_connection_days_day ON connection_days (day);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE alerts (
                number bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT pk_alerts PRIMARY KEY,
                id uuid NOT NULL CONSTRAINT ak_alerts_id UNIQUE,
                tenant text COLLATE "C" NOT NULL,
                definition_id uuid NOT NULL,
                connection_id uuid NULL,
                subject_id uuid NOT NULL,
                kind text COLLATE "C" NOT NULL,
                at timestamptz NOT NULL,
                failure text COLLATE "C" NULL,
                expires_at timestamptz NULL,
                is_addressed boolean NOT NULL
            );
            CREATE INDEX ix_alerts_at ON alerts (at);
            CREATE INDEX ix_alerts_new ON alerts (number) WHERE NOT is_addressed;
            CREATE INDEX ix_alerts_subject_id_number ON alerts (subject_id, number);
            CREATE TABLE alert_deliveries (
                id uuid NOT NULL CONSTRAINT pk_alert_deliveries PRIMARY KEY,
                alert_id uuid NOT NULL,
                target text COLLATE "C" NOT NULL,
                tries integer NOT NULL,
                next_try_at timestamptz NULL,
                delivered_at timestamptz NULL,
                error text COLLATE "C" NULL,
                CONSTRAINT fk_alert_deliveries_alerts FOREIGN KEY (alert_id) REFERENCES alerts (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_alert_deliveries_alert_id ON alert_deliveries (alert_id);
            CREATE INDEX ix_alert_deliveries_due ON alert_deliveries (next_try_at) WHERE next_try_at IS NOT NULL;
            """);

        migrationBuilder.Sql("""
            CREATE TABLE key_ring (
                name text COLLATE "C" NOT NULL CONSTRAINT pk_key_ring PRIMARY KEY,
                xml text COLLATE "C" NOT NULL,
                created_at timestamptz NOT NULL
            );
            """);

        // Announced by the database itself, with the commit, whatever the way of the change. A claim for a check sets no version and is no news.
        migrationBuilder.Sql($$"""
            CREATE FUNCTION announce_connection() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE changed connections;
            BEGIN
                IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
                PERFORM pg_notify('{{PostgresNews.Channel}}', json_build_object(
                    'connection', changed.id, 'definition', changed.definition_id, 'ownerKind', changed.owner_kind, 'ownerId', changed.owner_id)::text);
                RETURN NULL;
            END $body$;
            CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE OF version ON connections FOR EACH ROW EXECUTE FUNCTION announce_connection();

            CREATE FUNCTION announce_definition() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE changed connection_definitions;
            BEGIN
                IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
                PERFORM pg_notify('{{PostgresNews.Channel}}', json_build_object('definition', changed.id, 'tenant', changed.tenant, 'key', changed.key)::text);
                RETURN NULL;
            END $body$;
            CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE OF version ON connection_definitions FOR EACH ROW EXECUTE FUNCTION announce_definition();

            CREATE FUNCTION announce_key() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                PERFORM pg_notify('{{PostgresNews.Channel}}', json_build_object('keys', true)::text);
                RETURN NULL;
            END $body$;
            CREATE TRIGGER announce AFTER INSERT OR DELETE OR UPDATE ON key_ring FOR EACH STATEMENT EXECUTE FUNCTION announce_key();
            """);
    }
}
