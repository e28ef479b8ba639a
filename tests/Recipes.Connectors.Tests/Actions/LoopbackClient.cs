using Recipes.Connections;

namespace Recipes.Connectors.Tests;

/// <summary>A client without a connection behind it: sends as it is told, and every status but 2xx is a failure.</summary>
internal sealed class LoopbackClient(LoopbackApp app, IReadOnlyDictionary<string, string>? fields = null) : ConnectionClient, IDisposable
{
    private readonly HttpClient _http = new();

    /// <summary>Whether everything is stopped once the app has been asked.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Whether what fails may have been done.</summary>
    public bool IsInDoubt { get; set; }

    public override ConnectionId Id { get; } = new(Guid.Empty);
    public override Uri BaseAddress { get; } = new($"http://{app.Host}/api/");
    public override IReadOnlyDictionary<string, string> Fields { get; } = fields ?? new Dictionary<string, string> { ["host"] = app.Host };

    public override async ValueTask<ConnectionReply> SendAsync(HttpRequestMessage request, string action, CancellationToken cancellationToken)
    {
        var address = new Uri(BaseAddress, request.RequestUri!);
        request.RequestUri = address;
        var response = await _http.SendAsync(request, cancellationToken);
        if (IsStopped)
            throw new OperationCanceledException(cancellationToken);
        var failure = response.IsSuccessStatusCode ? null : new Failure
        {
            Kind = FailureKind.InsufficientPermissions,
            Message = "Refused.",
            Status = (int)response.StatusCode,
            ProviderWords = await response.Content.ReadAsStringAsync(cancellationToken),
            IsDoubtful = IsInDoubt,
            At = TimeProvider.System.GetUtcNow(),
        };
        return new(response, failure, $"{request.Method} {address.AbsolutePath}");
    }

    public void Dispose() => _http.Dispose();
}
