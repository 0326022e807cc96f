using Microsoft.Extensions.Logging;

namespace Ticketing.Local.Hosting;

internal static class Logging
{
    /// <summary>What is not a service's own log: warnings and worse.</summary>
    public static ILoggerFactory Console { get; } =
        LoggerFactory.Create(l => l.AddSimpleConsole(c => c.SingleLine = true).SetMinimumLevel(LogLevel.Warning));
}
