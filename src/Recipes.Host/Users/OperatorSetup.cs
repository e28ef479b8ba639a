using Microsoft.Extensions.Options;

namespace Recipes.Host;

/// <summary>Where nobody can sign in, as on the first start: makes the operator with one token, in a file that only this account can read.</summary>
internal sealed class OperatorSetup(IUserStore users, IOptions<RecipesHostOptions> options, TimeProvider time) : IHostedService
{
    private const string OperatorId = "operator";

    /// <summary>The token that this start made; null when there was a token already.</summary>
    public Secret? NewToken { get; private set; }

    public string TokenFile => Path.Combine(Path.GetFullPath(options.Value.DataFolder), "operator-token");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await users.AnyTokenAsync(cancellationToken))
            return;
        var now = time.GetUtcNow();
        var token = TokenText.New();
        // The token comes last: wherever a start is cut short, the next one finds no token and does it all again.
        await WriteAsync(token, cancellationToken);
        var user = new User(TenantId.Default, UserId.Parse(OperatorId), "Operator", Privileges.Operator, now);
        // The user may be there from a start that was cut short, or from another node's first start.
        await users.TryAddAsync(user, cancellationToken);
        await users.AddAsync(new ApiToken(Guid.CreateVersion7(now), user.Tenant, user.Id, TokenText.Hash(token.Reveal()), "first start", now), cancellationToken);
        NewToken = token;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WriteAsync(Secret token, CancellationToken cancellationToken)
    {
        File.Delete(TokenFile);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(TokenFile, how);
        await writer.WriteLineAsync(token.Reveal().AsMemory(), cancellationToken);
    }
}
