using System.Text;
using Microsoft.Extensions.Logging;

namespace Recipes.Conformance;

/// <summary>Keeps everything that is logged, to look for secrets in it.</summary>
internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    private readonly StringBuilder _text = new();

    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_text)
            _text.Append(formatter(state, exception)).Append(' ').Append(exception).AppendLine();
    }

    public void Dispose()
    {
    }
}
