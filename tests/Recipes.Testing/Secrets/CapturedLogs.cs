using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recipes.Testing;

/// <summary>Records everything that is logged, at every level, with scopes, state and exceptions.</summary>
/// <remarks>Add it with <c>logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs)</c>. Thread-safe.</remarks>
public sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<CapturedLog> _entries = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>All entries until now, oldest first.</summary>
    public IReadOnlyList<CapturedLog> Entries => [.. _entries];

    /// <summary>All entries as one text, for <see cref="Canaries.FindIn(string, string)"/>.</summary>
    public string Text => string.Join('\n', _entries);

    public ILogger CreateLogger(string categoryName) => new CapturingLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        // The entries outlive the logging: they are looked at afterwards.
    }

    private sealed class CapturingLogger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // Structured values may hold more than the message shows, and a sink may write them.
            var values = new List<string>();
            Add(values, state);
            logs._scopes.ForEachScope(static (scope, values) => Add(values, scope), values);
            logs._entries.Enqueue(new CapturedLog(category, logLevel, eventId.Name, formatter(state, exception), exception, values));
        }

        private static void Add(List<string> values, object? state)
        {
            if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
            {
                values.AddRange(pairs.Select(pair => $"{pair.Key}={pair.Value}"));
            }
            else if (state is not null)
            {
                values.Add(state.ToString() ?? "");
            }
        }
    }
}
