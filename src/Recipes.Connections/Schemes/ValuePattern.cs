using System.Text.RegularExpressions;

namespace Recipes.Connections;

/// <summary>A regular expression of a connector. It never backtracks, so that none can hang on a hostile answer, and is built when it is first used: each takes a few milliseconds and hundreds of kilobytes.</summary>
public sealed class ValuePattern
{
    private readonly Lazy<Regex> _regex;

    /// <param name="source">Not looked at yet: see <see cref="FaultOf"/>.</param>
    public ValuePattern(string source) => (Source, _regex) = (source, new(() => Build(source)));

    private ValuePattern(Regex regex) => (Source, _regex) = (regex.ToString(), new(regex));

    public string Source { get; }

    /// <summary>Why a text is no regular expression that can be used here; null when it is one.</summary>
    public static string? FaultOf(string source)
    {
        try
        {
            _ = Build(source);
            return null;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return fault.Message;
        }
    }

    public static ValuePattern FromRegex(Regex regex) => new(regex);

    public static implicit operator ValuePattern(Regex regex) => new(regex);

    /// <exception cref="RegexMatchTimeoutException">After a second.</exception>
    public bool IsMatch(string value) => _regex.Value.IsMatch(value);

    /// <inheritdoc cref="IsMatch"/>
    public Match Match(string value) => _regex.Value.Match(value);

    public override string ToString() => Source;

    private static Regex Build(string source) => new(source, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
}
