using Recipes.Connectors;

namespace Recipes.Engine.Tests.Definitions;

/// <summary>What a variable of each type takes. Its default value goes the same way.</summary>
public sealed class TypeTests
{
    [Theory]
    [InlineData("String", "12", "\"12\"")]
    [InlineData("String", "true", "\"true\"")]
    [InlineData("String", "[1]", "\"[1]\"")]
    [InlineData("Boolean", "\"True\"", "true")]
    [InlineData("Boolean", "\"\"", "null")]
    [InlineData("SByte", "-128", "-128")]
    [InlineData("Byte", "\"255\"", "255")]
    [InlineData("Int16", "32767", "32767")]
    [InlineData("UInt16", "65535", "65535")]
    [InlineData("Int32", "\" 5 \"", "5")]
    [InlineData("Int32", "5.0", "5")]
    [InlineData("Int32", "\"\"", "null")]
    [InlineData("UInt32", "4294967295", "4294967295")]
    [InlineData("Long", "9223372036854775807", "9223372036854775807")]
    [InlineData("Int64", "\"-9223372036854775808\"", "-9223372036854775808")]
    [InlineData("Single", "1.5", "1.5")]
    [InlineData("Double", "\"1e300\"", "1E+300")]
    [InlineData("Decimal", "\"1.10\"", "1.10")]
    [InlineData("Guid", "\"0198d9a8-6b6b-7cc4-8a51-1f5b0e4a2c11\"", "\"0198d9a8-6b6b-7cc4-8a51-1f5b0e4a2c11\"")]
    [InlineData("DateTime", "\"2026-01-05T09:00:00\"", "\"2026-01-05T09:00:00\"")]
    [InlineData("DateTime", "\"2026-01-05\"", "\"2026-01-05\"")]
    [InlineData("DateTimeOffset", "\"2026-01-05T09:00:00+02:00\"", "\"2026-01-05T09:00:00+02:00\"")]
    [InlineData("DateTimeOffset", "\"\"", "null")]
    [InlineData("DateOnly", "\"2026-01-05\"", "\"2026-01-05\"")]
    [InlineData("DateOnly", "\"2026-01-05T23:30:00-05:00\"", "\"2026-01-05\"")]
    [InlineData("TimeOnly", "\"09:30\"", "\"09:30\"")]
    [InlineData("TimeOnly", "\"2026-01-05T09:30:05.25Z\"", "\"09:30:05.25\"")]
    [InlineData("TimeSpan", "\"1.02:03:04\"", "\"1.02:03:04\"")]
    [InlineData("TimeSpan", "\"P1DT2H\"", "\"P1DT2H\"")]
    [InlineData("Object", "{\"a\":[1]}", "{\"a\":[1]}")]
    [InlineData("JSON", "\"{}\"", "\"{}\"")]
    [InlineData("ObjectDictionary", "\"{\\\"a\\\":1}\"", "{\"a\":1}")]
    [InlineData("StringDictionary", "{\"a\":\"b\"}", "{\"a\":\"b\"}")]
    [InlineData("List<Int32>", "\"[1,\\\"2\\\"]\"", "[1,2]")]
    [InlineData("String[]", "[\"a\",1]", "[\"a\",\"1\"]")]
    [InlineData("JsonArray", "[1,null]", "[1,null]")]
    [InlineData("System.Collections.Generic.List<System.DateOnly>", "[\"2026-01-05\"]", "[\"2026-01-05\"]")]
    public void A_value_that_fits_is_taken(string type, string json, string expected)
    {
        var fits = DataConversion.TryConvert(DataType.Find(type, isArray: false)!, PlainData.Parse(json), out var converted, out var problem);

        fits.ShouldBeTrue(problem);
        PlainData.ToJson(converted).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Boolean", "\"yes\"")]
    [InlineData("Boolean", "1")]
    [InlineData("SByte", "128")]
    [InlineData("Byte", "-1")]
    [InlineData("UInt16", "65536")]
    [InlineData("Int32", "2147483648")]
    [InlineData("Int32", "1.5")]
    [InlineData("Int64", "9223372036854775808")]
    [InlineData("Decimal", "\"1,5\"")]
    [InlineData("Double", "\"NaN\"")]
    [InlineData("Double", "\"1e999\"")]
    [InlineData("Guid", "\"x\"")]
    [InlineData("DateTime", "\"soon\"")]
    [InlineData("DateTimeOffset", "\"09:00\"")]
    [InlineData("DateTimeOffset", "20260105")]
    [InlineData("DateOnly", "\"2026-02-30\"")]
    [InlineData("DateOnly", "\"09:00\"")]
    [InlineData("TimeOnly", "\"25:00\"")]
    [InlineData("TimeOnly", "\"2026-01-05\"", true)]
    [InlineData("TimeSpan", "\"a while\"")]
    [InlineData("TimeSpan", "\"P\"")]
    [InlineData("TimeSpan", "60")]
    [InlineData("ObjectDictionary", "[]")]
    [InlineData("List<Int32>", "[1,\"x\"]")]
    [InlineData("List<Int32>", "5")]
    public void A_value_that_does_not_fit_is_named(string type, string json, bool fromOutside = false)
    {
        var found = DataType.Find(type, isArray: false)!;

        var fits = fromOutside ? DataConversion.TryAccept(found, PlainData.Parse(json), out _, out var problem) : DataConversion.TryConvert(found, PlainData.Parse(json), out _, out problem);

        fits.ShouldBeFalse();
        problem.ShouldNotBeNull().ShouldContain("should be ");
    }

    /// <summary>Those that Studio offers for variables and that are data.</summary>
    [Fact]
    public void Every_type_that_is_offered_is_known()
    {
        string[] offered = ["Object", "String", "Boolean", "Int32", "Long", "Single", "Double", "Decimal", "Guid", "DateTime", "DateTimeOffset", "TimeSpan", "StringDictionary", "ObjectDictionary", "JSON", "JsonElement", "JsonNode", "JsonObject", "ByteArray"];

        offered.ShouldAllBe(name => DataType.Find(name, false) != null && DataType.Find(name, true)!.IsList);
        DataType.Find("Stream", isArray: false).ShouldBeNull();
    }
}
