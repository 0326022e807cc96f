using System.ComponentModel.DataAnnotations;

namespace Ticketing.Gateway;

/// <summary>Section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Routes <c>/sandbox</c> to the sandbox payment provider. Never in production.</summary>
    public bool Sandbox { get; set; }

    /// <summary>Routes <c>/dev</c> (the mails that were sent). Never in production.</summary>
    public bool DevPages { get; set; }

    /// <summary>Origins of web applications that may call the API from a browser.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <summary>Networks (CIDR) of the load balancers whose X-Forwarded-For is believed; loopback always is.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// Requests a second with a trace id of the client's own that one replica lets be recorded; those without follow the
    /// ratio alone.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int ClientTracesPerSecond { get; set; } = 100;

    public RateLimitOptions RateLimits { get; } = new();
}

/// <summary>Requests a minute, on one replica of the Gateway.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Without a login, by network address.</summary>
    [Range(1, int.MaxValue)]
    public int PerClientPerMinute { get; set; } = 300;

    /// <summary>With a login, by person.</summary>
    [Range(1, int.MaxValue)]
    public int PerAccountPerMinute { get; set; } = 600;

    /// <summary>Log-ins and registrations, by network address.</summary>
    [Range(1, int.MaxValue)]
    public int LoginsPerMinute { get; set; } = 20;
}
