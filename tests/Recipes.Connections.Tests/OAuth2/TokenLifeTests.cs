using System.Text.Json;

namespace Recipes.Connections.Tests;

/// <summary>How long a token lives, in every way that providers say so.</summary>
public sealed class TokenLifeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("3600", ExpiryUnit.Seconds, 3600)]
    [InlineData("\"3600\"", ExpiryUnit.Seconds, 3600)]
    [InlineData("3599.5", ExpiryUnit.Seconds, 3599.5)]
    [InlineData("\" 60 \"", ExpiryUnit.Seconds, 60)]
    [InlineData("3600000", ExpiryUnit.Milliseconds, 3600)]
    [InlineData("60", ExpiryUnit.Minutes, 3600)]
    [InlineData("1772370000", ExpiryUnit.UnixTime, 3600)]
    [InlineData("\"1772370000000\"", ExpiryUnit.UnixMilliseconds, 3600)]
    [InlineData("\"2026-03-01T13:00:00Z\"", ExpiryUnit.Date, 3600)]
    [InlineData("\"2026-03-01T14:00:00+01:00\"", ExpiryUnit.Date, 3600)]
    [InlineData("\"2026-03-01 13:00:00\"", ExpiryUnit.Date, 3600)]
    [InlineData("\"Sun, 01 Mar 2026 13:00:00 GMT\"", ExpiryUnit.Date, 3600)]
    public void A_life_is_read_in_its_unit(string json, ExpiryUnit unit, double seconds) => Read(json, unit).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("0", ExpiryUnit.Seconds)]
    [InlineData("-1", ExpiryUnit.Seconds)]
    [InlineData("\"soon\"", ExpiryUnit.Seconds)]
    [InlineData("\"\"", ExpiryUnit.Seconds)]
    [InlineData("\"NaN\"", ExpiryUnit.Seconds)]
    [InlineData("null", ExpiryUnit.Seconds)]
    [InlineData("true", ExpiryUnit.Seconds)]
    [InlineData("[3600]", ExpiryUnit.Seconds)]
    [InlineData("{}", ExpiryUnit.Minutes)]
    [InlineData("1772366399", ExpiryUnit.UnixTime)]
    [InlineData("\"2026-03-01T11:59:59Z\"", ExpiryUnit.Date)]
    [InlineData("1772370000", ExpiryUnit.Date)]
    [InlineData("\"2026-02-30\"", ExpiryUnit.Date)]
    public void What_makes_no_sense_is_no_life(string json, ExpiryUnit unit) => Read(json, unit).ShouldBeNull();

    [Theory]
    [InlineData("1e300", ExpiryUnit.Seconds)]
    [InlineData("1e999", ExpiryUnit.Milliseconds)]
    [InlineData("\"Infinity\"", ExpiryUnit.Minutes)]
    [InlineData("99999999999999", ExpiryUnit.UnixTime)]
    [InlineData("\"9999-12-31T23:59:59Z\"", ExpiryUnit.Date)]
    public void A_life_beyond_all_measure_is_cut(string json, ExpiryUnit unit)
    {
        var life = Read(json, unit).ShouldNotBeNull();

        life.ShouldBe(TimeSpan.FromSeconds(int.MaxValue));
        (s_now + life).Year.ShouldBeGreaterThan(2090);
    }

    private static TimeSpan? Read(string json, ExpiryUnit unit)
    {
        using var document = JsonDocument.Parse(json);
        return TokenLife.Read(document.RootElement, unit, s_now);
    }
}
