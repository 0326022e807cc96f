using System.Collections.Concurrent;
using Dapr.Client;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>Secrets from the secret store, each read once a process.</summary>
public sealed class SecretReader(DaprClient dapr)
{
    private readonly ConcurrentDictionary<string, string> known = new();

    public async ValueTask<string> GetAsync(string name, CancellationToken ct = default)
    {
        if (known.TryGetValue(name, out var value))
            return value;
        var secret = await dapr.GetSecretAsync(Components.SecretStore, name, cancellationToken: ct);
        return known[name] = secret[name];
    }
}
