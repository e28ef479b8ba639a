using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Recipes.Storage;

/// <summary>Names of columns, keys and indexes the way SQL spells them, so that nobody has to quote them.</summary>
internal static class SnakeCase
{
    public static void Apply(IMutableModel model)
    {
        foreach (var type in model.GetEntityTypes())
        {
            var table = type.GetTableName()!;
            foreach (var property in type.GetProperties())
                property.SetColumnName(Of(property.Name));
            foreach (var key in type.GetKeys())
                key.SetName(key.IsPrimaryKey() ? $"pk_{table}" : $"ak_{table}_{string.Join('_', key.Properties.Select(p => Of(p.Name)))}");
            foreach (var key in type.GetForeignKeys())
                key.SetConstraintName($"fk_{table}_{key.PrincipalEntityType.GetTableName()}");
            foreach (var index in type.GetIndexes())
                index.SetDatabaseName($"ix_{table}_{index.Name ?? string.Join('_', index.Properties.Select(p => Of(p.Name)))}");
        }
    }

    private static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
