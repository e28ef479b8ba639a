using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>Whether somebody was told that a definition's OAuth client is refused, for PostgreSQL.</summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261122230000_ClientLoss")]
internal sealed class ClientLoss : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE connection_definitions ADD COLUMN client_loss_told boolean NOT NULL DEFAULT FALSE;
        UPDATE connection_definitions SET client_loss_told = client_failure IS NOT NULL;
        """);
}
