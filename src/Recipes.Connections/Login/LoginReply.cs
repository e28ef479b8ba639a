using System.Text.Json;

namespace Recipes.Connections;

/// <summary>The answer to one call of a login, read once.</summary>
internal sealed class LoginReply(HttpResponseMessage response, string body, JsonDocument? json)
{
    public int Status => (int)response.StatusCode;

    /// <summary>Statuses below 400: apps with a page to sign in at answer a right password with a redirect.</summary>
    public bool IsSuccess => Status < 400;

    /// <summary>Whether a page came where data was asked for.</summary>
    public bool IsNoJson => json is null && body.Length > 0;

    public string? Find(ReplyValue? value) => value?.Find(response, body, json?.RootElement);

    public static async Task<LoginReply> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = FailureClassifier.Text(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return new LoginReply(response, body, FailureClassifier.ParseJson(body));
    }
}
