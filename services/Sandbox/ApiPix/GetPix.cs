using Npgsql;
using Ticketing.Sandbox.Pix;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static class GetPix
{
    private static readonly string Find =
        $"SELECT {PixReceived.Json("p")}::text FROM pix_received p WHERE end_to_end_id = $1";

    /// <summary>A Pix that came, with its returns.</summary>
    public static async Task<IResult> Handle(string e2eid, NpgsqlDataSource source, CancellationToken ct) =>
        Results.Json(await ReadAsync(e2eid, source, ct), ServiceDefaultsExtensions.Json);

    public static async Task<PixCame> ReadAsync(string e2eid, NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Find);
        command.Add(e2eid);
        return await command.ExecuteScalarAsync(ct) is string json ? PixCame.Read(json) : throw NotFound();
    }

    public static ApiPixException NotFound() => new(404, "PixNaoEncontrado", "There is no Pix with this e2eid.");
}
