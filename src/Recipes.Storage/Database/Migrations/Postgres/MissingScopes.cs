using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>Which scopes connections lack, for PostgreSQL.</summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261122210000_MissingScopes")]
internal sealed class MissingScopes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""ALTER TABLE connections ADD COLUMN missing_scopes text COLLATE "C" NULL;""");
}
