using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Recipes.Storage.Migrations.Postgres;

/// <summary>Drafts and published versions of recipes, for PostgreSQL.</summary>
[DbContext(typeof(PostgresRecipes))]
[Migration("20261123020000_Designs")]
internal sealed class Designs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE recipe_drafts (
            recipe text COLLATE "C" NOT NULL CONSTRAINT pk_recipe_drafts PRIMARY KEY,
            title text COLLATE "C" NULL,
            description text COLLATE "C" NULL,
            source bytea NOT NULL,
            revision uuid NOT NULL,
            editor text COLLATE "C" NULL,
            saved_by text COLLATE "C" NOT NULL,
            saved_at timestamptz NOT NULL,
            base text COLLATE "C" NULL
        );
        CREATE TABLE recipe_publications (
            recipe text COLLATE "C" NOT NULL,
            version text COLLATE "C" NOT NULL,
            number integer NOT NULL,
            source bytea NOT NULL,
            published_at timestamptz NOT NULL,
            published_by text COLLATE "C" NULL,
            CONSTRAINT pk_recipe_publications PRIMARY KEY (recipe, version)
        );
        CREATE UNIQUE INDEX ix_recipe_publications_recipe_number ON recipe_publications (recipe, number);
        """);
}
