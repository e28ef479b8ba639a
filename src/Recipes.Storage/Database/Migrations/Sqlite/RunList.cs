using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Sqlite;

/// <summary>One index that lists of runs are counted and paged by, for SQLite.</summary>
[DbContext(typeof(SqliteRecipes))]
[Migration("20261123090000_RunList")]
internal sealed class RunList : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP INDEX ix_runs_tenant_id;
        CREATE INDEX ix_runs_list ON runs (tenant, id DESC, status, recipe, recipe_version, caller, runtime_user, started_at, ended_at);
        """);
}
