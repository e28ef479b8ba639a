using System.Text.RegularExpressions;

namespace Recipes.Conformance.Tests;

public sealed class PatternSampleTests
{
    [Theory]
    [InlineData("^[a-z0-9-]+$")]
    [InlineData("^https://[a-z0-9-]+(\\.my)?\\.app\\.example(:\\d{2,5})?/?$")]
    [InlineData("^(eu|us|ap)[0-9]$")]
    [InlineData("(?i)^key-[A-F0-9]{8}(-[a-f0-9]{4}){3}$")]
    [InlineData("^(?<value>[^/@]+)@x\\.example$")]
    [InlineData("^[^\\s\"]{3,}$")]
    [InlineData("^\\w+\\s\\S+\\.$")]
    [InlineData("^a?b*c{2}d{1,3}$")]
    [InlineData("[\\]\\-x]+")]
    public void A_text_is_made_that_the_pattern_accepts(string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));

        var samples = PatternSample.Several(regex, 3);

        samples.ShouldNotBeEmpty();
        samples.ShouldAllBe(s => regex.Match(s).Length == s.Length);
    }

    [Fact]
    public void Where_none_can_be_made_there_is_none()
    {
        PatternSample.One(new Regex("^a(?=b)", RegexOptions.None, TimeSpan.FromSeconds(1))).ShouldBeNull();
        PatternSample.One(new Regex("^\\p{Lu}$", RegexOptions.None, TimeSpan.FromSeconds(1))).ShouldBeNull();
    }
}
