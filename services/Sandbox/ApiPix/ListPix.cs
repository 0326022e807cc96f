using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Ticketing.Sandbox.Pix;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.ApiPix;

internal static class ListPix
{
    private const int MaxItems = 1_000;
    private const int DefaultItems = 100;

    private static readonly string Find = $"""
        SELECT {PixReceived.Json("p")}::text, count(*) OVER () FROM pix_received p
        WHERE paid_at >= $1 AND paid_at <= $2
            AND ($3 IS NULL OR $3 = EXISTS (SELECT FROM refunds r WHERE r.charge = p.end_to_end_id))
        ORDER BY paid_at, end_to_end_id OFFSET $4 LIMIT $5
        """;

    /// <summary>The Pix that came between two moments, with their returns; page by page.</summary>
    public static async Task<IResult> Handle(
        DateTimeOffset? inicio,
        DateTimeOffset? fim,
        bool? devolucaoPresente,
        [FromQuery(Name = "paginacao.paginaAtual")] int? pagina,
        [FromQuery(Name = "paginacao.itensPorPagina")] int? itens,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        if (inicio is not { } from || fim is not { } to || from > to)
            throw new ApiPixException(
                400,
                "PixConsultaInvalida",
                "inicio and fim: two moments, the earlier one first."
            );
        var (page, size) = (pagina ?? 0, itens ?? DefaultItems);
        if (page is < 0 or > 1_000_000 || size is < 1 or > MaxItems)
            throw new ApiPixException(400, "PixConsultaInvalida", "There is no such page.");
        await using var command = source.CreateCommand(Find);
        command.Add(from, to);
        command.Parameters.Add(
            new()
            {
                Value = (object?)devolucaoPresente ?? DBNull.Value,
                NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Boolean,
            }
        );
        command.Add((long)page * size, size);
        var found = await command.ReadAsync(row => (Pix: PixCame.Read(row.GetString(0)), All: row.GetInt64(1)), ct);
        var all = found is [var first, ..] ? first.All : 0;
        return Results.Json(
            new
            {
                parametros = new
                {
                    inicio,
                    fim,
                    paginacao = new
                    {
                        paginaAtual = page,
                        itensPorPagina = size,
                        quantidadeDePaginas = (all + size - 1) / size,
                        quantidadeTotalDeItens = all,
                    },
                },
                pix = found.Select(f => f.Pix),
            },
            ServiceDefaultsExtensions.Json
        );
    }
}
