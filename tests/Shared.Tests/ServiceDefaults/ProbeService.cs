using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Shared.Tests.ServiceDefaults;

public sealed class Note
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Text { get; init; }
}

public sealed class ProbeDb(DbContextOptions<ProbeDb> options) : DbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddOutbox();
}

public sealed record NewNote(
    [property: Required, MaxLength(10)] string Text,
    string? Topic,
    DateTimeOffset? At,
    [property: Range(1, 5)] int Copies = 1,
    [property: MinLength(1), MaxLength(2)] IReadOnlyList<int>? Pages = null,
    [property: StringLength(3)] string? Title = null,
    [property: StringLength(3, MinimumLength = 2)] string? Code = null,
    [property: RegularExpression("^a$")] string? Form = null,
    [property: EmailAddress] string? Email = null,
    [property: AllowedValues("en", null)] string? Locale = null,
    [property: RegularExpression("^a$", ErrorMessage = "Only a.")] string? Own = null,
    [StringLength(3)] string? OfParameter = null,
    [property: Length(1, 2)] IReadOnlyList<Label>? Labels = null
);

public sealed record Label([Required, StringLength(3, MinimumLength = 2)] string Name);

/// <summary>Holds a request until the test lets it go.</summary>
internal sealed class Gate(string text)
{
    private readonly TaskCompletionSource held = new();
    private readonly TaskCompletionSource opened = new();

    public Task Held => held.Task;

    public void Open() => opened.TrySetResult();

    public Task PassAsync(string asked) => asked == text && held.TrySetResult() ? opened.Task : Task.CompletedTask;
}

/// <summary>The smallest service: what ServiceDefaults promises is asserted on it from outside.</summary>
internal static class ProbeService
{
    public const string AppId = "probe";

    /// <summary>A method group: there are no XML comments to take in.</summary>
    private static void Describe(OpenApiOptions options) => OpenApiDefaults.Configure(options);

    public static WebApplication Build(string[] args) => Build(args, _ => { });

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder> change)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppId, args);
        change(builder);
        builder.AddDatabase<ProbeDb>();
        // No migrations in a test assembly: the tables are made from the model.
        builder.Services.AddSingleton(
            new DatabaseMigration(
                "probe",
                async (services, ct) =>
                {
                    await using var scope = services.CreateAsyncScope();
                    var db = scope.ServiceProvider.GetRequiredService<ProbeDb>();
                    var there = db.Database.SqlQueryRaw<bool>("SELECT to_regclass('outbox') IS NOT NULL AS \"Value\"");
                    if (!await there.SingleAsync(ct))
                        await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(ct);
                }
            )
        );
        builder.Services.AddValidation();
        builder.Services.AddOpenApi(Describe);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapPost(
                "/api/v1/notes",
                async (NewNote body, ProbeDb db, HttpContext context, CancellationToken ct) =>
                {
                    if (context.RequestServices.GetService<Gate>() is { } gate)
                        await gate.PassAsync(body.Text);
                    if (body.Text == "forbidden")
                        throw ProblemException.Conflict("forbidden-word", "Not this word.");
                    var note = new Note { Text = body.At is { } at ? $"{at:O}" : body.Text };
                    db.Add(note);
                    db.Publish(new NoteWritten(note.Id));
                    await db.SaveChangesAsync(ct);
                    return Results.Created($"/api/v1/notes/{note.Id}", note);
                }
            )
            .WithIdempotency();
        app.MapGet("/api/v1/notes/sizes", ([Range(1, 3)] int size) => size);
        app.MapGet("/api/v1/notes", ([AsParameters] PageQuery page) => new { take = page.Take(), after = page.After() })
            .AllowAnonymous();
        app.MapEvent<ProbeDb, NoteWritten>(
            (NoteWritten written, ProbeDb db) =>
            {
                if (written.NoteId == Guid.Empty)
                    throw ProblemException.NotFound("hold");
                db.Add(new Note { Text = $"heard {written.NoteId}" });
            }
        );
        app.MapInternal().MapGet("/whoami", () => Results.Ok(AppId));
        return app;
    }
}

internal sealed record NoteWritten(Guid NoteId) : IEvent
{
    public static string Type => "note.written";
}
