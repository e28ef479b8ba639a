using System.Net;
using System.Text.RegularExpressions;

namespace Recipes.Connections.Tests;

public sealed class RateLimitTests
{
    // Whole seconds, as the headers count.
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ExpiryUnit.Seconds, "30", 30d)]
    [InlineData(ExpiryUnit.Seconds, "0.75", 0.75)]
    [InlineData(ExpiryUnit.Milliseconds, "1500", 1.5)]
    [InlineData(ExpiryUnit.Minutes, "2", 120d)]
    [InlineData(ExpiryUnit.UnixTime, "1772366460", 60d)]
    [InlineData(ExpiryUnit.UnixTime, "1772366460.5", 60.5)]
    [InlineData(ExpiryUnit.UnixMilliseconds, "1772366460000", 60d)]
    [InlineData(ExpiryUnit.Date, "2026-03-01T12:01:00Z", 60d)]
    [InlineData(ExpiryUnit.Date, "Sun, 01 Mar 2026 12:01:00 GMT", 60d)]
    [InlineData(ExpiryUnit.UnixTime, "1772366000", 0d)]
    [InlineData(ExpiryUnit.Seconds, "1772366460", null)]
    [InlineData(ExpiryUnit.Seconds, "-5", null)]
    [InlineData(ExpiryUnit.Seconds, "1e9", null)]
    [InlineData(ExpiryUnit.Seconds, "soon", null)]
    [InlineData(ExpiryUnit.Minutes, "99999999999999999999", null)]
    [InlineData(ExpiryUnit.UnixMilliseconds, "299999999999999", null)]
    [InlineData(ExpiryUnit.Date, "tomorrow", null)]
    public async Task The_end_of_a_rate_limit_is_read_in_the_apps_unit(ExpiryUnit unit, string value, double? seconds)
    {
        using var response = Refusal(HttpStatusCode.TooManyRequests, "{}", ("X-Reset", value));

        var failure = await ClassifyAsync(response, new RateLimitRule("X-Reset", null, unit));

        failure!.Kind.ShouldBe(FailureKind.RateLimited);
        failure.RetryAt.ShouldBe(seconds is { } after ? s_now + TimeSpan.FromSeconds(after) : null);
    }

    [Fact]
    public async Task Retry_After_comes_first_and_the_declared_places_follow_in_turn()
    {
        RateLimitRule[] rules = [new("X-Absent", null, ExpiryUnit.Seconds), new("X-Odd", null, ExpiryUnit.Seconds), new(null, ["parameters", "retry_after"], ExpiryUnit.Seconds), new("X-Late", null, ExpiryUnit.Seconds)];
        using var withAll = Refusal(HttpStatusCode.TooManyRequests, """{"parameters":{"retry_after":7}}""", ("Retry-After", "5"), ("X-Odd", "?"), ("X-Late", "9"));
        using var withBody = Refusal(HttpStatusCode.TooManyRequests, """{"parameters":{"retry_after":7}}""", ("X-Odd", "?"), ("X-Late", "9"));
        using var withHeader = Refusal(HttpStatusCode.TooManyRequests, "no json", ("X-Late", "9"));

        (await ClassifyAsync(withAll, rules))!.RetryAt.ShouldBe(s_now.AddSeconds(5));
        (await ClassifyAsync(withBody, rules))!.RetryAt.ShouldBe(s_now.AddSeconds(7));
        (await ClassifyAsync(withHeader, rules))!.RetryAt.ShouldBe(s_now.AddSeconds(9));
    }

    [Fact]
    public async Task A_header_that_is_always_there_says_nothing_about_another_failure()
    {
        using var response = Refusal(HttpStatusCode.Forbidden, "{}", ("X-Reset", "30"));

        var failure = await ClassifyAsync(response, new RateLimitRule("X-Reset", null, ExpiryUnit.Seconds));

        (failure!.Kind, failure.RetryAt).ShouldBe((FailureKind.InsufficientPermissions, null));
    }

    [Theory]
    [InlineData("0", FailureKind.RateLimited)]
    [InlineData("12", FailureKind.InsufficientPermissions)]
    [InlineData(null, FailureKind.InsufficientPermissions)]
    public async Task A_rule_may_look_at_the_value_of_a_header(string? remaining, FailureKind expected)
    {
        var rule = new ErrorRule { Statuses = [403], Header = "X-RateLimit-Remaining", HeaderPattern = new Regex("^0$", RegexOptions.NonBacktracking), Kind = FailureKind.RateLimited };
        using var response = remaining is null ? Refusal(HttpStatusCode.Forbidden, "{}") : Refusal(HttpStatusCode.Forbidden, "{}", ("X-RateLimit-Remaining", remaining));
        var profile = Profiles.Keys(new("http://127.0.0.1/")) with { Errors = [rule] };

        var failure = await FailureClassifier.ClassifyAsync(response, profile, RequestPurpose.Action, new Redactor([]), s_now, CancellationToken.None);

        failure!.Kind.ShouldBe(expected);
    }

    private static ValueTask<Failure?> ClassifyAsync(HttpResponseMessage response, params RateLimitRule[] rules) => FailureClassifier.ClassifyAsync(
        response, Profiles.Keys(new("http://127.0.0.1/")) with { RateLimits = rules }, RequestPurpose.Action, new Redactor([]), s_now, CancellationToken.None);

    private static HttpResponseMessage Refusal(HttpStatusCode status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body) };
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
