using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Recipes.Host.Tests;

/// <summary>A program that calls the API with one token, or with none.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _client;

    public Api(Uri address, string? token)
    {
        Token = token;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = address };
        if (token is not null)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public string? Token { get; }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, object? body = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) });

    /// <summary>Posts a text as it is, which need not be JSON.</summary>
    public Task<Answer> PostTextAsync(string path, string json) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") });

    public Task<Answer> CallAsync(string recipe, object input) => PostAsync($"/api/recipes/{recipe}/call", new { input });

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _client.SendAsync(request);
            return new Answer(response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync());
        }
    }

    public void Dispose() => _client.Dispose();
}
