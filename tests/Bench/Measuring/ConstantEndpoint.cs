using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ticketing.Bench.Measuring;

/// <summary>The ceiling of HTTP here: checks the same token as the services do, and answers the same few bytes.</summary>
internal static class ConstantEndpoint
{
    public static async Task ServeAsync(Uri authority, int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{port}");
        builder
            .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(jwt =>
            {
                jwt.MapInboundClaims = false;
                jwt.RequireHttpsMetadata = false;
                jwt.Authority = authority.ToString();
                jwt.Audience = "ticketing";
            });
        builder.Services.AddAuthorization();
        await using var app = builder.Build();
        app.MapGet("/constant", () => new Answer(Guid.Empty, "constant")).RequireAuthorization();
        app.MapPost("/constant", () => new Answer(Guid.Empty, "constant")).RequireAuthorization();
        await app.StartAsync(ct);
        Console.WriteLine("Ready");
        // Ends with its input, so it never outlives its parent.
        while (await Console.In.ReadLineAsync(ct) is not null) { }
    }

    private sealed record Answer(Guid Id, string Status);
}
