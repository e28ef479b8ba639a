using Microsoft.Extensions.Options;

namespace Recipes.Host;

/// <summary>Makes the first user on the first start: the operator, with one token, in a file that only this account can read.</summary>
internal sealed class OperatorSetup(IUserStore users, IOptions<RecipesHostOptions> options, TimeProvider time) : IHostedService
{
    private const string OperatorId = "operator";

    /// <summary>The token that this start made; null when there was a user already.</summary>
    public Secret? NewToken { get; private set; }

    public string TokenFile => Path.Combine(Path.GetFullPath(options.Value.DataFolder), "operator-token");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await users.AnyAsync(cancellationToken))
            return;
        var now = time.GetUtcNow();
        var user = new User(TenantId.Default, UserId.Parse(OperatorId), "Operator", Privileges.Operator, now);
        // Another node may be starting for the first time as well: whoever adds the user makes the token.
        if (!await users.TryAddAsync(user, cancellationToken))
            return;
        var token = TokenText.New();
        await users.AddAsync(new ApiToken(Guid.CreateVersion7(now), user.Tenant, user.Id, TokenText.Hash(token.Reveal()), "first start", now), cancellationToken);
        await WriteAsync(token, cancellationToken);
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
