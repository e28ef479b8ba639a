using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>The first tables, for SQLite. Times are UTC ticks of 100 ns, ids lower-case text, enums their names, small structures JSON.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20260101000000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TABLE connection_definitions (
                id TEXT NOT NULL CONSTRAINT pk_connection_definitions PRIMARY KEY,
                tenant TEXT NOT NULL,
                key TEXT NOT NULL,
                display_name TEXT NOT NULL,
                connector TEXT NOT NULL,
                scheme TEXT NOT NULL,
                presets TEXT NOT NULL,
                scopes TEXT NOT NULL,
                client_id TEXT NULL,
                sealed_client_secret BLOB NULL,
                use_development_app INTEGER NOT NULL,
                runtime_user TEXT NOT NULL,
                client_failure TEXT NULL,
                created_at INTEGER NOT NULL,
                version INTEGER NOT NULL
            );
            CREATE UNIQUE INDEX ix_connection_definitions_tenant_key ON connection_definitions (tenant, key);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE development_apps (
                id TEXT NOT NULL CONSTRAINT pk_development_apps PRIMARY KEY,
                connector TEXT NOT NULL,
                scheme TEXT NOT NULL,
                client_id TEXT NOT NULL,
                sealed_client_secret BLOB NULL,
                presets TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                version INTEGER NOT NULL
            );
            CREATE UNIQUE INDEX ix_development_apps_connector_scheme ON development_apps (connector, scheme);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE connections (
                id TEXT NOT NULL CONSTRAINT pk_connections PRIMARY KEY,
                tenant TEXT NOT NULL,
                definition_id TEXT NOT NULL,
                owner_kind TEXT NOT NULL,
                owner_id TEXT NOT NULL,
                display_name TEXT NOT NULL,
                is_default INTEGER NOT NULL,
                state TEXT NOT NULL,
                fields TEXT NOT NULL,
                sealed_credential BLOB NULL,
                credential_version INTEGER NOT NULL,
                version INTEGER NOT NULL,
                account_label TEXT NULL,
                granted_scopes TEXT NULL,
                requested_scopes TEXT NULL,
                expires_at INTEGER NULL,
                failure TEXT NULL,
                last_success_at INTEGER NULL,
                last_probed_at INTEGER NULL,
                suspect_since INTEGER NULL,
                limitations TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                CONSTRAINT fk_connections_connection_definitions FOREIGN KEY (definition_id) REFERENCES connection_definitions (id) ON DELETE RESTRICT
            );
            CREATE UNIQUE INDEX ix_connections_default ON connections (definition_id, owner_kind, owner_id) WHERE is_default;
            CREATE INDEX ix_connections_state_updated_at ON connections (state, updated_at);
            CREATE INDEX ix_connections_tenant_definition_id_owner_kind_owner_id ON connections (tenant, definition_id, owner_kind, owner_id);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE authorization_flows (
                state_hash BLOB NOT NULL CONSTRAINT pk_authorization_flows PRIMARY KEY,
                cookie_hash BLOB NOT NULL,
                tenant TEXT NOT NULL,
                user TEXT NOT NULL,
                definition_id TEXT NOT NULL,
                connection_id TEXT NOT NULL,
                sealed_verifier BLOB NULL,
                issuer TEXT NULL,
                redirect_uri TEXT NOT NULL,
                scopes TEXT NOT NULL,
                expires_at INTEGER NOT NULL,
                CONSTRAINT fk_authorization_flows_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_authorization_flows_connection_id ON authorization_flows (connection_id);
            CREATE INDEX ix_authorization_flows_expires_at ON authorization_flows (expires_at);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE device_flows (
                connection_id TEXT NOT NULL CONSTRAINT pk_device_flows PRIMARY KEY,
                id TEXT NOT NULL,
                tenant TEXT NOT NULL,
                user TEXT NOT NULL,
                sealed_device_code BLOB NOT NULL,
                user_code TEXT NOT NULL,
                verification_address TEXT NOT NULL,
                complete_address TEXT NULL,
                scopes TEXT NOT NULL,
                interval_seconds REAL NOT NULL,
                next_poll_at INTEGER NOT NULL,
                started_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                status TEXT NOT NULL,
                failure TEXT NULL,
                CONSTRAINT fk_device_flows_connections FOREIGN KEY (connection_id) REFERENCES connections (id) ON DELETE CASCADE
            );
            CREATE INDEX ix_device_flows_status_next_poll_at ON device_flows (status, next_poll_at);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE users (
                tenant TEXT NOT NULL,
                id TEXT NOT NULL,
                display_name TEXT NOT NULL,
                privileges TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                CONSTRAINT pk_users PRIMARY KEY (tenant, id)
            );
            CREATE TABLE api_tokens (
                id TEXT NOT NULL CONSTRAINT pk_api_tokens PRIMARY KEY,
                tenant TEXT NOT NULL,
                user TEXT NOT NULL,
                hash BLOB NOT NULL,
                label TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                CONSTRAINT fk_api_tokens_users FOREIGN KEY (tenant, user) REFERENCES users (tenant, id) ON DELETE CASCADE
            );
            CREATE UNIQUE INDEX ix_api_tokens_hash ON api_tokens (hash);
            CREATE INDEX ix_api_tokens_tenant_user ON api_tokens (tenant, user);
            """);

        migrationBuilder.Sql("""
            CREATE TABLE runs (
                id TEXT NOT NULL CONSTRAINT pk_runs PRIMARY KEY,
                tenant TEXT NOT NULL,
                recipe TEXT NOT NULL,
                recipe_version TEXT NOT NULL,
                status TEXT NOT NULL,
                caller TEXT NOT NULL,
                runtime_user TEXT NULL,
                started_at INTEGER NOT NULL,
                ended_at INTEGER NULL,
                failure TEXT NULL,
                connections TEXT NOT NULL,
                input BLOB NOT NULL,
                output BLOB NULL,
                journal BLOB NOT NULL
            );
            CREATE INDEX ix_runs_running ON runs (id) WHERE status = 'Running';
            CREATE INDEX ix_runs_tenant_id ON runs (tenant, id DESC);
            CREATE INDEX ix_runs_tenant_recipe_id ON runs (tenant, recipe, id DESC);
            """);
    }
}
