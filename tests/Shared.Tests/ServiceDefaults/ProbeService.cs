using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
    int Copies = 1
);

/// <summary>The smallest service: what ServiceDefaults promises is asserted on it from outside.</summary>
internal static class ProbeService
{
    public const string AppId = "probe";

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults(AppId);
        builder.AddDatabase<ProbeDb>();
        // No migrations in a test assembly: the tables are made from the model.
        builder.Services.AddSingleton(
            new DatabaseMigration(
                "probe",
                async (services, ct) =>
                {
                    await using var scope = services.CreateAsyncScope();
                    var db = scope.ServiceProvider.GetRequiredService<ProbeDb>();
                    await db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(ct);
                }
            )
        );
        builder.Services.AddValidation();
        builder.Services.AddOpenApi(OpenApiDefaults.Configure);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapOpenApi().AllowAnonymous();
        app.MapPost(
                "/api/v1/notes",
                async (NewNote body, ProbeDb db, CancellationToken ct) =>
                {
                    if (body.Text == "forbidden")
                        throw ProblemException.Conflict("forbidden-word", "Not this word.");
                    var note = new Note { Text = body.At is { } at ? $"{at:O}" : body.Text };
                    db.Add(note);
                    db.Publish(new HoldExpired(note.Id, note.Id, default));
                    await db.SaveChangesAsync(ct);
                    return Results.Created($"/api/v1/notes/{note.Id}", note);
                }
            )
            .WithIdempotency();
        app.MapGet(
                "/api/v1/notes",
                ([AsParameters] PageQuery page) => new { take = page.Take(), after = page.After() }
            )
            .AllowAnonymous();
        app.MapEvent<ProbeDb, HoldExpired>(
            (HoldExpired expired, ProbeDb db) =>
            {
                db.Add(new Note { Text = $"heard {expired.HoldId}" });
            }
        );
        app.MapInternal().MapGet("/whoami", () => Results.Ok(AppId));
        return app;
    }
}
