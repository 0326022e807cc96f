using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Ticketing.Contracts;
using Ticketing.Web.Api;
using Ticketing.Web.Hosting;
using Ticketing.Web.Language;

namespace Ticketing.Web.Door;

/// <summary>
/// What the installed door needs besides its pages: how it is installed, the worker that keeps its pages for when there is no
/// network, the session's list, and where it tells what it admitted meanwhile.
/// </summary>
internal static class DoorRoutes
{
    public const string ManifestPath = "/portaria/manifesto.webmanifest";

    public static void MapDoor(this WebApplication app)
    {
        app.MapGet(ManifestPath, Manifest).AllowAnonymous();
        app.MapGet("/portaria/trabalhador.js", Worker).AllowAnonymous();
        app.MapGet("/portaria/{id:guid}/lista.json", ListAsync);
        app.MapPost("/portaria/{id:guid}/lote", MergeAsync);
    }

    private static IResult Manifest(Assets assets) =>
        Results.Json(
            new
            {
                id = "/portaria",
                name = Languages.IsEnglish ? "Ticketing door" : "Ticketing portaria",
                short_name = Languages.IsEnglish ? "Door" : "Portaria",
                lang = Languages.Current,
                start_url = "/portaria",
                scope = "/portaria",
                display = "standalone",
                background_color = "#faf9fc",
                theme_color = "#5b2bd6",
                icons = new[]
                {
                    new
                    {
                        src = assets["icon.svg"],
                        sizes = "any",
                        type = "image/svg+xml",
                        purpose = "any",
                    },
                    new
                    {
                        src = assets["icon.png"],
                        sizes = "512x512",
                        type = "image/png",
                        // Its ticket is within the circle that a phone may cut out.
                        purpose = "any maskable",
                    },
                },
            },
            contentType: "application/manifest+json"
        );

    /// <summary>At an address of its own that stays: browsers look here for a newer one.</summary>
    private static IResult Worker(Assets assets, HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-cache";
        // The doors' list is one level above it.
        http.Response.Headers["Service-Worker-Allowed"] = "/portaria";
        return Results.Bytes(
            assets.Find(assets["door-worker.js"][Assets.Root.Length..])!.Plain,
            "text/javascript; charset=utf-8"
        );
    }

    /// <summary>Of Brotli: a list is made for every door anew, and is a fifth of itself by then.</summary>
    private const int ListQuality = 4;

    /// <summary>As the API gives it; 304 for the tag that the door has.</summary>
    private static async Task<IResult> ListAsync(Guid id, TicketingApi api, HttpContext http)
    {
        using var answer = await api.OpenAsync(AppIds.Tickets, $"/api/v1/check-in-lists/{id}");
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.Headers.Vary = "Accept-Encoding";
        var list = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
        if (AssetRoutes.TakesBrotli(http.Request))
        {
            list = Assets.Compress(list, ListQuality);
            http.Response.Headers.ContentEncoding = "br";
        }
        return Results.Bytes(
            list,
            "application/json",
            entityTag: answer.Headers.ETag is { } tag ? new(tag.Tag, tag.IsWeak) : null
        );
    }

    /// <summary>
    /// What was admitted without a network; its form's token comes in a header. 400: another token is needed; 422: these scans are
    /// not taken, however often they are told.
    /// </summary>
    private static async Task<IResult> MergeAsync(
        Guid id,
        JsonElement batch,
        TicketingApi api,
        IAntiforgery antiforgery,
        HttpContext http
    )
    {
        await antiforgery.ValidateRequestAsync(http);
        if (batch.ValueKind != JsonValueKind.Object)
            return Results.StatusCode(StatusCodes.Status422UnprocessableEntity);
        var device = batch.TryGetProperty("deviceId", out var given) ? given : default;
        var scans = batch.TryGetProperty("scans", out var told) ? told : default;
        if (device.ValueKind != JsonValueKind.String || scans.ValueKind != JsonValueKind.Array)
            return Results.StatusCode(StatusCodes.Status422UnprocessableEntity);
        try
        {
            var answer = await api.SendAsync<JsonElement>(
                HttpMethod.Post,
                AppIds.Tickets,
                "/api/v1/check-ins/batch",
                new
                {
                    sessionId = id,
                    deviceId = device,
                    scans,
                }
            );
            return Results.Json(answer);
        }
        catch (ApiProblemException p) when (p.Status is StatusCodes.Status400BadRequest)
        {
            return Results.StatusCode(StatusCodes.Status422UnprocessableEntity);
        }
    }
}
