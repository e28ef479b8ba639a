using System.CommandLine;

namespace Recipes.CommandLine;

/// <summary>Which host a command speaks to, and with whose token; no token is ever an argument.</summary>
internal sealed class HostOptions
{
    private const string UsualAddress = "http://127.0.0.1:5080";

    private readonly Option<string?> _host = new("--host") { Description = $"Address of the host; otherwise RECIPES_HOST, or {UsualAddress}." };
    private readonly Option<string> _dataFolder = new("--data-folder") { Description = "The data folder of a host on this machine, with the operator's token; used where RECIPES_TOKEN is not set.", DefaultValueFactory = _ => ".data" };

    /// <summary>A command with these options.</summary>
    /// <param name="run">Throws <see cref="CommandTroubleException"/> to end it.</param>
    public static Command Command(string name, string description, IEnumerable<Symbol> symbols, Terminal terminal, Func<ParseResult, HostClient, CancellationToken, Task<int>> run)
    {
        var (command, options) = (new Command(name, description), new HostOptions());
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else if (symbol is Option option)
                command.Add(option);
        }

        command.Add(options._host);
        command.Add(options._dataFolder);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = options.Open(parsed, terminal);
            return await run(parsed, client, cancellationToken);
        });
        return command;
    }

    private HostClient Open(ParseResult parsed, Terminal terminal)
    {
        var given = parsed.GetValue(_host) ?? Known("RECIPES_HOST") ?? UsualAddress;
        if (!Uri.TryCreate(given, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CommandTroubleException($"'{given}' is no address of a host. Give one such as {UsualAddress}, as --host or RECIPES_HOST.");
        if (address.UserInfo.Length > 0)
            throw new CommandTroubleException("An address with a password in it is not used. Set RECIPES_TOKEN to an API token.");
        var token = Known("RECIPES_TOKEN");
        if (token is not null && address is { Scheme: "http", IsLoopback: false })
            throw new CommandTroubleException($"The token is not sent to {address.Authority} in the clear. Use https.");
        return new(address, token ?? (address.IsLoopback ? OperatorToken(parsed.GetValue(_dataFolder)!) : null));

        string? Known(string name) => terminal.Variable(name) is { Length: > 0 } value ? value.Trim() : null;
    }

    // It is this machine's, and goes to no other.
    private static string? OperatorToken(string folder)
    {
        try
        {
            var file = Path.Combine(folder, "operator-token");
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandTroubleException($"The operator's token cannot be read: {e.Message} Set RECIPES_TOKEN to an API token.");
        }
    }
}
