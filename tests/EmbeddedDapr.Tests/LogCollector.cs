using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>Keeps what was logged, to assert on and to show when a test fails.</summary>
public sealed class LogCollector : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IEnumerable<string> At(LogLevel level) =>
        _lines.Where(l => l.Level == level).Select(l => l.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<(LogLevel, string)> lines)
        : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lines.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
        }
    }
}
