using System.Text.Json;

namespace Recipes.Storage.Tests;

internal static class Comparing
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Equal member by member, whatever kind of list holds them.</summary>
    public static void ShouldHoldTheSameAs<T>(this T? actual, T expected) =>
        JsonSerializer.Serialize(actual, s_indented).ShouldBe(JsonSerializer.Serialize(expected, s_indented));
}
