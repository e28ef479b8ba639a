namespace Recipes.Testing.Tests;

public sealed class AttributesTests
{
    [Theory]
    [InlineData(true, false, "not there")]
    [InlineData(true, true, null)]
    [InlineData(false, false, null)]
    public void What_is_missing_skips_a_test_but_never_where_CI_is_set(bool missing, bool insist, string? reason) =>
        Prerequisite.Missing(missing, "not there", insist).ShouldBe(reason);

    [LongFact]
    public void A_long_test_runs_only_when_asked_for() =>
        Environment.GetEnvironmentVariable("RECIPES_LONG").ShouldNotBeNullOrEmpty();
}
